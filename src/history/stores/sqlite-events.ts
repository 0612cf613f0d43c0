/** The event table of the SQLite store. */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { compareStreams } from '../chain.ts';
import type { Head, JournalEvent, Stream } from '../journal.ts';
import { cellsOf, EVENT_COLUMNS, eventOf } from './event-row.ts';

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

export function eventTable(db: DatabaseSync): EventTable {
  const select = (rest: string): StatementSync =>
    db.prepare(`SELECT ${EVENT_COLUMNS} FROM events WHERE ${rest}`);
  const inStream = 'service = ? AND environment = ?';
  const insert = db.prepare(
    `INSERT INTO events (${EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = select('id = ?');
  const head = db.prepare(
    `SELECT seq, hash FROM events WHERE ${inStream} ORDER BY seq DESC LIMIT 1`,
  );
  const read = select(`${inStream} AND seq > ? ORDER BY seq LIMIT ?`);
  const newest = select(`${inStream} AND type = ? ORDER BY seq DESC LIMIT ?`);
  const services = db.prepare(distinct('service', 'true'));
  const environments = db.prepare(distinct('environment', 'service = ?1'));
  const streamsOf = (service: string): Stream[] =>
    environments
      .all(service)
      .map((row) => ({ service, environment: String(row['name'] as string) }))
      .sort(compareStreams);
  return {
    insert: (event) => void insert.run(...cellsOf(event)),
    byId: (id) => {
      const row = byId.get(id);
      return row && eventOf(row);
    },
    head: ({ service, environment }) => {
      const row = head.get(service, environment);
      return row && { seq: Number(row['seq']), hash: String(row['hash']) };
    },
    read: ({ service, environment }, after, limit) =>
      read.all(service, environment, after, limit).map(eventOf),
    newest: ({ service, environment }, type, limit) =>
      newest.all(service, environment, type, limit).map(eventOf),
    streamsOf,
    streams: () =>
      services
        .all()
        .flatMap((row) => streamsOf(String(row['name'] as string)))
        .sort(compareStreams),
  };
}
