/** A project's configuration as the rest of nemesis sees it: typed, resolved, frozen. */

import type { GateName } from '../judge/agent.ts';
import type { MetricDeclaration } from '../judge/catalogue.ts';
import type { Tolerance } from '../judge/reading.ts';
import type { Waiver } from '../judge/waiver.ts';
import type { Place } from '../failure.ts';
import type { CoverageConfig } from './coverage.ts';
import type { EnvironmentConfig, ReleaseConfig, Trial } from './environment.ts';
import type { PerformanceConfig, Suites } from './suite.ts';

export { SUITE_NAMES } from './suite.ts';
export type { Framework, SuiteConfig, SuiteName, Suites } from './suite.ts';

/** What the build emits, and how it is built; what is absent is found out, and nothing is built. */
export interface BundleConfig {
  /** Folder, relative to the root. */
  readonly output?: string;
  /** Words of the command; started without a shell. */
  readonly build?: readonly string[];
  /** Of the whole, for the score. */
  readonly limitBytes?: number;
}

/** What the audits of dependencies look at beside the repository. */
export interface AuditConfig {
  /** A file made by `docker save`, an OCI layout, or the name of an image on this machine. */
  readonly image?: string;
  /** What is released, where that is a file or folder of the project: it may be an image. */
  readonly artifact?: string;
  /** How old a vulnerability database may be. */
  readonly databaseMaxAgeMs: number;
}

export const DEFAULT_AUDIT: AuditConfig = { databaseMaxAgeMs: 7 * 86_400_000 };

export const REPORT_FORMATS = ['sarif', 'junit', 'json', 'lcov', 'cobertura'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A runner declared without code: any command that writes a report in a known format. */
export interface CustomRunner {
  readonly id: string;
  /** The command, already split into words; started without a shell. */
  readonly argv: readonly string[];
  readonly format: ReportFormat;
  /** Path of the report, relative to the root; without it the report is standard output. */
  readonly reportFile?: string;
  /** Metric name to a path in the report (`json`), or to a count the format offers (`sarif`, `junit`). */
  readonly metrics: Readonly<Record<string, CustomMetric>>;
  /** Exit codes that mean "it ran"; 0 and 1 unless said. */
  readonly measuredWhen: readonly number[];
  readonly timeoutMs?: number;
  /** Its lines join those that the suites run. */
  readonly joins?: 'coverage';
  readonly place: Place;
}

export interface CustomMetric extends MetricDeclaration {
  readonly path: string;
}

export interface Config {
  /** Absolute path of the file it was read from; undefined when the repository has none. */
  readonly file: string | undefined;
  readonly service: string;
  /** For people: `nemesis/recommended (no config here)`, `nemesis.config.yaml`. */
  readonly describedAs: string;
  /** npm packages it extends, with the versions installed; an empty version where none is said. */
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly mode: Readonly<Partial<Record<GateName, 'enforce' | 'observe'>>>;
  readonly tolerate: readonly Tolerance[];
  /** In the order written; those that have expired too. */
  readonly waivers: readonly Waiver[];
  /** Runners that are in play although nothing in the repository declares them. */
  readonly require: readonly string[];
  readonly jobs: number | 'auto';
  readonly suites: Suites;
  readonly bundle?: BundleConfig;
  readonly coverage: CoverageConfig;
  readonly audit: AuditConfig;
  readonly performance?: PerformanceConfig;
  readonly custom: readonly CustomRunner[];
  /** Names of environment variables that no tool may see. */
  readonly secrets: readonly string[];
  /** Where the history is kept, or the environment variable that says it; `.nemesis/` where absent. */
  readonly store?: string | { readonly env: string };
  /** In the order written. */
  readonly environments: readonly EnvironmentConfig[];
  readonly release: ReleaseConfig;
  /** Absent: every duration is as written. */
  readonly trial?: Trial;
  readonly timeoutMs: number;
  readonly outputCapBytes: number;
}
