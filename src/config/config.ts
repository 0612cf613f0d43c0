/** A project's configuration as the rest of nemesis sees it: typed, resolved, frozen. */

import type { GateName } from '../judge/agent.ts';
import type { MetricDeclaration } from '../judge/catalogue.ts';
import type { Tolerance } from '../judge/reading.ts';
import type { Place } from '../failure.ts';
import type { EnvironmentConfig, ReleaseConfig, Trial } from './environment.ts';
import type { PerformanceConfig, Suites } from './suite.ts';

export { FRAMEWORKS, SUITE_NAMES } from './suite.ts';
export type { Framework, SuiteConfig, SuiteName, Suites } from './suite.ts';

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
  readonly mode: Readonly<Partial<Record<GateName, 'enforce' | 'observe'>>>;
  readonly tolerate: readonly Tolerance[];
  /** Runners that are in play although nothing in the repository declares them. */
  readonly require: readonly string[];
  readonly jobs: number | 'auto';
  readonly suites: Suites;
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
