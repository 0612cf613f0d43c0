/** A store for one process: for tests, and for runs that shall leave nothing behind. */

import { fail, ok } from '../../failure.ts';
import { compareStreams, seal, streamName } from '../chain.ts';
import { compareRows } from '../folds/compare-rows.ts';
import { foldEvents, memoryRows, type MemoryRows } from '../folds/memory-rows.ts';
import { memoryQueries } from '../folds/row-queries.ts';
import type { Head, JournalEvent, Stream } from '../journal.ts';
import type { Store, StoreFailure, StoreSettings } from '../store.ts';
import { diverged, toAdopt } from './adoption.ts';
import { machineClock } from './clock.ts';
import {
  brokenAnswer,
  decideGrant,
  mayWrite,
  NO_LEASE,
  renewed,
  type LeaseState,
} from './lease-rules.ts';
import { answerOf, rowAnswers } from './row-answers.ts';

interface Chain {
  readonly stream: Stream;
  readonly events: JournalEvent[];
  rows: MemoryRows;
  lease: LeaseState;
}

export function openMemory(settings: StoreSettings = {}): Store {
  const clock = settings.clock ?? machineClock;
  const chains = new Map<string, Chain>();
  const byId = new Map<string, JournalEvent>();

  const chainOf = (stream: Stream): Chain => {
    const key = JSON.stringify([stream.service, stream.environment]);
    const found = chains.get(key);
    if (found !== undefined) return found;
    const { service, environment } = stream;
    const made = {
      stream: { service, environment },
      events: [],
      rows: memoryRows(),
      lease: NO_LEASE,
    };
    chains.set(key, made);
    return made;
  };
  const insert = (chain: Chain, events: readonly JournalEvent[]) => {
    chain.events.push(...events);
    for (const event of events) byId.set(event.id, event);
    foldEvents(events, chain.rows);
  };
  const done = <T>(value: T) => Promise.resolve(ok(value));
  const rows = memoryQueries(() => [...chains.values()]);
  const refused = (failure: StoreFailure) => Promise.resolve(fail(failure));
  const stale = ({ lease }: Chain, token: number) =>
    refused({ kind: 'fenced_out', token, newest: lease.token });

  return {
    kind: 'memory',
    reach: 'process',
    name: 'memory:',
    append(stream, drafts, fence) {
      const chain = chainOf(stream);
      const ids = new Set<string>();
      const fresh = drafts.filter(({ id }) => !byId.has(id) && ids.size !== ids.add(id).size);
      if (fresh.length > 0 && !mayWrite(chain.lease, fence)) return stale(chain, fence ?? 0);
      insert(chain, seal(stream, fresh, headOf(chain), fence ?? 0));
      return done(drafts.map(({ id }) => byId.get(id) as JournalEvent));
    },
    adopt(stream, events) {
      const chain = chainOf(stream);
      const fresh = toAdopt(stream, events, headOf(chain), chain.events);
      if (!fresh.ok) return Promise.resolve(fresh);
      const taken = fresh.value.find(({ id }) => byId.has(id));
      if (taken !== undefined)
        return refused(diverged(taken.seq, `its id ${taken.id} belongs to another event here`));
      insert(chain, fresh.value);
      return done(fresh.value.length);
    },
    head: (stream) => done(headOf(chainOf(stream))),
    read: (stream, after, limit) =>
      done(chainOf(stream).events.slice(Math.max(0, after), Math.max(0, after) + limit)),
    newest(stream, types, limit) {
      const wanted = new Set(types);
      const events = chainOf(stream).events.filter(({ type }) => wanted.has(type));
      return done(events.reverse().slice(0, limit));
    },
    streams: () =>
      done(
        [...chains.values()]
          .filter(({ events }) => events.length > 0)
          .map(({ stream }) => stream)
          .sort(compareStreams),
      ),
    byId: (id) => done(byId.get(id)),

    now: () => done(clock.now()),
    acquire(stream, asked) {
      const chain = chainOf(stream);
      const grant = decideGrant(chain.lease, asked, clock.now());
      if (grant.kind === 'granted') chain.lease = { token: grant.lease.token, lease: grant.lease };
      return done(grant);
    },
    renew(stream, token, step, ttlMs) {
      const chain = chainOf(stream);
      const lease = renewed(chain.lease, token, step, ttlMs, clock.now());
      if (lease === undefined) return stale(chain, token);
      chain.lease = { token, lease };
      return done(lease);
    },
    release(stream, token) {
      const chain = chainOf(stream);
      if (chain.lease.token !== token) return stale(chain, token);
      chain.lease = { token };
      return done(undefined);
    },
    breakLease(stream, leaseId) {
      const chain = chainOf(stream);
      const found = chain.lease.lease;
      if (found?.id !== leaseId) return done(brokenAnswer(false, found));
      chain.lease = { token: chain.lease.token + 1 };
      return done(brokenAnswer(true, found));
    },
    lease: (stream) => done(chainOf(stream).lease.lease),
    leases: (service) =>
      done(
        [...chains.values()]
          .filter(({ stream }) => stream.service === service)
          .flatMap(({ stream, lease: { lease } }) => (lease === undefined ? [] : { stream, lease }))
          .sort((a, b) => compareStreams(a.stream, b.stream)),
      ),

    rebuildRows(stream) {
      const chain = chainOf(stream);
      chain.rows = foldEvents(chain.events);
      return done(undefined);
    },
    compareRows(stream, folded) {
      const { rows: kept } = chainOf(stream);
      if (kept.environment()?.seq !== folded.environment()?.seq) return done({ kind: 'moved' });
      const comparison = compareRows(folded);
      comparison.environment(kept.environment());
      comparison.deployments(kept.deployments());
      comparison.incidents(kept.incidents());
      return done({ kind: 'compared', differences: comparison.differences() });
    },
    ...rowAnswers((_, question, asked) => done(answerOf(rows, question, asked))),
    examine() {
      const bad = [...chains.values()].filter(({ events }) =>
        events.some(({ seq }, index) => seq !== index + 1),
      );
      return done(bad.map(({ stream }) => `${streamName(stream)} has a gap`));
    },
    close: () => Promise.resolve(),
  };
}

function headOf({ events }: Chain): Head | undefined {
  const last = events.at(-1);
  return last && { seq: last.seq, hash: last.hash };
}
