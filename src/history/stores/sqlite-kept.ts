/** All that the SQLite store does with rows: keeps them, answers from them, and compares them with the journal. */

import type { DatabaseSync } from 'node:sqlite';
import type { RowQueries } from '../folds/row-queries.ts';
import type { EventTable } from './sqlite-events.ts';
import { projection, type Projection } from './sqlite-projection.ts';
import { sqliteQueries } from './sqlite-queries.ts';
import { sqliteDays, type SqliteDays } from './sqlite-days.ts';
import { sqliteRows, type SqliteRows } from './sqlite-rows.ts';
import { statementsOf } from './sqlite-statements.ts';

export interface Kept extends Projection {
  readonly rows: SqliteRows;
  readonly days: SqliteDays;
  readonly queries: RowQueries;
}

export function keptRows(db: DatabaseSync, events: EventTable): Kept {
  const sql = statementsOf(db);
  const rows = sqliteRows(sql);
  const days = sqliteDays(sql);
  const queries = sqliteQueries(sql, rows);
  return { rows, days, queries, ...projection(sql, events, rows, days) };
}
