/** The port of a test framework: how it is found, started and read. One file per framework beside this one. */

import type { Framework } from '../../config/config.ts';
import type { Project } from '../project.ts';
import type { ToolState } from '../../judge/reading.ts';
import type { RawRun } from '../tool.ts';

export interface TestFramework {
  readonly name: Framework;
  /** The program that starts it: in scripts, in node_modules/.bin, on the PATH. */
  readonly program: string;
  /** How a person gets it, where no lock file says so already. */
  readonly install: string;
  /** npm package that declares it; undefined where it comes with the runtime. */
  readonly package?: string;
  /** What configures it here although no script names it: `vitest.config.ts`. */
  configuredBy(project: Project): string | undefined;
  /**
   * The words after the program in a script, without what nemesis sets itself (reporters, coverage, watching).
   * Undefined when that command runs no tests: `vitest bench`, `node server.js`.
   */
  ownArguments(words: readonly string[]): readonly string[] | undefined;
  /** The version can only be had by asking: `node --version`. */
  readonly asksVersion?: boolean;
  coverage(project: Project, version: string | undefined): CoverageWay;
  /** Names in the answer are relative to the work folder. */
  command(context: SuiteCommandContext): SuiteCommand;
  /** The report as it may be published. */
  redact?(report: string): string;
  read(raw: RawRun): TestReading;
}

/** How the lines a suite runs can be counted here. */
export type CoverageWay =
  /** The framework writes istanbul's summary and lcov below `coverage/` in the work folder. */
  | { readonly kind: 'own' }
  /** It writes `lcov.info` in the work folder and no summary. */
  | { readonly kind: 'lcov' }
  /** Another program that starts the framework and watches it. */
  | { readonly kind: 'wrapped'; readonly by: 'c8' | 'nyc' }
  /** `missing`: the project wants it counted, and only the means are not there. */
  | { readonly kind: 'none'; readonly why: string; readonly missing?: true };

export interface SuiteCommandContext {
  readonly project: Project;
  readonly workDir: string;
  readonly coverage: CoverageWay;
  /** The framework's version, where it could be found out. */
  readonly version: string | undefined;
  /** From the script or the config, already without what nemesis sets. */
  readonly args: readonly string[];
}

export interface SuiteCommand {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the framework writes its report; without it, standard output. */
  readonly report?: string;
  /** Further files it writes, which `read` asks for. */
  readonly alsoRead?: readonly string[];
  /** What else it leaves in the work folder, and nobody wants. */
  readonly discard?: readonly string[];
}

/** What a report says about the tests, whatever framework wrote it. */
export interface TestRun {
  readonly passed: number;
  /** Failed tests, and files or hooks that failed before their tests could. */
  readonly failed: number;
  readonly skipped: number;
  /** Tests that failed first and passed when they were run again; in neither of the numbers above. */
  readonly flaky?: number;
  readonly failures: readonly TestFailure[];
  /** What else is worth knowing about the numbers, in a few words. */
  readonly note?: string;
  /** The report's own verdict, where it has one. */
  readonly success?: boolean;
  /** Why the program may exit with an error although no test failed: a coverage threshold of the project's. */
  readonly exitExplained?: string;
}

export interface TestFailure {
  /** `full test name: first line of the message`. */
  readonly message: string;
  readonly kind: 'test' | 'file';
  readonly file?: string;
  readonly line?: number;
}

export type TestReading =
  | { readonly kind: 'ran'; readonly run: TestRun }
  | {
      readonly kind: 'no_numbers';
      readonly state: Exclude<ToolState, 'clean' | 'findings'>;
      readonly why: string;
      readonly help?: string;
      readonly failures?: readonly TestFailure[];
    };
