/**
 * The delivery aggregates of the SQLite store, exact. Whole days of the window come from the table of days, its cut-off
 * ends from the deployments.
 */

import {
  type Behind,
  type DeliveryAggregates,
  type Durations,
  type Window,
} from '../folds/delivery-aggregates.ts';
import { DAY_COUNTS, type Measure } from '../folds/days.ts';
import type { RowQueries } from '../folds/row-queries.ts';
import type { Stream } from '../journal.ts';
import { COUNTS, countsBy, type CountName } from './delivery-counts.ts';
import { sqliteMedian } from './sqlite-median.ts';
import { IN_STREAM } from './sqlite-rows.ts';
import { inside, names, partsOf, type Parts } from './sqlite-window.ts';
import type { Statements } from './sqlite-statements.ts';

export function sqliteDelivery(sql: Statements): RowQueries['delivery'] {
  return (stream, window, idLimit) => {
    const parts = partsOf(sql, stream, window);
    const sums = sumsOf(sql, stream, parts);
    const behind = (name: CountName, count = sums[name] ?? 0): Behind => ({
      count,
      ids: idsOf(sql, stream, window, name, Math.min(count, idLimit)),
    });
    const durations = (measure: Measure): Durations => ({
      of: behind(measure),
      sum: sums[`${measure}_ms`] ?? 0,
      median: sqliteMedian(sql, stream, window, parts, measure),
    });
    const first = sql.get(`SELECT first_at FROM environments ${IN_STREAM}`, ...names(stream));
    return {
      first_at: (first?.['first_at'] as number | undefined) ?? null,
      deployments: behind('deployments'),
      active_days: sums.active_days ?? 0,
      lead: durations('lead'),
      lead_negative: behind('lead_negative'),
      lead_repeated: behind('lead_repeated'),
      lead_unknown: behind('lead_unknown'),
      changes: behind('changes'),
      failed: behind('failed'),
      rework: behind('rework'),
      recovery: durations('recovery'),
      recovery_negative: behind('recovery_negative'),
      ...openOf(sql, stream, window, idLimit),
    };
  };
}

type Sums = Partial<Record<(typeof DAY_COUNTS)[number] | 'active_days', number>>;

const FROM_DAYS = `SELECT ${DAY_COUNTS.map((name) => `sum(${name}) AS ${name}`).join(', ')},
  sum(deployments > 0) AS active_days FROM days ${IN_STREAM} AND day >= ? AND day < ?`;

const FROM_ENDED = `SELECT ${countsBy('finished_at')},
  sum(lead_ms) FILTER (WHERE lead_ms >= 0) AS lead_ms,
  max(status = 'succeeded') AS active_days
  FROM deployments INDEXED BY deployments_by_end
  ${IN_STREAM} AND kind = 'deploy' AND ${inside('finished_at')}`;

const FROM_RECOVERED = `SELECT ${countsBy('recovered_at')},
  sum(recovery_ms) FILTER (WHERE recovery_ms >= 0) AS recovery_ms
  FROM deployments INDEXED BY deployments_by_recovery
  ${IN_STREAM} AND kind = 'deploy' AND ${inside('recovered_at')}`;

function sumsOf(sql: Statements, stream: Stream, { days, ends }: Parts): Sums {
  const sums: Sums = {};
  const add = (statement: string, from: number, to: number) => {
    const found = sql.get(statement, ...names(stream), from, to) as Sums;
    for (const [name, more] of Object.entries(found) as [keyof Sums, number | null][])
      sums[name] = (sums[name] ?? 0) + (more ?? 0);
  };
  add(FROM_DAYS, days.from, days.to);
  for (const { from, to } of ends) {
    add(FROM_ENDED, from, to);
    add(FROM_RECOVERED, from, to);
  }
  return sums;
}

/** By sequence, and of what is rare only that. */
const NEWEST_FIRST: Readonly<Record<CountName, string>> = {
  deployments: 'deployments_by_seq',
  lead: 'deployments_by_seq',
  lead_negative: 'deployments_negative',
  lead_repeated: 'deployments_repeated',
  lead_unknown: 'deployments_unknown',
  changes: 'deployments_by_seq',
  failed: 'deployments_failed',
  rework: 'deployments_rework',
  recovery: 'deployments_recovered',
  recovery_negative: 'deployments_recovered',
};

/** The newest to begin. Left to itself SQLite sorts all of the window; along this index it walks back and stops. */
function idsOf(
  sql: Statements,
  stream: Stream,
  { from, to }: Window,
  name: CountName,
  limit: number,
): readonly string[] {
  if (limit === 0) return [];
  const { time, is } = COUNTS[name];
  const found = sql.all(
    `SELECT id FROM deployments INDEXED BY ${NEWEST_FIRST[name]} ${IN_STREAM}
     AND kind = 'deploy' AND ${is} AND ${inside(time)} ORDER BY seq DESC LIMIT ?`,
    ...names(stream),
    ...[from, to, limit],
  );
  return found.map(({ id }) => id as string);
}

/** All of them end with the next success, so they stay few. */
function openOf(
  sql: Statements,
  stream: Stream,
  { to }: Window,
  idLimit: number,
): Pick<DeliveryAggregates, 'open' | 'open_since'> {
  const failing = sql.all(
    `SELECT id, coalesce(failing_since, started_at) AS since FROM deployments
     ${IN_STREAM} AND kind = 'deploy' AND failing IS NOT NULL ORDER BY seq DESC`,
    ...names(stream),
  );
  const open = failing.filter(({ since }) => (since as number) < to);
  const sinces = open.map(({ since }) => since as number);
  return {
    open: { count: open.length, ids: open.slice(0, idLimit).map(({ id }) => id as string) },
    open_since: sinces.length === 0 ? null : Math.min(...sinces),
  };
}
