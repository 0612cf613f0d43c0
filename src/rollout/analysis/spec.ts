/** What a comparison of two releases goes by, as data: it stands in the plan and in the record of every verdict. */

import type { Comparison, Criterion } from '../../judge/deployment.ts';
import type { Expr } from '../../language/index.ts';

/** A sentence of `metrics_comparison`, with what takes the release back by the same metric. */
export interface Compared extends Comparison {
  /** The rollback trigger's own sentence: beyond it the answer is no; between the two nobody knows. */
  readonly beyond: { readonly text: string; readonly expr: Expr } | null;
}

export interface AnalysisSpec {
  readonly compared: readonly Compared[];
  readonly criteria: readonly Criterion[];
  /** `limits`: what the sentences say; `statistical`: only what chance does not explain is a no. */
  readonly judge: 'limits' | 'statistical';
  /** Fewer requests of either release tell nothing. */
  readonly minSamples: number;
  /** Latencies closer than this are the same. */
  readonly noiseMs: number;
  /** Of the last `of` looks so many have to say the same. */
  readonly looks: { readonly needed: number; readonly of: number };
  /** Metrics that a source is declared for: what it does not tell is not known. */
  readonly declared: readonly string[];
  /** What this comparison can be expected to see; null where nobody said how much traffic comes. */
  readonly expected: Expected | null;
}

/** Requests of each release over the whole comparison. */
export interface Expected {
  readonly candidate: number;
  readonly stable: number;
}

/** Only `pass` promotes. */
export type Answer = 'pass' | 'fail' | 'inconclusive' | 'no_data';

export interface Judgement {
  /** As written in the gate. */
  readonly sentence: string;
  readonly answer: Answer;
  /** Both values, limit, margin, samples, what so much traffic shows; a line each. */
  readonly explanation: readonly string[];
}

export interface Verdict {
  readonly answer: Answer;
  readonly judgements: readonly Judgement[];
  /** Criteria that ask for what no source tells, and are not in play. */
  readonly notInPlay: readonly string[];
}

/** So often a type of error has to be seen before it is one. */
export const NEW_TYPE_COUNT = 3;
