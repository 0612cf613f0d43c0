/** The chains of a service as the commands read and lengthen them. */

import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { fail, ok, type Result } from '../failure.ts';
import { checkHead } from '../history/heads.ts';
import { NO_ENVIRONMENT, type JournalEvent, type Stream } from '../history/journal.ts';
import type { JournalRecord } from '../history/records.ts';
import { batches } from '../history/verify.ts';
import { foldEvents, memoryRows, type MemoryRows } from '../history/folds/memory-rows.ts';
import { askGit } from '../measure/git.ts';
import type { History } from './history.ts';
import { CONTROL, LONGEST_NAME } from './history-options.ts';
import type { Io } from './io.ts';

/** One environment's events, folded. */
export interface Folded {
  readonly stream: Stream;
  readonly rows: MemoryRows;
}

/** The environments of a service with their rows; of one environment where it is named. */
export async function foldedStreams(
  history: History,
  only: { readonly service?: string | undefined; readonly env?: string | undefined } = {},
): Promise<Result<readonly Folded[]>> {
  const { store, told } = history;
  const service = only.service ?? history.service;
  const streams = await store.streams();
  if (!streams.ok) return fail(told(streams.failure));
  const asked = streams.value.filter(
    (stream) =>
      stream.service === service &&
      stream.environment !== NO_ENVIRONMENT &&
      (only.env === undefined || stream.environment === only.env),
  );
  const folded: Folded[] = [];
  for (const stream of asked) {
    const rows = await foldedStream(history, stream);
    if (!rows.ok) return rows;
    folded.push({ stream, rows: rows.value });
  }
  return ok(folded);
}

export async function foldedStream(
  { store, told }: History,
  stream: Stream,
): Promise<Result<MemoryRows>> {
  const rows = memoryRows();
  for await (const batch of batches(store, stream)) {
    if (!batch.ok) return fail(told(batch.failure));
    foldEvents(batch.value, rows);
  }
  return ok(rows);
}

/** Is the end of the chain still what this user has seen? Nothing is added to a history that was cut or rewritten. */
export async function headStands(
  { store, heads, told }: History,
  stream: Stream,
): Promise<Result<void>> {
  const checked = await checkHead(store, stream, heads.recall(store.name, stream));
  if (!checked.ok) return fail(told(checked.failure));
  const { kind } = checked.value;
  if (kind === 'unknown' || kind === 'continued') return ok(undefined);
  const message = `the history of ${stream.service} in ${stream.environment} was ${kind} since it was seen last`;
  return fail({ kind: 'cannot_act', message, help: ['look into it: nemesis history:verify'] });
}

/** Says which of the chains asked for no longer end as this user has seen them end. */
export async function warnOfBreaks(
  history: History,
  io: Io,
  only: { readonly service?: string | undefined; readonly env?: string | undefined } = {},
): Promise<void> {
  const service = only.service ?? history.service;
  const seen = history.heads.streams(history.store.name);
  const asked = seen.filter((stream) => stream.service === service);
  for (const stream of asked) {
    if (only.env !== undefined && stream.environment !== only.env) continue;
    const stands = await headStands(history, stream);
    if (!stands.ok && stands.failure.kind === 'cannot_act')
      io.err(`nemesis: ${stands.failure.message}\n  ${stands.failure.help?.join('\n  ') ?? ''}\n`);
  }
}

/** Notes how far the chain goes. Forgetting it is harmless, so a folder that cannot be written is passed over. */
export function rememberEnd({ store, heads }: History, stream: Stream, last: JournalEvent): void {
  try {
    heads.remember(store.name, stream, { seq: last.seq, hash: last.hash });
  } catch {
    // the next start simply knows less
  }
}

/** An event to be noted, with the time it happened. */
export type NewRecord = JournalRecord & { readonly at: number };

/** Adds events to the end of a chain, in one step. */
export async function appendRecords(
  history: History,
  environment: string,
  { env }: Io,
  records: readonly NewRecord[],
): Promise<Result<void>> {
  const { store, service, session, told } = history;
  const stream = { service, environment };
  const stands = await headStands(history, stream);
  if (!stands.ok) return stands;
  const who = { actor: await actorIn(session.root, env), host: os.hostname() };
  const drafts = records.map(({ type, at, body }) => {
    return { id: randomUUID(), type, at, ...who, body: { ...body } };
  });
  const appended = await store.append(stream, drafts);
  if (!appended.ok) return fail(told(appended.failure));
  const last = appended.value.at(-1);
  if (last !== undefined) rememberEnd(history, stream, last);
  return ok(undefined);
}

/** The person git knows here, or the user who is logged in. */
async function actorIn(root: string, env: Io['env']): Promise<string> {
  const name = (await askGit(root, 'config', 'user.name'))?.trim();
  const actor = name || env['USER'] || env['LOGNAME'] || '';
  return actor.replace(CONTROL, '').slice(0, LONGEST_NAME) || 'unknown';
}
