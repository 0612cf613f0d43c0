/** The event table of the Postgres store. */

import type { Head, JournalEvent, Stream } from '../journal.ts';
import { cellsOf, EVENT_COLUMNS, eventOf } from './event-row.ts';
import type { Query } from './postgres-pool.ts';

/** How many events are read at once to fold them. */
const BATCH = 1_000;

export const IN_STREAM = 'service = $1 AND environment = $2';

/** For each type its newest, from the index, then the newest of those. */
const NEWEST = `SELECT newest.* FROM unnest($3::text[]) AS wanted (type) CROSS JOIN LATERAL (
    SELECT ${EVENT_COLUMNS} FROM nemesis.events AS e
    WHERE e.service = $1 AND e.environment = $2 AND e.type = wanted.type
    ORDER BY seq DESC LIMIT $4) AS newest
  ORDER BY newest.seq DESC LIMIT $4`;

const INSERT = `INSERT INTO nemesis.events (${EVENT_COLUMNS})
  SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[],
    $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[], $12::text[])
  ON CONFLICT (id) DO NOTHING RETURNING seq`;

/** @returns how many were new; the others' ids are taken */
export async function insert(query: Query, events: readonly JournalEvent[]): Promise<number> {
  const rows = events.map(cellsOf);
  const columns = Array.from({ length: 12 }, (_, column) => rows.map((cells) => cells[column]));
  return (await query(INSERT, columns)).length;
}

export async function eventsWhere(
  query: Query,
  where: string,
  values: readonly unknown[],
): Promise<JournalEvent[]> {
  const rows = await query(`SELECT ${EVENT_COLUMNS} FROM nemesis.events WHERE ${where}`, values);
  return rows.map(eventOf);
}

export async function newestEvents(
  query: Query,
  stream: Stream,
  types: readonly string[],
  limit: number,
): Promise<JournalEvent[]> {
  const found = await query(NEWEST, [...names(stream), [...new Set(types)], limit]);
  return found.map(eventOf);
}

export function eventsAfter(
  query: Query,
  stream: Stream,
  after: number,
  limit = BATCH,
): Promise<JournalEvent[]> {
  const where = `${IN_STREAM} AND seq > $3 ORDER BY seq LIMIT $4`;
  return eventsWhere(query, where, [...names(stream), after, limit]);
}

export async function headOf(query: Query, stream: Stream): Promise<Head | undefined> {
  const [row] = await query(
    `SELECT seq, hash FROM nemesis.events WHERE ${IN_STREAM} ORDER BY seq DESC LIMIT 1`,
    names(stream),
  );
  return row && { seq: Number(row['seq']), hash: String(row['hash']) };
}

export function names({ service, environment }: Stream): [string, string] {
  return [service, environment];
}
