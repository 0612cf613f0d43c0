/** How the suites of a project are run: what the gates ask for, changed by what the project's configuration says. */

/** The suites of the specification that a test framework runs. */
export const SUITE_NAMES = ['unit', 'integration', 'e2e'] as const;
export type SuiteName = (typeof SUITE_NAMES)[number];

// prettier-ignore
export const FRAMEWORKS = ['jest', 'vitest', 'mocha', 'node-test', 'pytest', 'playwright'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

export const BROWSERS = ['chromium', 'firefox', 'webkit'] as const;
export type Browser = (typeof BROWSERS)[number];

/** How one suite is run; what is absent is found out. */
export interface SuiteConfig {
  readonly framework?: Framework;
  /** Arguments of the test runner, on top of what nemesis adds for its report. */
  readonly args?: readonly string[];
  /** The package.json script to read framework and arguments from. */
  readonly script?: string;
  readonly timeoutMs?: number;
  /** `asked`: the project wants its files run side by side; `never`: one after the other; else as the framework does. */
  readonly parallel?: 'asked' | 'never';
  /** How often a failed end-to-end test is run again. */
  readonly retries?: number;
  /** Projects of Playwright that have the name of another browser are left out. */
  readonly browsers?: readonly Browser[];
  /** Done before the tests, in this order. */
  readonly setup?: readonly SetupStep[];
  /** Done after them, however they ended. */
  readonly teardown?: readonly TeardownStep[];
  /** Variables for the tests and for the steps around them. */
  readonly env?: Readonly<Record<string, string>>;
}

export type Suites = Readonly<Partial<Record<SuiteName, SuiteConfig>>>;

/** A command of the project, started without a shell. */
export interface TeardownStep {
  readonly name: string;
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

export interface SetupStep extends TeardownStep {
  /** It runs on beside the tests, and is ended after them. */
  readonly background?: { readonly ready: Readiness; readonly withinMs: number };
}

/** How it is known that something in the background can be used. */
export type Readiness =
  | { readonly kind: 'port'; readonly port: number }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'run'; readonly argv: readonly string[] };

export const SCENARIOS = ['smoke', 'load', 'stress'] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** So many virtual users at once, for so long. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly users: number;
  readonly durationMs: number;
}

/** The specification's, for gates that ask for k6 and name none. */
export const DEFAULT_SCENARIOS: readonly Scenario[] = [
  { name: 'smoke', users: 10, durationMs: 60_000 },
  { name: 'load', users: 100, durationMs: 300_000 },
  { name: 'stress', users: 500, durationMs: 120_000 },
];

/** How the performance of the service is measured. */
export interface PerformanceConfig extends Pick<
  SuiteConfig,
  'setup' | 'teardown' | 'env' | 'timeoutMs'
> {
  /** Relative to the root; found where a file of the project is one. */
  readonly script?: string;
  /** Where the load goes, or the variable that says it; told to the script as TARGET_URL. */
  readonly target?: string | { readonly env: string };
  readonly scenarios: readonly Scenario[];
}
