/** An agent of the specification, proven: its sentences parsed, typed and placed. Plain data, so it can be cached. */

import type { Expr } from '../language/index.ts';
import type { Place } from '../failure.ts';
import type { AgentAction } from './deployment.ts';
import type { Matrix } from './matrix.ts';
import type { VulnerabilityResponses } from './vulnerability.ts';

export const GATES = ['code', 'build', 'test', 'staging', 'production'] as const;
export type GateName = (typeof GATES)[number];
/** A folder of `gates/`: the five gates, and the monitor, which judges nothing but sums the score. */
export type Stage = GateName | 'monitor';

export type Level = 'block' | 'warn';

/** A check (must hold) or a rule (bad when it fires). */
export interface Sentence {
  readonly agent: string;
  readonly role: 'check' | 'rule';
  readonly level: Level;
  /** The section a check stands in, outermost first; empty for rules. */
  readonly sections: readonly string[];
  readonly text: string;
  readonly expr: Expr;
  readonly place: Place;
  /** A preset or the config made it warn only: blocking rules about its section pass it over. */
  readonly softened?: boolean;
  /** Where a preset or the config changed its limit or level, in words. */
  readonly changedBy?: string;
}

export interface ScoreMetric {
  readonly name: string;
  /** The normalisation to 0..100 as written. */
  readonly text: string;
  readonly expr: Expr;
  readonly place: Place;
}

export interface ScoreComponent {
  readonly name: string;
  /** Share of the whole, 0..1. */
  readonly weight: number;
  readonly metrics: readonly ScoreMetric[];
}

export interface ScorePlan {
  readonly components: readonly ScoreComponent[];
  /** Shares 0..1: ready at or above the first, blocked below the second. */
  readonly bands: { readonly ready: number; readonly caution: number };
  readonly place: Place;
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly stage: Stage;
  readonly type: 'ephemeral' | 'persistent';
  readonly trigger?: string;
  readonly schedule?: string;
  /** In the order written; each entry lists alternatives, the first one found measures. */
  readonly runners: readonly (readonly string[])[];
  readonly sections: readonly string[];
  readonly sentences: readonly Sentence[];
  readonly score?: ScorePlan;
  /** The environments it must hold in, where it names some. */
  readonly matrix?: Matrix;
  /** What it does about holes in dependencies. */
  readonly responses?: VulnerabilityResponses;
  /** Runners whose findings `audit:fix` may mend, in patch versions. */
  readonly autoFix?: readonly string[];
  /** What it does to an environment, where it does something. */
  readonly action?: AgentAction;
  readonly place: Place;
}
