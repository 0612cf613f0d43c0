/** What each day adds to the delivery metrics, kept in step with the deployments. */

import { bucketOf, COARSE, DAY_COUNTS, FINE, sharesOf, type DayShare } from '../folds/days.ts';
import { MOST_DIFFERENCES, rowDifferences, type RowDifference } from '../folds/compare-rows.ts';
import type { DeploymentRow } from '../folds/rows.ts';
import type { Stream } from '../journal.ts';
import { columnList } from './row-columns.ts';
import type { Statements } from './sqlite-statements.ts';

export interface SqliteDays {
  /** @param before the row as it stood, or as it was when the days were last told of it */
  change(before: DeploymentRow | undefined, after: DeploymentRow): void;
  /** What is kept of a stream beside what its deployments add up to. */
  differences(stream: Stream, deployments: readonly DeploymentRow[]): readonly RowDifference[];
}

export function sqliteDays(sql: Statements): SqliteDays {
  const add = (stream: Stream, share: DayShare, sign: 1 | -1): void => {
    const { service, environment } = stream;
    const { day, counts, time } = share;
    const sums = DAY_COUNTS.map((name) => sign * (counts[name] ?? 0));
    sql.run(ADD_DAY, service, environment, day, ...sums);
    if (time === undefined) return;
    const { measure, ms } = time;
    for (const steps of [COARSE, FINE])
      sql.run(ADD_TIME, service, environment, measure, steps, bucketOf(ms, steps), day, sign);
  };
  return {
    change(before, after) {
      const [old, now] = [sharesOf(before), sharesOf(after)];
      const same = (one: DayShare) => (other: DayShare) =>
        JSON.stringify(one) === JSON.stringify(other);
      for (const share of old) if (!now.some(same(share))) add(after, share, -1);
      for (const share of now) if (!old.some(same(share))) add(after, share, 1);
    },
    differences({ service, environment }, deployments) {
      const kept = new Map<string, Record<string, number>>();
      const keep = (day: unknown, name: string, value: unknown) => {
        if (value === 0) return;
        const counts = kept.get(String(day)) ?? {};
        kept.set(String(day), { ...counts, [name]: value as number });
      };
      for (const row of sql.all(DAYS, service, environment))
        for (const name of DAY_COUNTS) keep(row['day'], name, row[name]);
      for (const { measure, steps, bucket, day, count } of sql.all(DAY_TIMES, service, environment))
        keep(day, timeName(measure, steps, bucket), count);
      const folded = sumOf(deployments);
      const days = [...new Set([...kept.keys(), ...folded.keys()])];
      return days
        .flatMap((day) => {
          const [here, there] = [kept.get(day) ?? {}, folded.get(day) ?? {}];
          const names = [...new Set([...Object.keys(here), ...Object.keys(there)])];
          const whole = (counts: Record<string, number>) =>
            Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]));
          return rowDifferences('day', day, whole(here), whole(there));
        })
        .slice(0, MOST_DIFFERENCES);
    },
  };
}

const ADD_DAY = `INSERT INTO days (service, environment, day, ${columnList(DAY_COUNTS)})
  VALUES (?, ?, ?, ${DAY_COUNTS.map(() => '?').join(', ')})
  ON CONFLICT DO UPDATE SET ${DAY_COUNTS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`;

const ADD_TIME = `INSERT INTO day_times (service, environment, measure, steps, bucket, day, count)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count`;

const DAYS = 'SELECT * FROM days WHERE service = ? AND environment = ?';
const DAY_TIMES = 'SELECT * FROM day_times WHERE service = ? AND environment = ?';

const timeName = (measure: unknown, steps: unknown, bucket: unknown): string =>
  `${String(measure)} bucket ${String(bucket)} of ${String(steps)}`;

/** Day to what it adds up to; nothing that is 0. */
function sumOf(deployments: readonly DeploymentRow[]): Map<string, Record<string, number>> {
  const days = new Map<string, Record<string, number>>();
  for (const { day, counts, time } of deployments.flatMap(sharesOf)) {
    const sums = days.get(String(day)) ?? {};
    days.set(String(day), sums);
    const add = (name: string, more: number) => {
      if (more !== 0) sums[name] = (sums[name] ?? 0) + more;
    };
    for (const [name, more] of Object.entries(counts)) add(name, more);
    if (time === undefined) continue;
    for (const steps of [COARSE, FINE])
      add(timeName(time.measure, steps, bucketOf(time.ms, steps)), 1);
  }
  return days;
}
