/** The row queries of the SQLite store, each answered from an index. */

import { LOOK_BACK } from '../folds/current.ts';
import {
  currentRows,
  NAMESAKES,
  namedBy,
  type DeploymentsAsked,
  type RowQueries,
} from '../folds/row-queries.ts';
import { NO_ENVIRONMENT } from '../journal.ts';
import { sqliteDelivery } from './sqlite-delivery.ts';
import { IN_STREAM, type SqliteRows } from './sqlite-rows.ts';
import type { Statements } from './sqlite-statements.ts';

export function sqliteQueries(sql: Statements, rows: SqliteRows): RowQueries {
  return {
    environments: (service) =>
      rows.find(
        'environment',
        'WHERE service = ? AND environment <> ? ORDER BY environment',
        service,
        NO_ENVIRONMENT,
      ),
    deployments: (asked) => rows.find('deployment', ...newestWhere(asked)),
    current({ service, environment }) {
      const stream = [service, environment] as const;
      const row = rows.find('environment', IN_STREAM, ...stream)[0];
      const deployments = (rest: string, ...cells: (string | number)[]) =>
        rows.find('deployment', `${IN_STREAM} AND ${rest}`, ...stream, ...cells);
      return currentRows({
        environment: row,
        deployments: namedBy(row).flatMap((id) => deployments('id = ?', id)),
        running: deployments(`status = 'running' ORDER BY seq DESC`),
        openIncidents: rows.find(
          'incident',
          `${IN_STREAM} AND opened_at IS NOT NULL AND closed_at IS NULL ORDER BY seq`,
          ...stream,
        ),
        successes: deployments(
          `status = 'succeeded' ORDER BY finished_seq DESC LIMIT ${LOOK_BACK}`,
        ),
      });
    },
    deploymentIds: ({ service, environment }, beginning) =>
      sql
        .all(
          `SELECT id FROM deployments ${IN_STREAM} AND ${BEGINS}`,
          service,
          environment,
          ...range(beginning),
        )
        .map(({ id }) => id as string),
    incidents: (service, beginning) =>
      rows.find(
        'incident',
        `WHERE service = ? AND environment <> '${NO_ENVIRONMENT}' AND opened_at IS NOT NULL AND ${BEGINS}`,
        service,
        ...range(beginning),
      ),
    incidentsOpened({ service, environment }, since, idLimit) {
      const inStream = `FROM incidents ${IN_STREAM} AND opened_at IS NOT NULL AND opened_at >= ?`;
      const asked = [service, environment, since] as const;
      const { count } = sql.get(`SELECT count(*) AS count ${inStream}`, ...asked)!;
      const ids = sql.all(
        `SELECT id ${inStream} ORDER BY seq DESC LIMIT ?`,
        ...asked,
        Math.min(idLimit, count as number),
      );
      return { count: count as number, ids: ids.map(({ id }) => id as string) };
    },
    delivery: sqliteDelivery(sql),
  };
}

/** `substr` because the range also holds what begins with a character after it. */
const BEGINS = `id >= ? AND id < ? AND substr(id, 1, length(?)) = ? ORDER BY id LIMIT ${NAMESAKES}`;

function range(beginning: string): [string, string, string, string] {
  return [beginning, `${beginning}\u{10ffff}`, beginning, beginning];
}

function newestWhere(asked: DeploymentsAsked): [string, ...(string | number)[]] {
  const { service, environment, since, limit } = asked;
  const from = since ?? -Infinity;
  const order = 'ORDER BY started_at DESC, seq DESC';
  if (environment === undefined) {
    const rest = `WHERE service = ? AND started_at >= ? AND environment <> ?
      ${order}, environment LIMIT ?`;
    return [rest, service, from, NO_ENVIRONMENT, limit];
  }
  return [`${IN_STREAM} AND started_at >= ? ${order} LIMIT ?`, service, environment, from, limit];
}
