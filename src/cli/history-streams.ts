/** The chains of a service as the commands read and lengthen them. */

import os from 'node:os';
import { fail, ok, type Result } from '../failure.ts';
import { checkHead } from '../history/heads.ts';
import type { JournalEvent, Stream } from '../history/journal.ts';
import type { JournalRecord } from '../history/records.ts';
import { gitUserName } from './git-user.ts';
import type { ConfiguredHistory } from './history.ts';
import { CONTROL, LONGEST_NAME, meantId } from './history-options.ts';
import { guardOf, redactedIn } from './guard.ts';
import type { Io } from './io.ts';
import { newId } from './new-id.ts';
import { usage } from './store-failure.ts';

/** Is the end of the chain still what this user has seen? Nothing is added to a history that was cut or rewritten. */
export async function headStands(
  { store, heads, told }: ConfiguredHistory,
  stream: Stream,
  seen = heads.recall(store.name, stream),
): Promise<Result<void>> {
  const checked = await checkHead(store, stream, seen);
  if (!checked.ok) return fail(told(checked.failure));
  const { kind } = checked.value;
  if (kind === 'unknown' || kind === 'continued') return ok(undefined);
  const message = `the history of ${stream.service} in ${stream.environment} was ${kind} since it was seen last`;
  return fail({ kind: 'cannot_act', message, help: ['look into it: nemesis history:verify'] });
}

/** Says which of the chains asked for no longer end as this user has seen them end. */
export async function warnOfBreaks(
  history: ConfiguredHistory,
  io: Io,
  only: { readonly service?: string | undefined; readonly env?: string | undefined } = {},
): Promise<void> {
  const service = only.service ?? history.service;
  for (const stream of history.heads.streams(history.store.name)) {
    if (stream.service !== service) continue;
    if (only.env !== undefined && stream.environment !== only.env) continue;
    const stands = await headStands(history, stream, stream.head);
    if (!stands.ok && stands.failure.kind === 'cannot_act')
      io.err(`nemesis: ${stands.failure.message}\n  ${stands.failure.help?.join('\n  ') ?? ''}\n`);
  }
}

/** Notes how far the chain goes. Forgetting it is harmless, so a folder that cannot be written is passed over. */
export function rememberEnd(
  { store, heads }: ConfiguredHistory,
  stream: Stream,
  last: JournalEvent,
): void {
  try {
    heads.remember(store.name, stream, { seq: last.seq, hash: last.hash });
  } catch {
    // the next start simply knows less
  }
}

/** The deployment an option names, whole or by a beginning only it has; undefined where none is named. */
export async function deploymentNamed(
  { store, service, told }: ConfiguredHistory,
  environment: string,
  given: string | undefined,
): Promise<Result<string | undefined>> {
  if (given === undefined) return ok(undefined);
  const ids = await store.deploymentIds({ service, environment }, given);
  if (!ids.ok) return fail(told(ids.failure));
  const id = meantId(given, ids.value);
  if (id !== undefined) return ok(id);
  const message = `there is no deployment \`${given}\` in ${environment}`;
  return fail(usage(message, `see nemesis deploy:history --env ${environment}`));
}

/** An event to be noted, with the time it happened. */
export type NewRecord = JournalRecord & { readonly at: number };

/** Adds events to the end of a chain, in one step. */
export async function appendRecords(
  history: ConfiguredHistory,
  environment: string,
  { env }: Io,
  records: readonly NewRecord[],
): Promise<Result<void>> {
  const { store, service, session, told } = history;
  const stream = { service, environment };
  const stands = await headStands(history, stream);
  if (!stands.ok) return stands;
  const who = { actor: await actorIn(session, env), host: os.hostname() };
  const redact = guardOf(session, { env });
  const drafts = records.map(({ type, at, body }) => {
    return { id: newId(), type, at, ...who, body: redactedIn({ ...body }, redact) };
  });
  const appended = await store.append(stream, drafts);
  if (!appended.ok) return fail(told(appended.failure));
  const last = appended.value.at(-1);
  if (last !== undefined) rememberEnd(history, stream, last);
  return ok(undefined);
}

/** The person git knows here, or the user who is logged in. */
export async function actorIn(
  session: ConfiguredHistory['session'],
  env: Io['env'],
): Promise<string> {
  const name = (await gitUserName(session, env))?.trim();
  const actor = name || env['USER'] || env['LOGNAME'] || '';
  return actor.replace(CONTROL, '').slice(0, LONGEST_NAME) || 'unknown';
}
