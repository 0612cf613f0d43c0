/** The row queries of the Postgres store. */

import { LOOK_BACK } from '../folds/current.ts';
import type { Behind } from '../folds/delivery-aggregates.ts';
import { currentRows, NAMESAKES, namedBy } from '../folds/row-queries.ts';
import { NO_ENVIRONMENT, type Stream } from '../journal.ts';
import { postgresDelivery } from './postgres-delivery.ts';
import type { Query } from './postgres-pool.ts';
import type { LaterQueries } from './row-answers.ts';
import { findRows, IN_STREAM } from './postgres-rows.ts';

export function postgresQueries(query: Query): LaterQueries {
  return {
    environments: (service) =>
      findRows(
        query,
        'environment',
        'WHERE service = $1 AND environment <> $2 ORDER BY environment',
        [service, NO_ENVIRONMENT],
      ),
    deployments: ({ service, environment, since, limit }) =>
      findRows(query, 'deployment', environment === undefined ? NEWEST : NEWEST_IN, [
        ...[service, environment ?? NO_ENVIRONMENT, since ?? FIRST, limit],
      ]),
    current: async (stream) => {
      const names = namesOf(stream);
      const [environment] = await findRows(query, 'environment', IN_STREAM, names);
      return currentRows({
        environment,
        deployments: await findRows(query, 'deployment', `${IN_STREAM} AND id = ANY($3)`, [
          ...names,
          namedBy(environment),
        ]),
        running: await findRows(query, 'deployment', RUNNING, names),
        openIncidents: await findRows(query, 'incident', OPEN, names),
        successes: await findRows(query, 'deployment', SUCCESSES, names),
      });
    },
    deploymentIds: async (stream, beginning) =>
      (
        await query(`SELECT id FROM nemesis.deployments ${IN_STREAM} AND ${begins(3)}`, [
          ...namesOf(stream),
          beginning,
        ])
      ).map(({ id }) => id as string),
    incidents: (service, beginning) =>
      findRows(
        query,
        'incident',
        `WHERE service = $1 AND environment <> $2 AND opened_at IS NOT NULL AND ${begins(3)}`,
        [service, NO_ENVIRONMENT, beginning],
      ),
    incidentsOpened: (stream, since, idLimit) => openedSince(query, stream, since, idLimit),
    delivery: (...asked) => postgresDelivery(query, ...asked),
  };
}

/** Before every time that has a date. */
const FIRST = -8.64e15;

const NEWEST = `WHERE service = $1 AND environment <> $2 AND started_at >= $3
  ORDER BY started_at DESC, seq DESC, environment LIMIT $4`;
const NEWEST_IN = `${IN_STREAM} AND started_at >= $3 ORDER BY started_at DESC, seq DESC LIMIT $4`;

const RUNNING = `${IN_STREAM} AND status = 'running' ORDER BY seq DESC`;
const OPEN = `${IN_STREAM} AND opened_at IS NOT NULL AND closed_at IS NULL ORDER BY seq`;
const SUCCESSES = `${IN_STREAM} AND status = 'succeeded'
  ORDER BY finished_seq DESC LIMIT ${LOOK_BACK}`;

const begins = (n: number): string =>
  `id >= $${n} AND id < $${n} || chr(1114111) AND starts_with(id, $${n})
   ORDER BY id LIMIT ${NAMESAKES}`;

function namesOf({ service, environment }: Stream): [string, string] {
  return [service, environment];
}

async function openedSince(
  query: Query,
  stream: Stream,
  since: number,
  idLimit: number,
): Promise<Behind> {
  const opened = `FROM nemesis.incidents ${IN_STREAM} AND opened_at IS NOT NULL AND opened_at >= $3`;
  const asked = [...namesOf(stream), since];
  const [sum] = await query(`SELECT count(*) AS count ${opened}`, asked);
  const count = Number(sum?.['count']);
  const ids = await query(`SELECT id ${opened} ORDER BY seq DESC LIMIT $4`, [
    ...asked,
    Math.min(count, idLimit),
  ]);
  return { count, ids: ids.map(({ id }) => id as string) };
}
