/** What the parts of a run through the gates share. */

import type { Result } from '../failure.ts';
import type { ReleaseRecord } from '../history/records.ts';
import type { Approval } from '../pipeline/approvals.ts';
import type { CheckResult } from '../pipeline/result.ts';
import type { Plan } from '../rollout/plan.ts';
import type { Outcome } from '../rollout/ports.ts';
import type { Waiting } from './stage-approval.ts';
import type { Rollouts } from './rollouts.ts';

/** How a release came through. */
export type Promoted =
  | { readonly kind: 'released' }
  /** As far as was asked. */
  | { readonly kind: 'so_far'; readonly gate: string }
  | ({ readonly kind: 'waiting' } & Waiting)
  | { readonly kind: 'planned'; readonly plans: readonly Plan[] }
  | { readonly kind: 'ended'; readonly plan: Plan; readonly outcome: Outcome };

export interface Promotion {
  readonly rollouts: Rollouts;
  readonly release: ReleaseRecord;
  /** Measures the gates before staging, whole. */
  readonly measure: () => Promise<Result<CheckResult>>;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly ask: ((approval: Approval, plan: Plan) => Promise<boolean>) | undefined;
  /** A line for the person: a gate that has passed already. */
  readonly say: (line: string) => void;
}
