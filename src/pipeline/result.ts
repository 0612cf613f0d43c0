/** What a check found out, whole: every reporter and every exit code is made from this. */

import type { Stage } from '../judge/agent.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import type { Cell } from '../judge/matrix.ts';
import type { ConfigChange } from '../judge/loosening.ts';
import type { Readiness } from '../judge/readiness.ts';
import type { Reading } from '../judge/reading.ts';
import type { Score } from '../judge/score.ts';
import type { GateVerdict } from '../judge/verdict.ts';
import type { Measurement } from '../measure/runner.ts';
import type { BesideBaseline } from './baseline.ts';
import type { Trend } from './past.ts';
import type { Waived } from './waivers.ts';

/** Why a runner that `--only` leaves out has no numbers. */
export const NOT_ASKED = 'not asked';

/** Why a runner has none that no plain check starts; the command that asks for it alone follows. */
export const ONLY_WITH_FULL = 'only with --full';

export interface RunnerResult {
  readonly id: string;
  /** The first gate that asked for it; the monitor asks the history. */
  readonly gate: Stage;
  readonly measurement: Measurement;
  readonly durationMs: number;
}

/** Where gates and configuration were read from instead of the work tree, and what the work tree would change. */
export interface TrustedConfig {
  readonly ref: string;
  readonly commit: string;
  readonly changes: readonly ConfigChange[];
}

export interface CheckResult {
  readonly service: string;
  readonly root: string;
  readonly configuration: string;
  /** Only a change was asked about: what is staged. */
  readonly ofChange?: boolean;
  /** Full commit id; undefined outside git or before the first commit. */
  readonly commit: string | undefined;
  /** The work tree differed from the commit. */
  readonly dirty: boolean | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** The cell of the build matrix that was asked about; the result speaks for no other. */
  readonly cell?: Cell | undefined;
  /** Nothing was measured here: the reports of all cells were joined, and each runner is a cell. */
  readonly joined?: true;
  /** Set when only some gates or runners were asked: then there is no score, and a good answer is no readiness. */
  readonly partial: string | undefined;
  /** The run was cut short by a signal or `--fail-fast`. */
  readonly stoppedBy: 'fail_fast' | 'interrupted' | undefined;
  /** Loads were this many times shorter than the gates ask; undefined where none was shortened. */
  readonly trial: number | undefined;
  readonly runners: readonly RunnerResult[];
  readonly readings: ReadonlyMap<string, Reading>;
  readonly verdicts: readonly GateVerdict[];
  readonly score: Score | undefined;
  readonly readiness: Readiness;
  /** Undefined without a score, and without one before it. */
  readonly trend: Trend | undefined;
  /** What the waivers covered, and those that need a person. */
  readonly waived: Waived;
  /** What is not in the baseline and what could be tightened; undefined where the project has none. */
  readonly baseline: BesideBaseline | undefined;
  readonly catalogue: Catalogue;
  /** Undefined where the configuration is that of the work tree. */
  readonly trusted: TrustedConfig | undefined;
}
