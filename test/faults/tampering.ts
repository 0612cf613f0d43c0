/** Changing a journal behind the store's back, by bits and by rows. What changes the data has to be found. */

import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GENESIS, hashOf } from '../../src/history/chain.ts';
import type { Heads } from '../../src/history/heads.ts';
import type { JournalEvent, Stream } from '../../src/history/journal.ts';
import type { Store } from '../../src/history/store.ts';
import { openSqlite } from '../../src/history/stores/sqlite.ts';
import { verifyStore } from '../../src/history/verify.ts';
import { draft, PAYMENTS, value } from '../contracts/store.ts';

export interface Tampering {
  readonly tried: number;
  /** Changed something a reader of the journal could see. */
  readonly changed: number;
  readonly missed: readonly string[];
}

const SEARCH: Stream = { service: 'search', environment: '-' };
const STREAMS = [PAYMENTS, SEARCH];

export interface Original {
  readonly file: string;
  readonly bytes: Buffer;
  readonly seen: string;
  readonly heads: Pick<Heads, 'recall' | 'streams'>;
}

/** A closed journal of two streams, and the heads somebody has seen. */
export async function original(folder: string, events: number): Promise<Original> {
  const file = path.join(folder, 'original.sqlite');
  const store = value(await openSqlite(file));
  for (const stream of STREAMS)
    for (let n = 0; n < events; n += 1) {
      const id = `${stream.service}-${n}`;
      const type = n % 3 === 0 ? 'deployment_finished' : 'deployment_stage';
      value(await store.append(stream, [draft(id, { type, body: { stage: id, share: n / 7 } })]));
    }
  const heads = new Map<string, JournalEvent>();
  for (const stream of STREAMS)
    heads.set(stream.service, value(await store.read(stream, events - 1, 1))[0] as JournalEvent);
  const seen = await view(store);
  await store.close();
  return {
    file,
    bytes: readFileSync(file),
    seen,
    heads: { recall: (_, { service }) => heads.get(service), streams: () => STREAMS },
  };
}

/** All that can be read of the journal, by every way of reading it. */
async function view(store: Store): Promise<string> {
  const parts: unknown[] = [await store.streams()];
  for (const stream of STREAMS) {
    const read = await store.read(stream, 0, 10_000);
    parts.push(read, await store.head(stream));
    parts.push(await store.newest(stream, ['deployment_stage', 'deployment_finished'], 10_000));
    for (const { id } of read.ok ? read.value : []) parts.push(await store.byId(id));
  }
  return JSON.stringify(parts);
}

/** Was it changed, and was that found? */
async function look(file: string, { seen, heads }: Original): Promise<'same' | 'found' | 'missed'> {
  const opened = await openSqlite(file);
  if (!opened.ok) return 'found';
  try {
    const report = await verifyStore(opened.value, heads);
    if (!report.ok || !report.value.sound) return 'found';
    return (await view(opened.value)) === seen ? 'same' : 'missed';
  } finally {
    await opened.value.close();
  }
}

async function tally(
  labels: Iterable<string>,
  attempt: (label: string) => Promise<'same' | 'found' | 'missed'>,
): Promise<Tampering> {
  let tried = 0;
  let changed = 0;
  const missed: string[] = [];
  for (const label of labels) {
    const outcome = await attempt(label);
    tried += 1;
    if (outcome !== 'same') changed += 1;
    if (outcome === 'missed') missed.push(label);
  }
  return { tried, changed, missed };
}

export async function flipBits(
  given: Original,
  flips: number,
  random: () => number,
): Promise<Tampering> {
  const file = `${given.file}.flipped`;
  const places = Array.from({ length: flips }, () => Math.floor(random() * given.bytes.length * 8));
  const result = await tally(places.map(String), async (label) => {
    const bytes = Buffer.from(given.bytes);
    const place = Number(label);
    bytes[place >> 3] = (bytes[place >> 3] as number) ^ (1 << (place & 7));
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    writeFileSync(file, bytes);
    return look(file, given);
  });
  return result;
}

type Edit = (db: DatabaseSync, row: { service: string; seq: number }, last: number) => void;

const at = (service: string, seq: number) => `service = '${service}' AND seq = ${seq}`;

const COLUMNS: readonly (readonly [string, string])[] = [
  ['service', `'other'`],
  ['environment', `'other'`],
  ['seq', 'seq + 1000'],
  ['id', `id || 'x'`],
  ['type', `'incident_opened'`],
  ['at', 'at + 1'],
  ['actor', `'mallory'`],
  ['host', `'elsewhere'`],
  ['fence', 'fence + 1'],
  ['body', `json_set(body, '$.stage', 'forged')`],
  ['prev', `'${'f'.repeat(64)}'`],
  ['hash', `'${'e'.repeat(64)}'`],
];

const EDITS: Readonly<Record<string, Edit>> = {
  ...Object.fromEntries(
    COLUMNS.map(([column, to]): [string, Edit] => [
      `update ${column}`,
      (db, { service, seq }) =>
        db.exec(`UPDATE events SET ${column} = ${to} WHERE ${at(service, seq)}`),
    ]),
  ),
  'update body and its hash': (db, { service, seq }) => {
    db.exec(`UPDATE events SET actor = 'mallory' WHERE ${at(service, seq)}`);
    rehash(db, service, seq, seq);
  },
  delete: (db, { service, seq }) => db.exec(`DELETE FROM events WHERE ${at(service, seq)}`),
  'delete and close the gap': (db, { service, seq }, last) => {
    db.exec(`DELETE FROM events WHERE ${at(service, seq)}`);
    for (let n = seq + 1; n <= last; n += 1)
      db.exec(`UPDATE events SET seq = ${n - 1} WHERE ${at(service, n)}`);
  },
  swap: (db, { service, seq }, last) => {
    const other = seq === last ? seq - 1 : seq + 1;
    db.exec(`UPDATE events SET seq = -1 WHERE ${at(service, seq)};
      UPDATE events SET seq = ${seq} WHERE ${at(service, other)};
      UPDATE events SET seq = ${other} WHERE service = '${service}' AND seq = -1`);
  },
  'cut the tail': (db, { service, seq }) =>
    db.exec(`DELETE FROM events WHERE service = '${service}' AND seq >= ${seq}`),
  'delete the stream': (db, { service }) =>
    db.exec(`DELETE FROM events WHERE service = '${service}'`),
  'write all anew from here': (db, { service, seq }, last) => {
    db.exec(`UPDATE events SET actor = 'mallory' WHERE ${at(service, seq)}`);
    rehash(db, service, seq, last);
  },
};

type Row = Omit<JournalEvent, 'body'> & { readonly body: string };

/** Makes the chain fit again, as somebody would who knows how it is made. */
function rehash(db: DatabaseSync, service: string, from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1) {
    const where = at(service, seq);
    const row = db.prepare(`SELECT * FROM events WHERE ${where}`).get() as unknown as Row;
    const before = db.prepare(`SELECT hash FROM events WHERE ${at(service, seq - 1)}`).get();
    const prev = String(before?.['hash'] ?? GENESIS);
    const body = JSON.parse(row.body) as JournalEvent['body'];
    const hash = hashOf({ ...row, body, prev });
    db.exec(`UPDATE events SET prev = '${prev}', hash = '${hash}' WHERE ${where}`);
  }
}

export async function editRows(
  given: Original,
  edits: number,
  events: number,
  random: () => number,
): Promise<Tampering> {
  const file = `${given.file}.edited`;
  const names = Object.keys(EDITS);
  const labels = Array.from({ length: edits }, (_, n) => `${names[n % names.length]} #${n}`);
  return tally(labels, async (label) => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    copyFileSync(given.file, file);
    const db = new DatabaseSync(file);
    db.exec('DROP TRIGGER events_stay; DROP TRIGGER events_remain');
    const service = random() < 0.5 ? 'payments' : 'search';
    const row = { service, seq: 1 + Math.floor(random() * events) };
    EDITS[label.replace(/ #\d+$/, '')]?.(db, row, events);
    db.close();
    return look(file, given);
  });
}

/** The same numbers for the same seed, so that a failure can be looked at again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
