/** What the configuration says of coverage, with its defaults. */

export interface CoverageConfig {
  readonly criticalPaths: readonly string[];
  /** Absent: every source file. */
  readonly include?: readonly string[];
  readonly exclude: readonly string[];
  /** A change with fewer executable lines is exempt. */
  readonly newCodeFrom: number;
  /** Ids of the declared runners whose lines join those of the suites. */
  readonly joined: readonly string[];
}

export const DEFAULT_COVERAGE: CoverageConfig = {
  criticalPaths: [],
  exclude: [],
  newCodeFrom: 20,
  joined: [],
};
