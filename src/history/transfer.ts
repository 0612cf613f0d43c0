/**
 * A history as lines of JSON: the same store gives the same bytes, and a store filled from them has the same events
 * with the same hashes.
 *
 * The first line says what this is; then one event a line, stream by stream, in order.
 */

import { z } from 'zod';
import { fail, ok, type Result } from '../failure.ts';
import { canonicalJson } from './canonical.ts';
import { EMPTY_HEAD, verifyRun, type ChainProblem } from './chain.ts';
import type { Head, JournalEvent, Stream } from './journal.ts';
import type { Store, StoreFailure, StoreResult } from './store.ts';
import { batches } from './verify.ts';

const HEADER = { nemesis: 'history', version: 1 } as const;

/** Lines with their newline. What is readable of a broken stream is there; then comes the failure that ended it. */
export async function* exportLines(
  store: Store,
  only?: readonly Stream[],
): AsyncGenerator<StoreResult<string>, void> {
  yield ok(`${canonicalJson(HEADER)}\n`);
  const streams = only === undefined ? await store.streams() : ok(only);
  if (!streams.ok) {
    yield streams;
    return;
  }
  for (const stream of streams.value) {
    for await (const batch of batches(store, stream)) {
      if (!batch.ok) yield batch;
      else for (const event of batch.value) yield ok(`${canonicalJson(event)}\n`);
    }
  }
}

export type ImportFailure =
  | { readonly kind: 'bad_line'; readonly line: number; readonly message: string }
  /** The export itself is not a sound chain. */
  | { readonly kind: 'broken_chain'; readonly line: number; readonly problem: ChainProblem }
  | { readonly kind: 'store'; readonly line: number; readonly failure: StoreFailure };

export interface Imported {
  /** Events read. */
  readonly events: number;
  /** Of those, the ones the store did not have yet. */
  readonly fresh: number;
}

const Event = z.strictObject({
  service: z.string(),
  environment: z.string(),
  seq: z.int().positive(),
  id: z.string().min(1),
  type: z.string(),
  at: z.int(),
  actor: z.string(),
  host: z.string(),
  fence: z.int().nonnegative(),
  // Taken as it is: the hash is over every key, however odd.
  body: z.custom<JournalEvent['body']>(isObject),
  prev: z.string().length(64),
  hash: z.string().length(64),
});

const BATCH = 1_000;

/**
 * Fills a store. Batch by batch, so that one which was interrupted continues when run again; a store that has another
 * history is left as it is from the first event that differs.
 * @param lines without their newlines
 */
export async function importLines(
  store: Store,
  lines: AsyncIterable<string>,
): Promise<Result<Imported, ImportFailure>> {
  const heads = new Map<string, Head>();
  let batch: JournalEvent[] = [];
  let line = 0;
  let events = 0;
  let fresh = 0;
  const flush = async (): Promise<StoreFailure | undefined> => {
    const [first] = batch;
    if (first === undefined) return undefined;
    const adopted = await store.adopt(first, batch);
    if (!adopted.ok) return adopted.failure;
    fresh += adopted.value;
    batch = [];
    return undefined;
  };

  for await (const text of lines) {
    line += 1;
    if (line === 1) {
      if (text.trimEnd() === canonicalJson(HEADER)) continue;
      return fail({
        kind: 'bad_line',
        line,
        message: 'this is not a history nemesis has exported',
      });
    }
    if (text.trim() === '') continue;
    const event = eventIn(text);
    if (!event.ok) return fail({ kind: 'bad_line', line, message: event.failure });
    const key = keyOf(event.value);
    const run = verifyRun(event.value, heads.get(key) ?? EMPTY_HEAD, [event.value]);
    if (!run.ok) return fail({ kind: 'broken_chain', line, problem: run.problem });
    heads.set(key, run.head);
    events += 1;
    const [first] = batch;
    const full = batch.length === BATCH || (first !== undefined && keyOf(first) !== key);
    const failure = full ? await flush() : undefined;
    if (failure !== undefined) return fail({ kind: 'store', line, failure });
    batch.push(event.value);
  }
  if (line === 0) return fail({ kind: 'bad_line', line: 1, message: 'the file is empty' });
  const failure = await flush();
  return failure === undefined ? ok({ events, fresh }) : fail({ kind: 'store', line, failure });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keyOf({ service, environment }: Stream): string {
  return JSON.stringify([service, environment]);
}

function eventIn(text: string): Result<JournalEvent, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('this line is no JSON');
  }
  const event = Event.safeParse(value);
  if (event.success) return ok(event.data);
  const [issue] = event.error.issues;
  return fail(`${issue?.path.join('.') || 'the event'}: ${issue?.message ?? 'not readable'}`);
}
