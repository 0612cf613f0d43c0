/** The event table of the SQLite store. */

import type { DatabaseSync } from 'node:sqlite';
import { compareStreams } from '../chain.ts';
import type { Head, JournalEvent, Stream } from '../journal.ts';
import { cellsOf, EVENT_COLUMNS, eventOf } from './event-row.ts';
import { statementsOf } from './sqlite-statements.ts';

export interface EventTable {
  insert(event: JournalEvent): void;
  byId(id: string): JournalEvent | undefined;
  head(stream: Stream): Head | undefined;
  read(stream: Stream, after: number, limit: number): JournalEvent[];
  newest(stream: Stream, type: string, limit: number): JournalEvent[];
  streams(): Stream[];
  /** In order of name. */
  streamsOf(service: string): Stream[];
}

/** The different values of a column, each found by one step down the index: a history has millions of events. */
const distinct = (column: string, where: string): string => `
  WITH RECURSIVE names (name) AS (
    SELECT min(${column}) FROM events WHERE ${where}
    UNION ALL
    SELECT (SELECT min(${column}) FROM events WHERE ${where} AND ${column} > names.name)
      FROM names WHERE names.name IS NOT NULL
  ) SELECT name FROM names WHERE name IS NOT NULL`;

const IN_STREAM = 'service = ? AND environment = ?';
const SELECT = `SELECT ${EVENT_COLUMNS} FROM events WHERE`;
const INSERT = `INSERT INTO events (${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const HEAD = `SELECT seq, hash FROM events WHERE ${IN_STREAM} ORDER BY seq DESC LIMIT 1`;
const READ = `${SELECT} ${IN_STREAM} AND seq > ? ORDER BY seq LIMIT ?`;
const NEWEST = `${SELECT} ${IN_STREAM} AND type = ? ORDER BY seq DESC LIMIT ?`;

export function eventTable(db: DatabaseSync): EventTable {
  const sql = statementsOf(db);
  const streamsOf = (service: string): Stream[] =>
    sql
      .all(distinct('environment', 'service = ?1'), service)
      .map((row) => ({ service, environment: String(row['name'] as string) }))
      .sort(compareStreams);
  return {
    insert: (event) => sql.run(INSERT, ...cellsOf(event)),
    byId: (id) => {
      const row = sql.get(`${SELECT} id = ?`, id);
      return row && eventOf(row);
    },
    head: ({ service, environment }) => {
      const row = sql.get(HEAD, service, environment);
      return row && { seq: Number(row['seq']), hash: String(row['hash']) };
    },
    read: ({ service, environment }, after, limit) =>
      sql.all(READ, service, environment, after, limit).map(eventOf),
    newest: ({ service, environment }, type, limit) =>
      sql.all(NEWEST, service, environment, type, limit).map(eventOf),
    streamsOf,
    streams: () =>
      sql
        .all(distinct('service', 'true'))
        .flatMap((row) => streamsOf(String(row['name'] as string)))
        .sort(compareStreams),
  };
}
