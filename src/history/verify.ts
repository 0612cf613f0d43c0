/** Reads whole chains and says whether anything was changed, and where first; then whether the kept rows fit them. */

import { fail, ok } from '../failure.ts';
import { compareStreams, EMPTY_HEAD, verifyRun, type ChainProblem } from './chain.ts';
import { differenceText, type RowDifference } from './folds/compare-rows.ts';
import { foldEvents, memoryRows } from './folds/memory-rows.ts';
import { checkHead, type HeadCheck, type Heads } from './heads.ts';
import type { Head, JournalEvent, Stream } from './journal.ts';
import type { Store, StoreResult } from './store.ts';

export interface StreamReport {
  readonly stream: Stream;
  /** How far the chain is sound. */
  readonly head: Head;
  readonly problem?: ChainProblem | UnreadableEvent;
  readonly remembered: HeadCheck;
  /** Rows kept of it that are not what its events say; absent where all are. */
  readonly rows?: readonly RowDifference[];
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
  const notes = medium.ok ? [...medium.value] : [messageOf(medium.failure)];
  const all = only === undefined ? await store.streams() : ok(only);
  if (!all.ok) {
    if (all.failure.kind !== 'corrupt') return all;
    return ok({ streams: [], medium: [...notes, messageOf(all.failure)], sound: false });
  }
  const reports: StreamReport[] = [];
  for (const stream of union(all.value, only === undefined ? heads?.streams(store.name) : [])) {
    const report = await verifyStream(store, stream, heads?.recall(store.name, stream));
    if (!report.ok) return report;
    reports.push(report.value);
  }
  notes.push(...reports.flatMap(keptOtherwise));
  const sound = notes.length === 0 && reports.every(isSound);
  return ok({ streams: reports, medium: notes, sound });
}

/** One chain from its first event to its last. */
export async function verifyStream(
  store: Store,
  stream: Stream,
  remembered?: Head,
): Promise<StoreResult<StreamReport>> {
  const chain = await readChain(store, stream);
  if (!chain.ok) return chain;
  const { head, problem, rows } = chain.value;
  const seen = await checkHead(store, stream, remembered);
  if (!seen.ok && seen.failure.kind !== 'corrupt') return seen;
  return ok({
    stream,
    head,
    ...(problem !== undefined && { problem }),
    ...(rows.length > 0 && { rows }),
    remembered: seen.ok ? seen.value : { kind: 'unknown' },
  });
}

interface ReadChain extends Pick<StreamReport, 'head' | 'problem'> {
  readonly rows: readonly RowDifference[];
}

/** How often the end of a chain is read on to, while others add to it. */
const CATCH_UPS = 20;

/** Checks the chain and folds it on the way; the rows are compared once its end was reached. */
async function readChain(store: Store, stream: Stream): Promise<StoreResult<ReadChain>> {
  const folded = memoryRows();
  let head = EMPTY_HEAD;
  for (let round = 0; ; round += 1) {
    for await (const batch of batches(store, stream, head.seq)) {
      if (!batch.ok) {
        if (batch.failure.kind !== 'corrupt') return fail(batch.failure);
        const { message, seq } = batch.failure;
        const problem = { seq: seq ?? head.seq + 1, differs: 'unreadable', message } as const;
        return ok({ head, problem, rows: [] });
      }
      const run = verifyRun(stream, head, batch.value);
      head = run.head;
      if (!run.ok) return ok({ head, problem: run.problem, rows: [] });
      foldEvents(batch.value, folded);
    }
    const compared = await store.compareRows(stream, folded);
    if (!compared.ok) {
      if (compared.failure.kind !== 'corrupt') return compared;
      return ok({ head, rows: [{ table: 'environment', kept: messageOf(compared.failure) }] });
    }
    if (compared.value.kind === 'compared') return ok({ head, rows: compared.value.differences });
    if (compared.value.kind === 'not_kept' || round === CATCH_UPS) return ok({ head, rows: [] });
  }
}

/** One line for what is kept of a stream and its events do not say. */
function keptOtherwise({ stream, rows = [] }: StreamReport): string[] {
  const [row] = rows;
  if (row === undefined) return [];
  const others = rows.length > 1 ? `, and ${rows.length - 1} more` : '';
  return [
    `what is kept of ${stream.service} in ${stream.environment} is not what its events say: ` +
      `${differenceText(row)}${others}; nemesis history:verify --rebuild folds it anew`,
  ];
}

/**
 * The events of a stream in order, from `from` (exclusive) on. Ends with a failure where the store cannot go on; what is readable before a broken
 * row comes first.
 */
export async function* batches(
  store: Store,
  stream: Stream,
  from = 0,
): AsyncGenerator<StoreResult<readonly JournalEvent[]>, void> {
  let after = from;
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

function union(some: readonly Stream[], more: readonly Stream[] = []): readonly Stream[] {
  const missing = more.filter((one) => !some.some((other) => compareStreams(one, other) === 0));
  const names = missing.map(({ service, environment }) => ({ service, environment }));
  return [...some, ...names].sort(compareStreams);
}

function isSound({ problem, remembered, rows }: StreamReport): boolean {
  return (
    problem === undefined &&
    rows === undefined &&
    (remembered.kind === 'unknown' || remembered.kind === 'continued')
  );
}

function messageOf(failure: { readonly kind: string; readonly message?: string }): string {
  return failure.message ?? failure.kind;
}
