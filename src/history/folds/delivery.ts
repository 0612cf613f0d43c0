/**
 * The five delivery metrics of one service in one environment and window, after DORA's guide (2026-01). Never blended
 * over services, and never 0 where nothing was recorded.
 *
 *   deployment_frequency   successful deployments a week. A rollback is not one
 *   lead_time              commit to the end of the deployment that first brought it, median
 *   change_failure_rate    failed deployments / deployments users met: rolled back, ended badly or taken back soon
 *                          after, or linked to an incident. Once each, so never above 1
 *   recovery_time          detection to the first later record with everything healthy, median. What is still failing
 *                          cannot be in a median: it is told beside it, as `1 open, 3 h 12 m so far`
 *   rework_rate            unplanned deployments (hotfixes, and those begun while an incident or a rollback was open) /
 *                          deployments users met
 *
 * `delivery-aggregates.ts` says which rows each counts, `failing.ts` what a failure is. https://dora.dev/guides/dora-metrics/
 */

import type { Stream } from '../journal.ts';
import {
  aggregatesOf,
  type Behind,
  type DeliveryAggregates,
  type Durations,
  type Window,
} from './delivery-aggregates.ts';
import type { DeploymentRow } from './rows.ts';

/** Names people and gate files also use. MTTR is retired by DORA; what it means here is `recovery_time`. */
export const DELIVERY_ALIASES = {
  lead_time_for_changes: 'lead_time',
  mean_time_to_recovery: 'recovery_time',
  mttr: 'recovery_time',
  failed_deployment_recovery_time: 'recovery_time',
  deployment_rework_rate: 'rework_rate',
} as const;

/** `n/a (0 deployments)` */
export interface NoFigure {
  readonly kind: 'none';
  readonly why: string;
}

export type Frequency =
  | {
      readonly kind: 'measured';
      readonly per_week: number;
      /** UTC days with at least one. */
      readonly active_days: number;
      /** Days the rate is over: of the window, what lies after the first record; at least one. */
      readonly observed_days: number;
      readonly deployments: Behind;
    }
  | NoFigure;

/** Milliseconds. */
export type MedianTime =
  | {
      readonly kind: 'measured';
      readonly median_ms: number;
      readonly mean_ms: number;
      readonly of: Behind;
    }
  | NoFigure;

export type Share =
  | {
      readonly kind: 'measured';
      /** 0..1 */
      readonly rate: number;
      readonly counted: Behind;
      readonly of: Behind;
    }
  | NoFigure;

export interface Delivery extends Stream {
  readonly window: Window;
  readonly deployment_frequency: Frequency;
  readonly lead_time: MedianTime & {
    /** Deployments without a lead time that could be counted. */
    readonly left_out: {
      readonly negative: Behind;
      readonly repeated: Behind;
      readonly unknown: Behind;
    };
  };
  readonly change_failure_rate: Share;
  readonly recovery_time: MedianTime & {
    /** Still failing; null when nothing is. `so_far_ms` is of the one that has lasted longest. */
    readonly open: (Behind & { readonly since: number; readonly so_far_ms: number }) | null;
    readonly left_out: { readonly negative: Behind };
  };
  readonly rework_rate: Share;
}

const DAY_MS = 86_400_000;

/** From rows in memory; see `aggregatesOf` and `deliveryFrom`. */
export function deliveryOf(
  stream: Stream,
  rows: Iterable<DeploymentRow>,
  firstAt: number | null,
  window: Window,
  now: number,
): Delivery {
  return deliveryFrom(stream, aggregatesOf(rows, firstAt, window), window, now);
}

/** `now`, epoch milliseconds: how long open failures have lasted, and where a window that is not over ends. */
export function deliveryFrom(
  { service, environment }: Stream,
  from: DeliveryAggregates,
  window: Window,
  now: number,
): Delivery {
  return {
    service,
    environment,
    window,
    deployment_frequency: frequencyFrom(from, window, now),
    lead_time: {
      ...medianTime(from.lead, leadMissing(from)),
      left_out: {
        negative: from.lead_negative,
        repeated: from.lead_repeated,
        unknown: from.lead_unknown,
      },
    },
    change_failure_rate: shareOf(from.failed, from.changes),
    recovery_time: {
      ...medianTime(from.recovery, '0 recoveries'),
      open:
        from.open_since === null
          ? null
          : {
              ...from.open,
              since: from.open_since,
              so_far_ms: Math.max(0, now - from.open_since),
            },
      left_out: { negative: from.recovery_negative },
    },
    rework_rate: shareOf(from.rework, from.changes),
  };
}

function frequencyFrom(
  from: DeliveryAggregates,
  { from: start, to }: Window,
  now: number,
): Frequency {
  const { deployments, active_days, first_at } = from;
  if (deployments.count === 0) return { kind: 'none', why: '0 deployments' };
  const begin = Math.max(start, first_at ?? start);
  const observed_days = Math.max(1, (Math.min(to, now) - begin) / DAY_MS);
  const per_week = (deployments.count / observed_days) * 7;
  return { kind: 'measured', per_week, active_days, observed_days, deployments };
}

function leadMissing({ deployments }: DeliveryAggregates): string {
  return deployments.count === 0 ? '0 deployments' : 'no deployment with a known commit time';
}

function medianTime({ of, sum, median }: Durations, why: string): MedianTime {
  if (median === null || of.count === 0) return { kind: 'none', why };
  return { kind: 'measured', median_ms: median, mean_ms: sum / of.count, of };
}

function shareOf(counted: Behind, of: Behind): Share {
  if (of.count === 0) return { kind: 'none', why: '0 deployments' };
  return { kind: 'measured', rate: counted.count / of.count, counted, of };
}
