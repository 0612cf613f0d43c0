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

/** Of `canary_config:` in DEPLOY_STAGING_003. */
export interface CanarySpec {
  readonly environment: string;
  /** Of the traffic, above 0, below 1. */
  readonly share: number;
  readonly durationMs: number;
}

/** What one agent does to an environment. Absent parts are not its business. */
export interface AgentAction {
  readonly deployment?: DeploymentSpec;
  readonly canary?: CanarySpec;
  /** Of DEPLOY_STAGING_002: the step that must succeed, and how long it may take. */
  readonly smoke?: {
    readonly step: StepName;
    readonly environment: string;
    readonly maxMs: number;
  };
  /** Of DEPLOY_PROD_002: how long triggers stay armed after the last batch. */
  readonly validation?: { readonly environment: string; readonly windowMs: number };
  readonly requiresApproval: boolean;
  /** Armed while this agent's candidate has traffic. */
  readonly rollbackTriggers: readonly RollbackTrigger[];
}
