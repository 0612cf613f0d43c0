/**
 * The store of many machines: a Postgres database. Every call may be repeated without harm and is, while the server
 * cannot be reached; so a commit whose answer was lost is found by its event ids.
 */

import { fail, ok } from '../../failure.ts';
import { compareStreams, seal } from '../chain.ts';
import type { Head, JournalEvent, Stream } from '../journal.ts';
import type { Lease, Store, StoreFailure, StoreResult, StoreSettings } from '../store.ts';
import { diverged, toAdopt } from './adoption.ts';
import { cellsOf, EVENT_COLUMNS, eventOf } from './event-row.ts';
import { brokenAnswer, decideGrant, mayWrite, type LeaseState } from './lease-rules.ts';
import { cleaned } from '../chain.ts';
import { prepareSchema } from './postgres-prepare.ts';
import { connections, type Query, type Row } from './postgres-pool.ts';

/** The name without user and password; undefined where this is no address at all. */
export function publicName(url: string): string | undefined {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url.replace('@/', '@localhost/'));
    const host = searchParams.get('host') ?? hostname;
    return `postgres://${host}${port === '' ? '' : `:${port}`}${pathname}`;
  } catch {
    return undefined;
  }
}

export async function openPostgres(
  url: string,
  settings: StoreSettings = {},
): Promise<StoreResult<Store>> {
  const name = publicName(url);
  if (name === undefined)
    return fail({ kind: 'unreachable', message: 'the postgres:// address cannot be read' });
  const pool = await connections(url, settings);
  const prepared = await prepareSchema(pool);
  if (!prepared.ok) {
    await pool.close();
    return prepared;
  }
  const { noWriting } = prepared.value;
  const transact: typeof pool.transact = (work) =>
    noWriting === undefined ? pool.transact(work) : Promise.resolve(fail(noWriting));
  const write: typeof pool.write = (work) =>
    noWriting === undefined ? pool.write(work) : Promise.resolve(fail(noWriting));
  const read = <T>(work: (query: Query) => Promise<T>) =>
    pool.read(async (query) => ok(await work(query)));

  return ok({
    kind: 'postgres',
    reach: 'network',
    name,

    append: (stream, drafts, fence) =>
      drafts.length === 0
        ? Promise.resolve(ok([]))
        : transact(async (query) => {
            const state = await lockStream(query, stream);
            const ids = [...new Set(drafts.map(({ id }) => id))];
            const known = new Map(
              (await eventsWhere(query, 'id = ANY($1)', [ids])).map((event) => [event.id, event]),
            );
            const fresh = ids
              .filter((id) => !known.has(id))
              .map((id) => drafts.find((draft) => draft.id === id)!);
            if (fresh.length > 0) {
              if (!mayWrite(state, fence)) return fail(stale(fence ?? 0, state.token));
              const sealed = seal(stream, fresh, await headOf(query, stream), fence ?? 0);
              if ((await insert(query, sealed)) < sealed.length) return fail(TAKEN_MEANWHILE);
              for (const event of sealed) known.set(event.id, event);
            }
            return ok(drafts.map(({ id }) => known.get(id)!));
          }),
    adopt: (stream, given) =>
      given.length === 0
        ? Promise.resolve(ok(0))
        : transact(async (query) => {
            await lockStream(query, stream);
            const seqs = given.map(({ seq }) => seq);
            const present = await eventsWhere(query, `${IN_STREAM} AND seq = ANY($3::bigint[])`, [
              ...names(stream),
              seqs,
            ]);
            const fresh = toAdopt(stream, given, await headOf(query, stream), present);
            if (!fresh.ok) return fresh;
            const inserted = await insert(query, fresh.value);
            if (inserted === fresh.value.length) return ok(inserted);
            return fail(diverged(fresh.value[0]!.seq, 'an id belongs to another event here'));
          }),
    head: (stream) => read((query) => headOf(query, stream)),
    read: (stream, after, limit) =>
      read((query) =>
        eventsWhere(query, `${IN_STREAM} AND seq > $3 ORDER BY seq LIMIT $4`, [
          ...names(stream),
          after,
          limit,
        ]),
      ),
    newest: (stream, types, limit) =>
      read(async (query) =>
        (await query(NEWEST, [...names(stream), [...new Set(types)], limit])).map(eventOf),
      ),
    streams: () =>
      read(async (query) =>
        (await query('SELECT DISTINCT service, environment FROM nemesis.events'))
          .map((row) => ({ service: text(row, 'service'), environment: text(row, 'environment') }))
          .sort(compareStreams),
      ),
    byId: (id) => read(async (query) => (await eventsWhere(query, 'id = $1', [id]))[0]),

    now: () => read(async (query) => Number((await query(`SELECT ${NOW} AS now`))[0]?.['now'])),
    acquire: (stream, asked) =>
      transact(async (query) => {
        const state = await lockStream(query, stream);
        const grant = decideGrant(state, asked, state.now);
        if (grant.kind === 'granted') await query(GRANT, [...names(stream), ...cells(grant.lease)]);
        return ok(grant);
      }),
    renew: (stream, token, step, ttlMs) =>
      write(async (query) => {
        const [row] = await query(RENEW, [...names(stream), token, cleaned(step), ttlMs]);
        const lease = row && leaseOf(row);
        return lease === undefined ? fail(stale(token, await newest(query, stream))) : ok(lease);
      }),
    release: (stream, token) =>
      write(async (query) => {
        const rows = await query(RELEASE, [...names(stream), token]);
        return rows.length === 0 ? fail(stale(token, await newest(query, stream))) : ok(undefined);
      }),
    breakLease: (stream, leaseId) =>
      transact(async (query) => {
        const { lease } = await lockStream(query, stream);
        if (lease?.id !== leaseId) return ok(brokenAnswer(false, lease));
        await query(BREAK, names(stream));
        return ok(brokenAnswer(true, lease));
      }),
    lease: (stream) => read(async (query) => leaseOf((await query(STREAM, names(stream)))[0])),

    examine: () => read(examine),
    close: () => pool.close(),
  });
}

/** The same id came in through another stream at this moment. */
const TAKEN_MEANWHILE: StoreFailure = {
  kind: 'busy',
  message: 'another writer appends the same event ids',
};

const IN_STREAM = 'service = $1 AND environment = $2';
const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const LEASE = 'token, lease, owner, host, step, heartbeat_at, expires_at';
const NO_LEASE =
  'lease = NULL, owner = NULL, host = NULL, step = NULL, heartbeat_at = NULL, expires_at = NULL';

const STREAM = `SELECT ${LEASE} FROM nemesis.streams WHERE ${IN_STREAM}`;

/** Makes the row of a stream or locks it, so that its writers queue; the clock is read once the lock is there. */
const LOCK = `INSERT INTO nemesis.streams AS s (service, environment, token) VALUES ($1, $2, 0)
  ON CONFLICT (service, environment) DO UPDATE SET token = s.token RETURNING ${LEASE}, ${NOW} AS now`;

const GRANT = `UPDATE nemesis.streams SET token = $3, lease = $4, owner = $5, host = $6, step = $7,
  heartbeat_at = $8, expires_at = $9 WHERE ${IN_STREAM}`;

const RENEW = `UPDATE nemesis.streams AS s
  SET step = $4, heartbeat_at = clock.now, expires_at = clock.now + $5::bigint
  FROM (SELECT ${NOW} AS now) AS clock
  WHERE ${IN_STREAM} AND token = $3 AND lease IS NOT NULL RETURNING ${LEASE}`;

const RELEASE = `UPDATE nemesis.streams SET ${NO_LEASE} WHERE ${IN_STREAM} AND token = $3
  RETURNING token`;

const BREAK = `UPDATE nemesis.streams SET token = token + 1, ${NO_LEASE} WHERE ${IN_STREAM}`;

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

async function insert(query: Query, events: readonly JournalEvent[]): Promise<number> {
  const rows = events.map(cellsOf);
  const columns = Array.from({ length: 12 }, (_, column) => rows.map((cells) => cells[column]));
  return (await query(INSERT, columns)).length;
}

async function eventsWhere(
  query: Query,
  where: string,
  values: readonly unknown[],
): Promise<JournalEvent[]> {
  const rows = await query(`SELECT ${EVENT_COLUMNS} FROM nemesis.events WHERE ${where}`, values);
  return rows.map(eventOf);
}

async function headOf(query: Query, stream: Stream): Promise<Head | undefined> {
  const [row] = await query(
    `SELECT seq, hash FROM nemesis.events WHERE ${IN_STREAM} ORDER BY seq DESC LIMIT 1`,
    names(stream),
  );
  return row && { seq: Number(row['seq']), hash: text(row, 'hash') };
}

async function lockStream(query: Query, stream: Stream): Promise<LeaseState & { now: number }> {
  const [row] = await query(LOCK, names(stream));
  return { token: Number(row?.['token']), lease: leaseOf(row), now: Number(row?.['now']) };
}

async function newest(query: Query, stream: Stream): Promise<number> {
  return Number((await query(STREAM, names(stream)))[0]?.['token'] ?? 0);
}

function stale(token: number, newest: number): StoreFailure {
  return { kind: 'fenced_out', token, newest };
}

function names({ service, environment }: Stream): [string, string] {
  return [service, environment];
}

function cells({ token, id, owner, host, step, heartbeatAt, expiresAt }: Lease): unknown[] {
  return [token, id, owner, host, step, heartbeatAt, expiresAt];
}

function leaseOf(row: Row | undefined): Lease | undefined {
  if (row === undefined || typeof row['lease'] !== 'string') return undefined;
  return {
    id: row['lease'],
    owner: text(row, 'owner'),
    host: text(row, 'host'),
    step: text(row, 'step'),
    token: Number(row['token']),
    heartbeatAt: Number(row['heartbeat_at']),
    expiresAt: Number(row['expires_at']),
  };
}

function text(row: Row, column: string): string {
  return String(row[column]);
}

/** Postgres looks after its files itself; what it does not know is whether the journal is still append-only. */
async function examine(query: Query): Promise<readonly string[]> {
  const rows = await query(
    `SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = 'nemesis.events'::regclass
       AND tgname = 'events_stay' AND tgenabled IN ('O', 'A')`,
  );
  return rows.length > 0 ? [] : ['the trigger that keeps the journal append-only is off or gone'];
}
