/** What the agents of the staging and production gates do, proven: plain data, so it can be cached. */

import type { Place } from '../failure.ts';
import type { Expr } from '../language/index.ts';

/** What a trigger without a sentence looks at. */
export const SIGNALS = [
  'health_check_failure',
  'critical_alert_fired',
  'any_critical_alert',
  'manual_trigger',
] as const;
export type Signal = (typeof SIGNALS)[number];

/** When to take a release back: `error_rate > 5%`, `health_check_failure`. */
export type RollbackTrigger = { readonly text: string; readonly place: Place } & (
  | {
      readonly kind: 'sentence';
      readonly expr: Expr;
      /** Where the config changed its limit, in words. */
      readonly changedBy?: string;
    }
  | { readonly kind: 'signal'; readonly signal: Signal }
);

export interface StepName {
  /** `notify_team` */
  readonly name: string;
  readonly place: Place;
}

/** A critical path, or a check of the validation: each is a probe that the project declares. */
export interface PathName extends StepName {
  /** `core_workflows` */
  readonly section: string;
}

/** Of `deployment:` in DEPLOY_STAGING_001 and DEPLOY_PROD_001. */
export interface DeploymentSpec {
  readonly environment: string;
  readonly strategy: 'blue-green' | 'rolling';
  /** Rolling: the part of the fleet one batch adds, above 0, at most 1. */
  readonly batchShare: number;
  /** Rolling: how long metrics are watched after each batch. */
  readonly batchIntervalMs: number;
  readonly before: readonly StepName[];
  /** Between the instances and the traffic; blue-green only: `run_smoke_tests`. */
  readonly between: readonly StepName[];
  readonly after: readonly StepName[];
}

/** A sentence of `metrics_comparison`: `error_rate <= baseline + 1%`. */
export interface Comparison {
  readonly text: string;
  readonly expr: Expr;
  readonly place: Place;
}

/** What else has to hold before a canary is promoted. */
export const CRITERIA = [
  'all_metrics_within_threshold',
  'no_new_error_types',
  'user_feedback_neutral_or_positive',
] as const;

export interface Criterion {
  readonly name: (typeof CRITERIA)[number];
  readonly place: Place;
}

/** Of `canary_config:` in DEPLOY_STAGING_003. */
export interface CanarySpec {
  readonly environment: string;
  /** Of the traffic, above 0, below 1. */
  readonly share: number;
  readonly durationMs: number;
  /** `limits`: what the sentences say; `statistical`: only what chance does not explain is a no. */
  readonly judge: 'limits' | 'statistical';
  readonly comparisons: readonly Comparison[];
  readonly criteria: readonly Criterion[];
}

/** What one agent does to an environment. Absent parts are not its business. */
export interface AgentAction {
  readonly deployment?: DeploymentSpec;
  readonly canary?: CanarySpec;
  /** Of DEPLOY_STAGING_002. */
  readonly smoke?: {
    /** Walks all paths by itself where it is declared; the only way where `paths` is absent. */
    readonly step: StepName;
    readonly paths?: readonly PathName[];
    readonly environment: string;
    readonly maxMs: number;
  };
  /** Of DEPLOY_PROD_002: how long triggers stay armed after the last batch, and what is tried meanwhile. */
  readonly validation?: {
    readonly environment: string;
    readonly windowMs: number;
    /** Tries all checks by itself where it is declared. */
    readonly step?: StepName;
    readonly checks?: readonly PathName[];
    /** `high`: one bad look takes the release back. */
    readonly sensitivity?: 'normal' | 'high';
    /** What a check does that nobody declares: it is listed as not measured, or refused. */
    readonly undeclared?: 'warn' | 'refuse';
  };
  readonly requiresApproval: boolean;
  /** Armed while this agent's candidate has traffic. */
  readonly rollbackTriggers: readonly RollbackTrigger[];
}
