/** Reads whole chains and says whether anything was changed, and where first. */

import { fail, ok } from '../failure.ts';
import { compareStreams, EMPTY_HEAD, verifyRun, type ChainProblem } from './chain.ts';
import { checkHead, type HeadCheck, type Heads } from './heads.ts';
import type { Head, JournalEvent, Stream } from './journal.ts';
import type { Store, StoreResult } from './store.ts';

export interface StreamReport {
  readonly stream: Stream;
  /** How far the chain is sound. */
  readonly head: Head;
  readonly problem?: ChainProblem | UnreadableEvent;
  readonly remembered: HeadCheck;
}

/** A row that is no event any more. */
export interface UnreadableEvent {
  readonly seq: number;
  readonly differs: 'unreadable';
  readonly message: string;
}

export interface StoreReport {
  readonly streams: readonly StreamReport[];
  /** What the store's medium says about itself. */
  readonly medium: readonly string[];
  readonly sound: boolean;
}

const BATCH = 1_000;

/** Fails only where the store cannot be asked; what is wrong with the history is in the report. */
export async function verifyStore(
  store: Store,
  heads?: Pick<Heads, 'recall' | 'streams'>,
  only?: readonly Stream[],
): Promise<StoreResult<StoreReport>> {
  const medium = await store.examine();
  if (!medium.ok && medium.failure.kind !== 'corrupt') return medium;
  const notes = medium.ok ? medium.value : [messageOf(medium.failure)];
  const all = only === undefined ? await store.streams() : ok(only);
  if (!all.ok) {
    if (all.failure.kind !== 'corrupt') return all;
    return ok({ streams: [], medium: [...notes, messageOf(all.failure)], sound: false });
  }
  const reports: StreamReport[] = [];
  const seen = only === undefined ? (heads?.streams(store.name) ?? []) : [];
  for (const stream of union(all.value, seen)) {
    const report = await verifyStream(store, stream, heads?.recall(store.name, stream));
    if (!report.ok) return report;
    reports.push(report.value);
  }
  const sound = notes.length === 0 && reports.every(isSound);
  return ok({ streams: reports, medium: notes, sound });
}

/** One chain from its first event to its last. */
export async function verifyStream(
  store: Store,
  stream: Stream,
  remembered?: Head,
): Promise<StoreResult<StreamReport>> {
  let head = EMPTY_HEAD;
  let problem: StreamReport['problem'];
  for await (const batch of batches(store, stream)) {
    if (!batch.ok) {
      if (batch.failure.kind !== 'corrupt') return fail(batch.failure);
      const { message, seq } = batch.failure;
      problem = { seq: seq ?? head.seq + 1, differs: 'unreadable', message };
      break;
    }
    const run = verifyRun(stream, head, batch.value);
    head = run.head;
    if (!run.ok) {
      problem = run.problem;
      break;
    }
  }
  const seen = await checkHead(store, stream, remembered);
  if (!seen.ok && seen.failure.kind !== 'corrupt') return seen;
  return ok({
    stream,
    head,
    ...(problem !== undefined && { problem }),
    remembered: seen.ok ? seen.value : { kind: 'unknown' },
  });
}

/**
 * The events of a stream in order. Ends with a failure where the store cannot go on; what is readable before a broken
 * row comes first.
 */
export async function* batches(
  store: Store,
  stream: Stream,
): AsyncGenerator<StoreResult<readonly JournalEvent[]>, void> {
  let after = 0;
  let limit = BATCH;
  for (;;) {
    const read = await store.read(stream, after, limit);
    if (!read.ok) {
      if (read.failure.kind === 'corrupt' && limit > 1) {
        // Smaller steps come closer to what is broken.
        limit = Math.ceil(limit / 10);
        continue;
      }
      yield read;
      return;
    }
    const last = read.value.at(-1);
    if (last === undefined) return;
    yield read;
    // A sequence that does not grow is a broken one; the chain check has seen it by now.
    if (last.seq <= after) return;
    after = last.seq;
  }
}

function union(some: readonly Stream[], more: readonly Stream[]): readonly Stream[] {
  const missing = more.filter((one) => !some.some((other) => compareStreams(one, other) === 0));
  return [...some, ...missing].sort(compareStreams);
}

function isSound({ problem, remembered }: StreamReport): boolean {
  return (
    problem === undefined && (remembered.kind === 'unknown' || remembered.kind === 'continued')
  );
}

function messageOf(failure: { readonly kind: string; readonly message?: string }): string {
  return failure.message ?? failure.kind;
}
