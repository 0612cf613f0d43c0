/** The journal of one environment, as a rollout reads and lengthens it. */

import { fail, ok, type Result } from '../failure.ts';
import type { JournalEvent, Stream } from '../history/journal.ts';
import { readRecord } from '../history/folds/read-record.ts';
import type { Store, StoreFailure, StoreResult } from '../history/store.ts';
import type { Note } from './ports.ts';
import { unfinishedIn, type Unfinished } from './unfinished.ts';

export interface Author {
  readonly actor: string;
  readonly host: string;
  readonly now: () => number;
  readonly newId: () => string;
}

/** @param fence the token of the lease: with a newer one given to somebody, nothing is written */
export function noteIn(store: Store, stream: Stream, author: Author, fence?: number): Note {
  return async (records) => {
    const { actor, host, now, newId } = author;
    const at = now();
    const drafts = records.map(({ type, body }) => {
      return { id: newId(), type, at, actor, host, body: { ...body } };
    });
    // Whether it was written is told by writing it again: ids that are there already change nothing.
    for (let tries = 1; ; tries += 1) {
      const appended = await store.append(stream, drafts, fence);
      if (appended.ok) return ok(undefined);
      if (appended.failure.kind !== 'uncertain' || tries === APPENDS) return appended;
    }
  };
}

const APPENDS = 3;
const BATCH = 500;

/** Deployments that have begun and not ended, the oldest first. */
export async function readUnfinished(
  store: Store,
  stream: Stream,
): Promise<StoreResult<readonly Unfinished[]>> {
  const rows = await store.current(stream);
  if (!rows.ok) return rows;
  const running = rows.value.running();
  if (running.length === 0) return ok([]);
  const events: JournalEvent[] = [];
  for (let after = Math.min(...running.map(({ seq }) => seq)) - 1; ;) {
    const batch = await store.read(stream, after, BATCH);
    if (!batch.ok) return batch;
    events.push(...batch.value);
    if (batch.value.length < BATCH) break;
    after = batch.value.at(-1)?.seq ?? after;
  }
  return ok(unfinishedIn(events));
}

export interface Pin {
  readonly by: string;
  readonly reason: string;
  readonly version: string;
  readonly at: number;
  readonly actor: string;
}

/** Who holds the environment, where a person does. */
export async function readPin(
  store: Store,
  stream: Stream,
): Promise<Result<Pin | undefined, StoreFailure>> {
  const newest = await store.newest(stream, ['environment_pinned', 'environment_unpinned'], 1);
  if (!newest.ok) return fail(newest.failure);
  const [event] = newest.value;
  if (event === undefined) return ok(undefined);
  const read = readRecord(event);
  if (read.kind !== 'record' || read.record.type !== 'environment_pinned') return ok(undefined);
  return ok({ ...read.record.body, at: event.at, actor: event.actor });
}
