/** What an ending of a rollout means for the file that an emergency goes by. Pure. */

import type { ReleaseRecord } from '../history/records.ts';
import type { Change } from './last-good.ts';
import type { Outcome } from './ports.ts';
import { MANUAL } from './triggers.ts';
import type { Resumable } from './resume.ts';

export interface Sides {
  readonly candidate: ReleaseRecord | null;
  /** What served before it; null where nothing did. */
  readonly before: ReleaseRecord | null;
}

/** Undefined where it is left half done: then what was known at its beginning holds. */
export function changeOf(outcome: Outcome, { candidate, before }: Sides): Change | undefined {
  switch (outcome.kind) {
    case 'succeeded':
      return candidate === null ? undefined : { kind: 'succeeded', release: candidate };
    case 'rolled_back':
    case 'withdrawn': {
      const good = outcome.kind === 'withdrawn' ? null : before;
      const { trigger } = outcome.because;
      return {
        kind: 'rolled_back',
        bad: candidate,
        good,
        ...(trigger === MANUAL && { pinned: trigger }),
      };
    }
    case 'interrupted':
      return outcome.rolledBack ? { kind: 'rolled_back', bad: candidate, good: before } : undefined;
    default:
      return undefined;
  }
}

/** The plan of a rollback has what is good as its release, and what is bad as what served. */
export function sidesOf({ kind, plan }: Pick<Resumable, 'kind' | 'plan'>): Sides {
  if (kind !== 'rollback') return { candidate: plan.release, before: plan.stable };
  const isWithdrawal = plan.steps.some(({ name }) => name === 'withdraw');
  return { candidate: plan.stable, before: isWithdrawal ? null : plan.release };
}
