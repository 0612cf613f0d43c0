/** What a check found out, whole: every reporter and every exit code is made from this. */

import type { Stage } from '../judge/agent.ts';
import type { Catalogue } from '../judge/catalogue.ts';
import type { Readiness } from '../judge/readiness.ts';
import type { Reading } from '../judge/reading.ts';
import type { Score } from '../judge/score.ts';
import type { GateVerdict } from '../judge/verdict.ts';
import type { Measurement } from '../measure/runner.ts';
import type { Trend } from './past.ts';

/** Why a runner that `--only` leaves out has no numbers. */
export const NOT_ASKED = 'not asked';

/** Why a runner has none that no plain check starts. */
export const ONLY_WITH_FULL = 'only with --full';

export interface RunnerResult {
  readonly id: string;
  /** The first gate that asked for it; the monitor asks the history. */
  readonly gate: Stage;
  readonly measurement: Measurement;
  readonly durationMs: number;
}

export interface CheckResult {
  readonly service: string;
  readonly root: string;
  readonly configuration: string;
  /** Full commit id; undefined outside git or before the first commit. */
  readonly commit: string | undefined;
  /** The work tree differed from the commit. */
  readonly dirty: boolean | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
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
  readonly catalogue: Catalogue;
}
