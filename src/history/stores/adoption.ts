/** What of an export is new to a store. Pure, and the same on every store. */

import { EMPTY_HEAD, verifyRun } from '../chain.ts';
import { fail, ok } from '../../failure.ts';
import type { Head, JournalEvent, Stream } from '../journal.ts';
import type { StoreFailure, StoreResult } from '../store.ts';

/**
 * @param present the store's own events at the places of `events`, as far as it has them
 * @returns those to insert on top of `head`
 */
export function toAdopt(
  stream: Stream,
  events: readonly JournalEvent[],
  head: Head | undefined,
  present: readonly JournalEvent[],
): StoreResult<readonly JournalEvent[]> {
  const here = new Map(present.map((event) => [event.seq, event.hash]));
  const fresh: JournalEvent[] = [];
  for (const event of events) {
    const known = here.get(event.seq);
    if (known === undefined) fresh.push(event);
    else if (known !== event.hash) return fail(diverged(event.seq, 'another event is here'));
  }
  const run = verifyRun(stream, head ?? EMPTY_HEAD, fresh);
  if (run.ok) return ok(fresh);
  const { seq, differs, expected, found } = run.problem;
  return fail(diverged(seq, `${differs} is ${found}, the chain here asks for ${expected}`));
}

export function diverged(seq: number, message: string): StoreFailure {
  return { kind: 'diverged', seq, message };
}
