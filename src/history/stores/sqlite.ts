/** The store of one machine: a SQLite file. Every call is a transaction of its own, durable when it returns. */

import path from 'node:path';
import { realpathSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { fail, ok } from '../../failure.ts';
import { seal } from '../chain.ts';
import type { JournalEvent } from '../journal.ts';
import type { Store, StoreClock, StoreFailure, StoreResult, StoreSettings } from '../store.ts';
import { diverged, toAdopt } from './adoption.ts';
import { machineClock } from './clock.ts';
import {
  brokenAnswer,
  decideGrant,
  hasJumped,
  mayWrite,
  renewed,
  type ClockReading,
} from './lease-rules.ts';
import { askJournal, rowAnswers } from './row-answers.ts';
import { askRows, compareIn } from './sqlite-answers.ts';
import { connection } from './sqlite-connection.ts';
import { isConstraint } from './sqlite-failure.ts';

export interface SqliteStore extends Store {
  /** Did opening it bring the file to the newest version? */
  readonly migrated: boolean;
}

/** Opens the file, which is made where there is none. */
export async function openSqlite(
  file: string,
  settings: StoreSettings = {},
): Promise<StoreResult<SqliteStore>> {
  // An import that is computed starts Node's other loader, which takes longer than SQLite does.
  const sqlite = process.getBuiltinModule('node:sqlite');
  const clock = settings.clock ?? machineClock;
  const opened = connection(sqlite, file, settings);
  const { reading, writing, drop, leave } = opened;
  const clockNow = () => readClock(clock);
  const stale = (token: number, newest: number): StoreFailure => ({
    kind: 'fenced_out',
    token,
    newest,
  });

  const first = await reading((handle) => handle.file.migrated);
  if (!first.ok) return first;
  const name = path.join(realpathSync(path.dirname(file)), path.basename(file));

  const readEvents: Store['read'] = (stream, after, limit) =>
    reading(({ events }) => events.read(stream, after, limit));
  const allStreams = () => reading(({ events }) => events.streams());

  return ok({
    kind: 'sqlite',
    reach: 'machine',
    name: `sqlite:${name}`,
    migrated: first.value,

    append: (stream, drafts, fence) =>
      writing(({ events, leases, kept }) => {
        const known = new Map<string, JournalEvent | undefined>();
        for (const { id } of drafts) known.set(id, events.byId(id));
        const ids = new Set<string>();
        const fresh = drafts.filter(({ id }) => !known.get(id) && ids.size !== ids.add(id).size);
        const state = leases.read(stream);
        if (fresh.length > 0 && !mayWrite(state, fence))
          return fail(stale(fence ?? 0, state.token));
        const sealed = seal(stream, fresh, events.head(stream), fence ?? 0);
        for (const event of sealed) {
          events.insert(event);
          known.set(event.id, event);
        }
        kept?.follow(stream, sealed);
        return ok(drafts.map(({ id }) => known.get(id) as JournalEvent));
      }),
    adopt: (stream, given) =>
      writing(({ events, kept }) => {
        const [start] = given;
        const present = start ? events.read(stream, start.seq - 1, given.length) : [];
        const fresh = toAdopt(stream, given, events.head(stream), present);
        if (!fresh.ok) return fresh;
        for (const event of fresh.value) {
          try {
            events.insert(event);
          } catch (error) {
            if (!isConstraint(error)) throw error;
            return fail(diverged(event.seq, `its id ${event.id} belongs to another event here`));
          }
        }
        kept?.follow(stream, fresh.value);
        return ok(fresh.value.length);
      }),
    head: (stream) => reading(({ events }) => events.head(stream)),
    read: readEvents,
    newest: (stream, types, limit) =>
      reading(({ events }) =>
        [...new Set(types)]
          .flatMap((type) => events.newest(stream, type, limit))
          .sort((a, b) => b.seq - a.seq)
          .slice(0, limit),
      ),
    streams: allStreams,
    byId: (id) => reading(({ events }) => events.byId(id)),

    now: () => Promise.resolve(ok(clock.now())),
    acquire: (stream, asked) =>
      writing(({ leases }) => {
        const state = leases.read(stream);
        const now = clockNow();
        const jumped = state.beat !== undefined && hasJumped(state.beat, now);
        const grant = decideGrant(state, asked, now.now, jumped);
        if (grant.kind === 'granted')
          leases.write(stream, { token: grant.lease.token, lease: grant.lease }, now);
        return ok(grant);
      }),
    renew: (stream, token, step, ttlMs) =>
      writing(({ leases }) => {
        const state = leases.read(stream);
        const now = clockNow();
        const lease = renewed(state, token, step, ttlMs, now.now);
        if (lease === undefined) return fail(stale(token, state.token));
        leases.write(stream, { token, lease }, now);
        return ok(lease);
      }),
    release: (stream, token) =>
      writing(({ leases }) => {
        const state = leases.read(stream);
        if (state.token !== token) return fail(stale(token, state.token));
        leases.write(stream, { token }, clockNow());
        return ok(undefined);
      }),
    breakLease: (stream, leaseId) =>
      writing(({ leases }) => {
        const { token, lease } = leases.read(stream);
        if (lease?.id !== leaseId) return ok(brokenAnswer(false, lease));
        leases.write(stream, { token: token + 1 }, clockNow());
        return ok(brokenAnswer(true, lease));
      }),
    lease: (stream) => reading(({ leases }) => leases.read(stream).lease),
    leases: (service) => reading(({ leases }) => leases.held(service)),
    rebuildRows: (stream) =>
      writing(({ kept }) => {
        kept?.rebuild(stream);
        return ok(undefined);
      }),
    compareRows: (stream, folded) => compareIn(opened, stream, folded),
    ...rowAnswers(askRows(opened, askJournal({ read: readEvents, streams: allStreams }))),

    examine: () => reading(({ db }) => examine(db)),
    close: (leaving) => Promise.resolve(leaving === true ? leave() : drop()),
  });
}

function readClock(clock: StoreClock): ClockReading {
  return { now: clock.now(), uptimeMs: clock.uptimeMs(), boot: clock.boot() };
}

function examine(db: DatabaseSync): string[] {
  const found = db.prepare('PRAGMA integrity_check').all();
  return found.map((row) => String(Object.values(row)[0])).filter((line) => line !== 'ok');
}
