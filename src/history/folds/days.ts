/**
 * What the deployments of one UTC day add to the delivery metrics, so that a window of many days is summed from a row a
 * day. A deployment counts on the day it ended; its recovery on the day that came.
 *
 * A median cannot be summed. So each day counts its times in buckets, about a tenth wide, and once more in fine ones,
 * about a hundredth wide: the buckets of a window tell in which one the median lies, the fine ones of that bucket tell
 * it closer, and only the records of that fine one are looked at.
 */

import { DAY_MS } from './delivery-aggregates.ts';
import { isExposed, type DeploymentRow } from './rows.ts';

/** See `DeliveryAggregates` for what each counts; `_ms` are sums in milliseconds. */
export const DAY_COUNTS = [
  ...([
    'deployments',
    'lead',
    'lead_ms',
    'lead_negative',
    'lead_repeated',
    'lead_unknown',
  ] as const),
  ...(['changes', 'failed', 'rework', 'recovery', 'recovery_ms', 'recovery_negative'] as const),
] as const;

export type DayCounts = Readonly<Record<(typeof DAY_COUNTS)[number], number>>;

/** What one deployment adds to one day. */
export interface DayShare {
  /** Since 1970, in UTC. */
  readonly day: number;
  readonly counts: Partial<DayCounts>;
  /** A time that has a median, not negative. */
  readonly time?: { readonly measure: Measure; readonly ms: number };
}

export type Measure = 'lead' | 'recovery';

export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** At most two: where it ended, and where it was mended. */
export function sharesOf(row: DeploymentRow | undefined): readonly DayShare[] {
  if (row?.kind !== 'deploy') return [];
  return [...endOf(row), ...recoveryOf(row)];
}

function endOf(row: DeploymentRow): DayShare[] {
  const { finished_at, lead_ms, committed_at, repeats } = row;
  if (finished_at === null) return [];
  const succeeded = row.status === 'succeeded';
  const isChange = isExposed(row) || row.failed;
  const leads = succeeded && lead_ms !== null && lead_ms >= 0;
  const share = {
    day: dayOf(finished_at),
    counts: {
      deployments: Number(succeeded),
      lead: Number(leads),
      lead_ms: leads ? lead_ms : 0,
      lead_negative: Number(succeeded && lead_ms !== null && lead_ms < 0),
      lead_repeated: Number(succeeded && repeats !== null),
      lead_unknown: Number(succeeded && committed_at === null && repeats === null),
      changes: Number(isChange),
      failed: Number(isChange && row.failed),
      rework: Number(isChange && row.rework),
    },
  };
  return [leads ? { ...share, time: { measure: 'lead', ms: lead_ms } } : share];
}

function recoveryOf({ recovered_at, recovery_ms }: DeploymentRow): DayShare[] {
  if (recovered_at === null || recovery_ms === null) return [];
  const day = dayOf(recovered_at);
  if (recovery_ms < 0) return [{ day, counts: { recovery_negative: 1 } }];
  const time = { measure: 'recovery', ms: recovery_ms } as const;
  return [{ day, counts: { recovery: 1, recovery_ms }, time }];
}

/** How many buckets a doubling has; below so many milliseconds each has its own. Powers of 2, so that they nest. */
export const COARSE = 8;
export const FINE = 64;

/** Grows with `ms`, which is not negative. */
export function bucketOf(ms: number, steps: number): number {
  if (ms < steps) return Math.floor(ms);
  const power = Math.floor(Math.log2(ms));
  // The logarithm may have been rounded up to the next power.
  const width = 2 ** (2 ** power > ms ? power - 1 : power) / steps;
  return steps * Math.log2(width) + Math.floor(ms / width);
}

/** The times in a bucket: `from <= ms < to`. */
export function boundsOf(bucket: number, steps: number): { from: number; to: number } {
  if (bucket < steps) return { from: bucket, to: bucket + 1 };
  const width = 2 ** (Math.floor(bucket / steps) - 1);
  const step = (bucket % steps) + steps;
  return { from: step * width, to: (step + 1) * width };
}
