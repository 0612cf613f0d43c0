/**
 * The median of a window, exact: how many times lie in each bucket tells in which the middle is, the same of the fine
 * ones within it, and the records of that fine one are looked up in an index by their time.
 */

import { boundsOf, bucketOf, COARSE, FINE, type Measure } from '../folds/days.ts';
import type { Window } from '../folds/delivery-aggregates.ts';
import type { Stream } from '../journal.ts';
import { IN_STREAM } from './sqlite-rows.ts';
import type { Statements } from './sqlite-statements.ts';
import { inside, names, type Parts } from './sqlite-window.ts';

/** Milliseconds: the middle one, or the mean of the middle two; null of nothing. */
export function sqliteMedian(
  sql: Statements,
  stream: Stream,
  window: Window,
  { days, ends }: Parts,
  measure: Measure,
): number | null {
  const atEnds = ends.flatMap((end) => timesIn(sql, stream, end, measure));
  const counted = (steps: number, from: number, to: number): Counts => {
    const place = [...names(stream), measure, steps];
    const whole = sql.all(COUNTS, to, from, ...place, days.from, days.to);
    const counts = new Map(whole.map(({ bucket, count }) => [bucket as number, count as number]));
    for (const bucket of atEnds.map((ms) => bucketOf(ms, steps)))
      if (bucket >= from && bucket <= to) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    return [...counts].sort(([a], [b]) => a - b);
  };
  const coarse = counted(COARSE, 0, bucketOf(LONGEST_MS, COARSE));
  const total = coarse.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const times = (rank: number, many: number) => {
    const around = placeOf(coarse, rank);
    const { from, to } = boundsOf(around.bucket, COARSE);
    const fine = counted(FINE, bucketOf(from, FINE), bucketOf(to - 1, FINE));
    return timesFrom(sql, stream, window, placeOf(fine, around.rank), measure, many);
  };
  const [low, high] = [Math.floor((total - 1) / 2), Math.floor(total / 2)];
  const found = times(low, high - low + 1);
  // The two in the middle may lie in two buckets.
  const [lower = NaN, upper = low === high ? lower : (times(high, 1)[0] ?? NaN)] = found;
  return (lower + upper) / 2;
}

const LONGEST_MS = Number.MAX_SAFE_INTEGER;

/** Bucket and count, the shortest times first. */
type Counts = readonly (readonly [bucket: number, count: number])[];

interface Place {
  readonly bucket: number;
  /** From 0, within the bucket. */
  readonly rank: number;
}

function placeOf(counts: Counts, rank: number): Place {
  let left = rank;
  for (const [bucket, count] of counts) {
    if (left < count) return { bucket, rank: left };
    left -= count;
  }
  return { bucket: 0, rank: left };
}

/** One step down the index for each bucket: sorting the counts of all days by bucket takes longer. */
const COUNTS = `WITH RECURSIVE buckets (bucket, last) AS (
    SELECT ?2, min(?1, (SELECT max(bucket) FROM day_times
      WHERE service = ?3 AND environment = ?4 AND measure = ?5 AND steps = ?6))
    UNION ALL SELECT bucket + 1, last FROM buckets WHERE bucket < last
  )
  SELECT bucket, (SELECT sum(count) FROM day_times AS d
    WHERE d.service = ?3 AND d.environment = ?4 AND d.measure = ?5 AND d.steps = ?6
      AND d.bucket = buckets.bucket AND d.day >= ?7 AND d.day < ?8) AS count
  FROM buckets WHERE count > 0`;

const TIMES = {
  lead: {
    ...{ column: 'lead_ms', at: 'finished_at' },
    ...{ byTime: 'deployments_by_lead', byEnd: 'deployments_by_end' },
  },
  recovery: {
    ...{ column: 'recovery_ms', at: 'recovered_at' },
    ...{ byTime: 'deployments_by_recovery_time', byEnd: 'deployments_by_recovery' },
  },
} as const;

function timesIn(
  sql: Statements,
  stream: Stream,
  { from, to }: Window,
  measure: Measure,
): readonly number[] {
  const { column, at, byEnd } = TIMES[measure];
  const rows = sql.all(
    `SELECT ${column} AS ms FROM deployments INDEXED BY ${byEnd} ${IN_STREAM}
     AND kind = 'deploy' AND ${column} >= 0 AND ${inside(at)}`,
    ...names(stream),
    ...[from, to],
  );
  return rows.map(({ ms }) => ms as number);
}

/** @param place in a fine bucket */
function timesFrom(
  sql: Statements,
  stream: Stream,
  { from, to }: Window,
  { bucket, rank }: Place,
  measure: Measure,
  many: number,
): readonly number[] {
  const { column, at, byTime } = TIMES[measure];
  const bounds = boundsOf(bucket, FINE);
  const rows = sql.all(
    `SELECT ${column} AS ms FROM deployments INDEXED BY ${byTime} ${IN_STREAM}
     AND kind = 'deploy' AND ${inside(column)} AND ${inside(at)}
     ORDER BY ${column} LIMIT ? OFFSET ?`,
    ...names(stream),
    ...[bounds.from, bounds.to, from, to, many, rank],
  );
  return rows.map(({ ms }) => ms as number);
}
