/** The tables of rows in the SQLite store: put in place, and looked up by the fold. */

import type { SQLInputValue } from 'node:sqlite';
import {
  FOLD_VERSION,
  type DeploymentRow,
  type EnvironmentRow,
  type IncidentRow,
  type Look,
  type RowChange,
} from '../folds/rows.ts';
import type { Stream } from '../journal.ts';
import { UnreadableRow } from './event-row.ts';
import { columnList, TABLES, type Columns } from './row-columns.ts';
import type { Cells, Statements } from './sqlite-statements.ts';

type Table = RowChange['table'];
interface Rows {
  readonly environment: EnvironmentRow;
  readonly deployment: DeploymentRow;
  readonly incident: IncidentRow;
}

export interface SqliteRows {
  look(stream: Stream): Look;
  put(change: RowChange): void;
  /** @param rest of the statement, after FROM and the name of the table */
  find<T extends Table>(table: T, rest: string, ...cells: SQLInputValue[]): Rows[T][];
  /** How far the rows of a stream go; undefined where another version of the fold made them, or none. */
  seqOf(stream: Stream): number | undefined;
}

/** Fails with `UnreadableRow` where a row was changed by hand and cannot be read. */
export function sqliteRows(sql: Statements): SqliteRows {
  const find: SqliteRows['find'] = (table, rest, ...cells) =>
    sql.all(`${SELECT[table]} ${rest}`, ...cells).map((row) => rowOf(table, row));
  return {
    find,
    put: ({ table, row }) => sql.run(UPSERT[table], ...cellsOf(table, row)),
    seqOf({ service, environment }) {
      const found = sql.get(
        'SELECT fold, seq FROM environments WHERE service = ? AND environment = ?',
        service,
        environment,
      );
      return found?.['fold'] === FOLD_VERSION ? (found['seq'] as number) : undefined;
    },
    look({ service, environment }) {
      const stream = [service, environment] as const;
      const deployments = (rest: string, ...cells: SQLInputValue[]) =>
        find('deployment', `${IN_STREAM} AND ${rest}`, ...stream, ...cells);
      return {
        environment: () => find('environment', IN_STREAM, ...stream)[0],
        deployment: (id) => deployments('id = ?', id)[0],
        incident: (id) => find('incident', `${IN_STREAM} AND id = ?`, ...stream, id)[0],
        newestRunning: () => deployments(`status = 'running' ORDER BY seq DESC LIMIT 1`)[0],
        failing: () => deployments('failing IS NOT NULL'),
        firstSuccessOf: (commit) => deployments(FIRST_SUCCESS, commit)[0],
      };
    },
  };
}

export const IN_STREAM = 'WHERE service = ? AND environment = ?';

const FIRST_SUCCESS = `kind = 'deploy' AND status = 'succeeded' AND "commit" = ?
  ORDER BY finished_seq LIMIT 1`;

const byTable = <T>(make: (table: Table) => T): Record<Table, T> => ({
  environment: make('environment'),
  deployment: make('deployment'),
  incident: make('incident'),
});

const SELECT = byTable((table) => {
  const { name, columns } = TABLES[table];
  return `SELECT ${columnList(columns)} FROM ${name}`;
});

const UPSERT = byTable((table) => {
  const { name, columns, key } = TABLES[table];
  const names = [...Object.keys(columns), ...(table === 'environment' ? ['fold'] : [])];
  const changing = names.filter((column) => !(key as readonly string[]).includes(column));
  return `INSERT INTO ${name} (${columnList(names)}) VALUES (${names.map(() => '?').join(', ')})
    ON CONFLICT (${key.join(', ')}) DO UPDATE SET
    ${changing.map((column) => `"${column}" = excluded."${column}"`).join(', ')}`;
});

const ORDER = byTable((table) => Object.entries(TABLES[table].columns as Columns<object>));

/** In the order of the columns; the environment's row is told which version of the fold it is of. */
export function cellsOf(table: Table, row: RowChange['row']): SQLInputValue[] {
  const values = row as unknown as Record<string, SQLInputValue>;
  const cells = ORDER[table].map(([column, kind]) => {
    const value = values[column] ?? null;
    if (kind === 'plain' || value === null) return value;
    return kind === 'flag' ? Number(value) : JSON.stringify(value);
  });
  return table === 'environment' ? [...cells, FOLD_VERSION] : cells;
}

function rowOf<T extends Table>(table: T, cells: Cells): Rows[T] {
  const row: Record<string, unknown> = {};
  for (const [column, kind] of ORDER[table]) {
    const cell = cells[column];
    if (kind === 'flag') row[column] = cell === 1;
    else row[column] = kind === 'json' && cell !== null ? parsed(table, column, cell) : cell;
  }
  return row as unknown as Rows[T];
}

function parsed(table: Table, column: string, cell: unknown): unknown {
  try {
    return JSON.parse(cell as string);
  } catch {
    throw new UnreadableRow(undefined, `${column}, as the ${table}s kept beside it`);
  }
}
