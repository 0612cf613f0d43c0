/** The tables of rows in the Postgres store: put in place many at a time, and read back as they are. */

import {
  FOLD_VERSION,
  type DeploymentRow,
  type EnvironmentRow,
  type IncidentRow,
  type RowChange,
} from '../folds/rows.ts';
import type { Stream } from '../journal.ts';
import { PAGE, type KeptPages } from './kept-comparison.ts';
import { columnList, TABLES } from './row-columns.ts';
import type { Query } from './postgres-pool.ts';

type Table = RowChange['table'];
interface Rows {
  readonly environment: EnvironmentRow;
  readonly deployment: DeploymentRow;
  readonly incident: IncidentRow;
}

/** @param rest of the statement, after FROM and the name of the table */
export async function findRows<T extends Table>(
  query: Query,
  table: T,
  rest: string,
  values: readonly unknown[],
): Promise<Rows[T][]> {
  const { name, columns } = TABLES[table];
  const found = await query(`SELECT ${columnList(columns)} FROM nemesis.${name} ${rest}`, values);
  return found as unknown as Rows[T][];
}

export const IN_STREAM = 'WHERE service = $1 AND environment = $2';

const CHUNK = 1_000;

/** Each row at most once. */
export async function putRows(
  query: Query,
  table: Table,
  rows: readonly RowChange['row'][],
): Promise<void> {
  const told = table === 'environment' ? rows.map((row) => ({ ...row, fold: FOLD_VERSION })) : rows;
  for (let at = 0; at < told.length; at += CHUNK)
    await query(UPSERT[table], [JSON.stringify(told.slice(at, at + CHUNK))]);
}

const upsert = (table: Table): string => {
  const { name, columns, key } = TABLES[table];
  const names = [...Object.keys(columns), ...(table === 'environment' ? ['fold'] : [])];
  const changing = names.filter((column) => !(key as readonly string[]).includes(column));
  return `INSERT INTO nemesis.${name} (${columnList(names)})
    SELECT ${columnList(names)} FROM json_populate_recordset(NULL::nemesis.${name}, $1)
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET
    ${changing.map((column) => `"${column}" = EXCLUDED."${column}"`).join(', ')}`;
};

const UPSERT: Record<Table, string> = {
  environment: upsert('environment'),
  deployment: upsert('deployment'),
  incident: upsert('incident'),
};

export async function clearRows(query: Query, { service, environment }: Stream): Promise<void> {
  for (const { name } of Object.values(TABLES))
    await query(`DELETE FROM nemesis.${name} ${IN_STREAM}`, [service, environment]);
}

/** How far the rows of a stream go; undefined where another version of the fold made them, or none. */
export async function seqOf(
  query: Query,
  { service, environment }: Stream,
): Promise<number | undefined> {
  const [found] = await query(`SELECT seq FROM nemesis.environments ${IN_STREAM} AND fold = $3`, [
    service,
    environment,
    FOLD_VERSION,
  ]);
  return found?.['seq'] as number | undefined;
}

export function keptPages(query: Query, stream: Stream): KeptPages {
  const names = [stream.service, stream.environment];
  const page = `${IN_STREAM} AND id > $3 ORDER BY id LIMIT ${PAGE}`;
  return {
    seq: () => seqOf(query, stream),
    environment: async () => (await findRows(query, 'environment', IN_STREAM, names))[0],
    deployments: (after) => findRows(query, 'deployment', page, [...names, after]),
    incidents: (after) => findRows(query, 'incident', page, [...names, after]),
  };
}
