/** What the commands about the past begin with: the project, and the store its history is in. */

import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import { checkHead, headsIn, userStateFolder, type Heads } from '../history/heads.ts';
import { NO_ENVIRONMENT, type JournalEvent, type Stream } from '../history/journal.ts';
import { storePlace, type StorePlace } from '../history/open-store.ts';
import type { JournalRecord } from '../history/records.ts';
import type { Store, StoreFailure, StoreResult } from '../history/store.ts';
import { batches } from '../history/verify.ts';
import { foldEvents, memoryRows, type MemoryRows } from '../history/folds/memory-rows.ts';
import { textOption, type CommandInput } from './commands/command.ts';
import { askGit } from '../measure/git.ts';
import type { Ending } from './exit.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { openSession, type Session } from './session.ts';
import { makeStateDir } from './state-dir.ts';

export interface History {
  readonly session: Session;
  readonly service: string;
  readonly store: Store;
  /** What this user has seen of it before. */
  readonly heads: Heads;
  /** The same failure as one a command can end in. */
  readonly told: (failure: StoreFailure) => Failure;
}

/** Why there is no history to work on; `damage` where the store is there and cannot be read. */
export interface Refusal {
  readonly failure: Failure;
  readonly damage?: string;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Work = (history: History) => Promise<Ending>;

/**
 * Opens the history, does the work and closes it.
 * @param use `read` makes no file: where none is, the history is empty
 */
export async function withHistory(
  input: CommandInput,
  use: 'read' | 'write',
  work: Work,
  refused: (refusal: Refusal) => Ending = ({ failure }) => ({ kind: 'failed', failure }),
): Promise<Ending> {
  const opened = await openHistory(input, use);
  if (!opened.ok) return interruptedOr(refused(opened.failure), input.io);
  try {
    return interruptedOr(await work(opened.value), input.io);
  } finally {
    await opened.value.store.close();
  }
}

/** Who stopped nemesis while it waited for a store wants to hear of that, not of the store. */
function interruptedOr(ending: Ending, { signal: { reason } }: Io): Ending {
  const signal = SIGNALS.find((name) => name === reason);
  if (signal === undefined || ending.kind !== 'failed') return ending;
  return failed({ kind: 'interrupted', signal });
}

async function openHistory(
  { options, io, parts }: CommandInput,
  use: 'read' | 'write',
): Promise<Result<History, Refusal>> {
  const opened = await openSession(io, parts, textOption(options, 'cwd'));
  if (!opened.ok) return fail({ failure: opened.failure });
  const session = opened.value;
  const asked = askedStore(session, io.env);
  if (!asked.ok) return fail({ failure: asked.failure });
  const place = storePlace(asked.value, session.root);
  if (!place.ok) {
    const message = 'message' in place.failure ? place.failure.message : 'the store is not known';
    return fail({ failure: usage(message, WHERE_SAID) });
  }
  const { kind, where } = place.value;
  if (use === 'write' && kind === 'sqlite' && path.dirname(where) === session.stateDir) {
    const made = makeStateDir(session.stateDir);
    if (!made.ok) return fail({ failure: made.failure });
  }
  const told = (failure: StoreFailure) => failureOf(failure, asked.value ?? where);
  const store = await openPlace(place.value, use, parts, io.signal);
  if (!store.ok) {
    const failure = told(store.failure);
    const isDamage = store.failure.kind === 'corrupt' && failure.kind === 'cannot_act';
    return fail({ failure, ...(isDamage && { damage: failure.message }) });
  }
  const heads = headsIn(userStateFolder(io.env));
  return ok({ session, service: session.loaded.config.service, store: store.value, heads, told });
}

async function openPlace(
  { kind, where }: StorePlace,
  use: 'read' | 'write',
  { stores }: Parts,
  signal: AbortSignal,
): Promise<StoreResult<Store>> {
  if (stores === undefined)
    return fail({ kind: 'unreachable', message: 'this nemesis was started without a store' });
  const table = await stores();
  const isEmpty = use === 'read' && kind === 'sqlite' && !existsSync(where);
  return isEmpty ? named(await table.memory('', {}), where) : table[kind](where, { signal });
}

const WHERE_SAID = 'say where in `store:` of the config, or in NEMESIS_STORE';

/** What NEMESIS_STORE or the configuration says; undefined where neither does. */
function askedStore(
  { loaded }: Session,
  env: Readonly<Record<string, string | undefined>>,
): Result<string | undefined> {
  if (env['NEMESIS_STORE']) return ok(env['NEMESIS_STORE']);
  const { store } = loaded.config;
  if (typeof store === 'object') {
    const value = env[store.env];
    if (value) return ok(value);
    const message = `the environment variable ${store.env}, which \`store\` names, is not set`;
    return fail(usage(message, `set ${store.env} to the address of the store`));
  }
  if (store !== undefined && passwordsIn(store).length > 0) {
    const message = 'the address of the store holds a password, which does not belong in a file';
    return fail(usage(message, 'put it in an environment variable and write store: { env: NAME }'));
  }
  return ok(store);
}

/** An empty history under the name of the file that is not there: heads seen of it still tell that it was. */
function named(empty: StoreResult<Store>, where: string): StoreResult<Store> {
  return empty.ok ? ok({ ...empty.value, name: `sqlite:${settled(where)}` }) : empty;
}

function settled(file: string): string {
  const folder = path.dirname(file);
  const real = existsSync(folder) ? realpathSync(folder) : settled(folder);
  return path.join(real, path.basename(file));
}

const HELP: Readonly<Record<StoreFailure['kind'], string>> = {
  unreachable: WHERE_SAID,
  uncertain: 'look with nemesis deploy:history before you record it again',
  full: 'make room there, then try again',
  read_only: 'make it writable for this user, or name another place in NEMESIS_STORE',
  busy: 'somebody else is writing; try again in a moment',
  corrupt: 'nemesis history:verify says where; put back a copy that is whole',
  newer_schema: 'update nemesis: a newer one has written here',
  not_ours: 'name another file in `store:` or in NEMESIS_STORE',
  fenced_out: 'see who holds the lock: nemesis deploy:status',
  diverged: 'import it into an empty store instead',
};

function failureOf(failure: StoreFailure, address: string): Failure {
  const message = `the history cannot be used: ${withoutSecrets(messageOf(failure), address)}`;
  return { kind: 'cannot_act', message, help: [HELP[failure.kind]] };
}

function messageOf(failure: StoreFailure): string {
  switch (failure.kind) {
    case 'newer_schema':
      return `it has version ${failure.found}, and this nemesis knows ${failure.known}`;
    case 'fenced_out':
      return 'another deployment has taken the lock over';
    case 'corrupt':
      return `it is damaged${failure.seq === undefined ? '' : ` at event ${failure.seq}`}: ${failure.message}`;
    case 'uncertain':
      return `whether it was written is not certain: ${failure.message}`;
    default:
      return failure.message;
  }
}

/** Drivers like to repeat what they were given. */
function withoutSecrets(message: string, address: string): string {
  return passwordsIn(address)
    .reduce((text, secret) => text.replaceAll(secret, '***'), message)
    .replace(/(:\/\/)[^\s@/]*@/g, '$1***@');
}

/** As they are written in the address, and decoded. */
function passwordsIn(address: string): readonly string[] {
  if (!/^postgres(?:ql)?:\/\//i.test(address)) return [];
  const written = [
    /:\/\/[^/]*?:([^/]*)@/.exec(address)?.[1],
    ...[...address.matchAll(/[?&][a-z]*password=([^&]*)/gi)].map(([, value]) => value),
  ].filter((secret) => secret !== undefined && secret !== '') as readonly string[];
  return written.flatMap((secret) => {
    try {
      return [secret, decodeURIComponent(secret)];
    } catch {
      return [secret];
    }
  });
}

export function usage(message: string, help: string): Failure {
  return { kind: 'usage', message, help: [help] };
}

export const failed = (failure: Failure): Ending => ({ kind: 'failed', failure });

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

type Options = CommandInput['options'];

const LONGEST_NAME = 200;
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** Text of one line; undefined where the option was not given. */
export function lineOption(
  options: Options,
  name: string,
  longest = LONGEST_NAME,
): Result<string | undefined> {
  const text = textOption(options, name)?.trim();
  if (text === undefined) return ok(undefined);
  if (text === '') return fail(usage(`${flagOf(name)} is empty`, 'give it a value'));
  if (text.length > longest)
    return fail(usage(`${flagOf(name)} is longer than ${longest} characters`, 'shorten it'));
  if (text.search(CONTROL) >= 0)
    return fail(usage(`${flagOf(name)} holds control characters`, 'take them out'));
  return ok(text);
}

export function neededLine(options: Options, name: string): Result<string> {
  const line = lineOption(options, name);
  if (!line.ok) return line;
  if (line.value !== undefined) return ok(line.value);
  return fail(usage(`${flagOf(name)} is missing`, `give it with ${flagOf(name)}`));
}

/** Undefined where no environment was named. */
export function environmentOption(options: Options): Result<string | undefined> {
  const env = lineOption(options, 'env', 64);
  if (!env.ok || env.value === undefined || /^[A-Za-z0-9][\w.-]*$/.test(env.value)) return env;
  const message = `\`${env.value}\` is no name of an environment`;
  return fail(usage(message, 'use letters, digits, `_`, `-` and `.`: --env production'));
}

const DAY = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const ISO = new RegExp(
  `^${DAY}(?:T\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d\\d:?\\d\\d))?$`,
);
/** Two machines' clocks may differ by so much. */
const AHEAD_MS = 300_000;

/** Epoch milliseconds of a time that has passed; undefined where the option was not given. */
export function timeOption(
  options: Options,
  name: string,
  now: number,
): Result<number | undefined> {
  const text = textOption(options, name);
  if (text === undefined) return ok(undefined);
  const at = isoTime(text);
  if (at === undefined) {
    const message = `${flagOf(name)} takes a date with its zone; got ${text.slice(0, 60)}`;
    return fail(usage(message, `write it as 2026-01-31T10:00:00Z`));
  }
  if (at <= now + AHEAD_MS) return ok(at);
  const message = `${flagOf(name)} has not come yet: ${text}`;
  return fail(usage(message, 'give the time at which it happened'));
}

/** Without a zone a time would mean another one on every machine; a date alone begins in UTC. */
export function isoTime(text: string): number | undefined {
  const [whole, year, month, day] = ISO.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const at = Number(day) <= days ? Date.parse(whole) : NaN;
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

const SPANS: Readonly<Record<string, number>> = { m: 6e4, h: 3.6e6, d: 8.64e7, w: 6.048e8 };

/** Milliseconds of `90d`, `12h`, `2w`. */
export function spanOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (SPANS[unit] ?? NaN);
}

/** The one of these ids that is meant: whole, or by a beginning that only one of them has. */
export function meantId(given: string, ids: readonly string[]): string | undefined {
  if (ids.includes(given)) return given;
  const [first, ...more] = given.length < 6 ? [] : ids.filter((id) => id.startsWith(given));
  return more.length === 0 ? first : undefined;
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
