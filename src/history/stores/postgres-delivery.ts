/** The delivery aggregates of the Postgres store, exact: sums and medians by the server, over the rows of the window. */

import {
  DAY_MS,
  type Behind,
  type DeliveryAggregates,
  type Window,
} from '../folds/delivery-aggregates.ts';
import type { Stream } from '../journal.ts';
import { COUNTS, countsBy, within, type CountName } from './delivery-counts.ts';
import type { Query, Row } from './postgres-pool.ts';
import { findRows, IN_STREAM } from './postgres-rows.ts';

export async function postgresDelivery(
  query: Query,
  stream: Stream,
  { from, to }: Window,
  idLimit: number,
): Promise<DeliveryAggregates> {
  const names = [stream.service, stream.environment];
  const asked = [...names, from, to];
  const sums: Row = {
    ...(await query(FROM_ENDED, asked))[0],
    ...(await query(FROM_RECOVERED, asked))[0],
  };
  const behind = async (name: CountName): Promise<Behind> => {
    const count = Number(sums[name]);
    const limit = Math.min(count, idLimit);
    if (limit === 0) return { count, ids: [] };
    const found = await query(newest(name), [...asked, limit]);
    return { count, ids: found.map(({ id }) => id as string) };
  };
  const durations = async (measure: 'lead' | 'recovery') => ({
    of: await behind(measure),
    sum: Number(sums[`${measure}_sum`] ?? 0),
    median: (sums[`${measure}_median`] ?? null) as number | null,
  });
  const [environment] = await findRows(query, 'environment', IN_STREAM, names);
  const open = await query(OPEN, [...names, to]);
  const sinces = open.map(({ since }) => since as number);
  return {
    first_at: environment?.first_at ?? null,
    deployments: await behind('deployments'),
    active_days: Number(sums['active_days']),
    lead: await durations('lead'),
    lead_negative: await behind('lead_negative'),
    lead_repeated: await behind('lead_repeated'),
    lead_unknown: await behind('lead_unknown'),
    changes: await behind('changes'),
    failed: await behind('failed'),
    rework: await behind('rework'),
    recovery: await durations('recovery'),
    recovery_negative: await behind('recovery_negative'),
    open: { count: open.length, ids: open.slice(0, idLimit).map(({ id }) => id as string) },
    open_since: sinces.length === 0 ? null : Math.min(...sinces),
  };
}

const DEPLOYS = `FROM nemesis.deployments ${IN_STREAM} AND kind = 'deploy'`;

const timesOf = (measure: 'lead' | 'recovery'): string => {
  const positive = `FILTER (WHERE ${measure}_ms >= 0)`;
  return `sum(${measure}_ms) ${positive} AS ${measure}_sum,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY ${measure}_ms) ${positive} AS ${measure}_median`;
};

const FROM_ENDED = `SELECT ${countsBy('finished_at')}, ${timesOf('lead')},
  count(DISTINCT floor(finished_at / ${DAY_MS}.0)) FILTER (WHERE status = 'succeeded') AS active_days
  ${DEPLOYS} AND ${within('finished_at', '$3', '$4')}`;

const FROM_RECOVERED = `SELECT ${countsBy('recovered_at')}, ${timesOf('recovery')}
  ${DEPLOYS} AND ${within('recovered_at', '$3', '$4')}`;

const newest = (name: CountName): string => {
  const { time, is } = COUNTS[name];
  return `SELECT id ${DEPLOYS} AND ${is} AND ${within(time, '$3', '$4')} ORDER BY seq DESC LIMIT $5`;
};

const OPEN = `SELECT id, coalesce(failing_since, started_at) AS since ${DEPLOYS}
  AND failing IS NOT NULL AND coalesce(failing_since, started_at) < $3 ORDER BY seq DESC`;
