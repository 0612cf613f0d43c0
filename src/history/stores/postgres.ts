/**
 * The store of many machines: a Postgres database. Every call may be repeated without harm and is, while the server
 * cannot be reached; so a commit whose answer was lost is found by its event ids.
 */

import { fail, ok } from '../../failure.ts';
import { compareStreams, seal } from '../chain.ts';
import type { Store, StoreFailure, StoreResult, StoreSettings } from '../store.ts';
import { diverged, toAdopt } from './adoption.ts';
import { compareKept } from './kept-comparison.ts';
import { brokenAnswer, decideGrant, mayWrite } from './lease-rules.ts';
import { askRows } from './postgres-answers.ts';
import {
  eventsAfter,
  eventsWhere,
  headOf,
  IN_STREAM,
  insert,
  names,
  newestEvents,
} from './postgres-events.ts';
import {
  endLease,
  grantLease,
  heldIn,
  leaseIn,
  lockStream,
  newestToken,
  NOW,
  releaseLease,
  renewLease,
} from './postgres-lease.ts';
import { connections, type Query } from './postgres-pool.ts';
import { prepareSchema } from './postgres-prepare.ts';
import { follow, rebuild } from './postgres-projection.ts';
import { keptPages } from './postgres-rows.ts';
import { askJournal, rowAnswers } from './row-answers.ts';

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

  const readEvents: Store['read'] = (stream, after, limit) =>
    read((query) => eventsAfter(query, stream, after, limit));
  const allStreams: Store['streams'] = () =>
    read(async (query) =>
      (await query('SELECT DISTINCT service, environment FROM nemesis.events'))
        .map((row) => ({
          service: String(row['service']),
          environment: String(row['environment']),
        }))
        .sort(compareStreams),
    );

  const fromJournal = askJournal({ read: readEvents, streams: allStreams });

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
              await follow(query, eventsAfter, stream, sealed);
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
            if (inserted !== fresh.value.length)
              return fail(diverged(fresh.value[0]!.seq, 'an id belongs to another event here'));
            await follow(query, eventsAfter, stream, fresh.value);
            return ok(inserted);
          }),
    head: (stream) => read((query) => headOf(query, stream)),
    read: readEvents,
    newest: (stream, types, limit) => read((query) => newestEvents(query, stream, types, limit)),
    streams: allStreams,
    byId: (id) => read(async (query) => (await eventsWhere(query, 'id = $1', [id]))[0]),

    now: () => read(async (query) => Number((await query(`SELECT ${NOW} AS now`))[0]?.['now'])),
    acquire: (stream, asked) =>
      transact(async (query) => {
        const state = await lockStream(query, stream);
        const grant = decideGrant(state, asked, state.now);
        if (grant.kind === 'granted') await grantLease(query, stream, grant.lease);
        return ok(grant);
      }),
    renew: (stream, token, step, ttlMs) =>
      write(async (query) => {
        const lease = await renewLease(query, stream, token, step, ttlMs);
        if (lease !== undefined) return ok(lease);
        return fail(stale(token, await newestToken(query, stream)));
      }),
    release: (stream, token) =>
      write(async (query) => {
        if (await releaseLease(query, stream, token)) return ok(undefined);
        return fail(stale(token, await newestToken(query, stream)));
      }),
    breakLease: (stream, leaseId) =>
      transact(async (query) => {
        const { lease } = await lockStream(query, stream);
        if (lease?.id !== leaseId) return ok(brokenAnswer(false, lease));
        await endLease(query, stream);
        return ok(brokenAnswer(true, lease));
      }),
    lease: (stream) => read((query) => leaseIn(query, stream)),
    leases: (service) => read((query) => heldIn(query, service)),
    rebuildRows: (stream) =>
      transact(async (query) => {
        await lockStream(query, stream);
        await rebuild(query, eventsAfter, stream);
        return ok(undefined);
      }),
    compareRows: (stream, folded) =>
      noWriting === undefined
        ? pool.atOnce(async (query) => ok(await compareKept(keptPages(query, stream), folded)))
        : Promise.resolve(ok({ kind: 'not_kept' })),
    ...rowAnswers(noWriting === undefined ? askRows(pool, fromJournal) : fromJournal),

    examine: () => read(examine),
    close: () => pool.close(),
  });
}

/** The same id came in through another stream at this moment. */
const TAKEN_MEANWHILE: StoreFailure = {
  kind: 'busy',
  message: 'another writer appends the same event ids',
};

function stale(token: number, newest: number): StoreFailure {
  return { kind: 'fenced_out', token, newest };
}

/** Postgres looks after its files itself; what it does not know is whether the journal is still append-only. */
async function examine(query: Query): Promise<readonly string[]> {
  const rows = await query(
    `SELECT 1 FROM pg_catalog.pg_trigger WHERE tgrelid = 'nemesis.events'::regclass
       AND tgname = 'events_stay' AND tgenabled IN ('O', 'A')`,
  );
  return rows.length > 0 ? [] : ['the trigger that keeps the journal append-only is off or gone'];
}
