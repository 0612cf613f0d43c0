/**
 * The numbers delivery metrics are made of, for one service, one environment and one window. A store with tables
 * answers them by queries; `aggregatesOf` is the same over rows in memory, and the meaning of each.
 *
 * The window is `from <= t < to`. `t` is the end of a deployment's record (`finished_at`) for everything but recovery,
 * where it is `recovered_at`; so two windows that touch share nothing and leave nothing out, and a running deployment is
 * in neither. What is known now counts: a deployment that failed after the window has failed in it.
 */

import { isExposed, type DeploymentRow } from './rows.ts';

export interface Window {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** The records behind a number. `ids` may be cut short to the newest ones; `count` never is. */
export interface Behind {
  readonly count: number;
  /** Of deployments, the latest to begin first. */
  readonly ids: readonly string[];
}

/** Milliseconds over the records in `of`; the median is the mean of the middle two, null without any. */
export interface Durations {
  readonly of: Behind;
  readonly sum: number;
  readonly median: number | null;
}

export interface DeliveryAggregates {
  /** `first_at` of the environment; null where it has no record at all. */
  readonly first_at: number | null;
  /** `kind = 'deploy' AND status = 'succeeded'`: reached 100 % and stayed to its end. Never a rollback. */
  readonly deployments: Behind;
  /** Different UTC days (`finished_at / 86400000`, rounded down) among those. */
  readonly active_days: number;
  /** Of those, `lead_ms >= 0`. */
  readonly lead: Durations;
  /** `lead_ms < 0`: committed, by its clock, after it was deployed. */
  readonly lead_negative: Behind;
  /** `repeats IS NOT NULL`: the commit had reached this environment before. */
  readonly lead_repeated: Behind;
  /** `committed_at IS NULL AND repeats IS NULL`. */
  readonly lead_unknown: Behind;
  /**
   * `kind = 'deploy' AND status <> 'running' AND (status = 'succeeded' OR received_traffic_at IS NOT NULL OR failed)`:
   * users met it. One taken back at 10 % is here and not in `deployments`.
   */
  readonly changes: Behind;
  /** Of those, `failed`: however often and for whatever reasons, once. */
  readonly failed: Behind;
  /** Of those, `rework`. */
  readonly rework: Behind;
  /** `kind = 'deploy' AND recovery_ms >= 0`, by `recovered_at`, whether or not it has ended. */
  readonly recovery: Durations;
  /** The same with `recovery_ms < 0`: the clocks of two machines disagree. */
  readonly recovery_negative: Behind;
  /** `kind = 'deploy' AND failing IS NOT NULL AND failing_since < to`; begun before the window, too. */
  readonly open: Behind;
  /** The least `failing_since` of those. */
  readonly open_since: number | null;
}

export const DAY_MS = 86_400_000;

/** `rows`: of one stream, in any order. `idLimit`: how many ids to name behind each number. */
export function aggregatesOf(
  rows: Iterable<DeploymentRow>,
  firstAt: number | null,
  { from, to }: Window,
  idLimit = Infinity,
): DeliveryAggregates {
  const isInside = (t: number | null): boolean => t !== null && from <= t && t < to;
  const deploys = [...rows].filter(({ kind }) => kind === 'deploy').sort((a, b) => b.seq - a.seq);
  const ended = deploys.filter((row) => isInside(row.finished_at));
  const succeeded = ended.filter(({ status }) => status === 'succeeded');
  const changes = ended.filter((row) => isExposed(row) || row.failed);
  const recovered = deploys.filter((row) => isInside(row.recovered_at));
  const open = deploys.filter(({ failing }) => failing !== null).filter((row) => since(row) < to);
  const behind = (of: readonly DeploymentRow[]): Behind => ({
    count: of.length,
    ids: of.slice(0, idLimit).map(({ id }) => id),
  });
  const durations = (
    of: readonly DeploymentRow[],
    pick: (row: DeploymentRow) => number | null,
  ): Durations => {
    const known = of.filter((row) => (pick(row) ?? -1) >= 0);
    const values = known.map((row) => pick(row) ?? 0);
    return { of: behind(known), sum: values.reduce((a, b) => a + b, 0), median: medianOf(values) };
  };
  return {
    first_at: firstAt,
    deployments: behind(succeeded),
    active_days: new Set(succeeded.map((row) => Math.floor((row.finished_at ?? 0) / DAY_MS))).size,
    lead: durations(succeeded, (row) => row.lead_ms),
    lead_negative: behind(succeeded.filter((row) => row.lead_ms !== null && row.lead_ms < 0)),
    lead_repeated: behind(succeeded.filter((row) => row.repeats !== null)),
    lead_unknown: behind(
      succeeded.filter((row) => row.committed_at === null && row.repeats === null),
    ),
    changes: behind(changes),
    failed: behind(changes.filter((row) => row.failed)),
    rework: behind(changes.filter((row) => row.rework)),
    recovery: durations(recovered, (row) => row.recovery_ms),
    recovery_negative: behind(recovered.filter((row) => (row.recovery_ms ?? 0) < 0)),
    open: behind(open),
    open_since: open.map(since).sort((a, b) => a - b)[0] ?? null,
  };
}

function since(row: DeploymentRow): number {
  return row.failing_since ?? row.started_at;
}

/** The middle one, or the mean of the middle two; null of nothing. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  if (upper === undefined) return null;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? upper;
  return (lower + upper) / 2;
}
