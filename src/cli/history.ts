/** What the commands about the past begin with: the project, and the store its history is in. */

import { existsSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import { headsIn, userStateFolder, type Heads } from '../history/heads.ts';
import { storePlace, type StorePlace } from '../history/open-store.ts';
import { spooled } from '../history/spool.ts';
import type { Store, StoreFailure, StoreResult } from '../history/store.ts';
import { textOption, type CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { openAsked } from './asked-session.ts';
import {
  openConfigured,
  type openSession,
  type ConfiguredSession,
  type Session,
} from './session.ts';
import { makeStateDir } from './state-dir.ts';
import { WHERE_SAID, failed, failureOf, passwordsIn, usage } from './store-failure.ts';
import { distrusted } from './trust.ts';

export interface ConfiguredHistory {
  readonly session: ConfiguredSession;
  readonly service: string;
  readonly store: Store;
  /** What this user has seen of it before. */
  readonly heads: Heads;
  /** The same failure as one a command can end in. */
  readonly told: (failure: StoreFailure) => Failure;
}

/** With the gates. */
export type History = Of<Session>;

type Of<S extends ConfiguredSession> = ConfiguredHistory & { readonly session: S };

/** Why there is no history to work on; `damage` where the store is there and cannot be read. */
export interface Refusal {
  readonly failure: Failure;
  readonly damage?: string;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Refused = (refusal: Refusal) => Ending;

/**
 * Opens the history, does the work and closes it.
 * @param use `read` makes no file: where none is, the history is empty
 */
export function withHistory(
  input: CommandInput,
  use: 'read' | 'write',
  work: (history: History) => Promise<Ending>,
  refused?: Refused,
): Promise<Ending> {
  const ref = textOption(input.options, 'trustedConfig');
  const open: typeof openSession = (io, parts, cwd) => openAsked(io, parts, cwd, ref);
  return openAndClose(open, input, use, work, refused);
}

/** The same for who does not ask for the gates, which takes less time. */
export function withConfiguredHistory(
  input: CommandInput,
  use: 'read' | 'write',
  work: (history: ConfiguredHistory) => Promise<Ending>,
): Promise<Ending> {
  return openAndClose(openConfigured, input, use, work);
}

async function openAndClose<S extends ConfiguredSession>(
  open: (io: Io, parts: Parts, cwd?: string) => Promise<Result<S>>,
  { options, io, parts }: CommandInput,
  use: 'read' | 'write',
  work: (history: Of<S>) => Promise<Ending>,
  refused: Refused = ({ failure }) => ({ kind: 'failed', failure }),
): Promise<Ending> {
  const session = await open(io, parts, textOption(options, 'cwd'));
  const opened = session.ok
    ? await openHistoryOf(session.value, io, parts, use)
    : fail({ failure: session.failure });
  if (!opened.ok) return interruptedOr(refused(opened.failure), io);
  try {
    return interruptedOr(await work(opened.value), io);
  } finally {
    await opened.value.store.close(parts.leaves);
  }
}

/** Who stopped nemesis while it waited for a store wants to hear of that, not of the store. */
export function interruptedOr(ending: Ending, { signal: { reason } }: Io): Ending {
  const signal = SIGNALS.find((name) => name === reason);
  if (signal === undefined || ending.kind !== 'failed') return ending;
  return failed({ kind: 'interrupted', signal });
}

/** The history of a session that is open already; whoever opens it closes its store. */
export async function openHistoryOf<S extends ConfiguredSession>(
  session: S,
  io: Io,
  parts: Parts,
  use: 'read' | 'write',
): Promise<Result<Of<S>, Refusal>> {
  const found = historyPlace(session, io.env);
  if (!found.ok) return fail({ failure: found.failure });
  const { kind, where, asked } = found.value;
  if (kind === 'sqlite') {
    const ready = readyFor(use, where, session.stateDir);
    if (!ready.ok) return fail({ failure: ready.failure });
  }
  const told = (failure: StoreFailure) => failureOf(failure, asked ?? where);
  const store = await openPlace(found.value, use, parts, io.signal);
  if (!store.ok) {
    const failure = told(store.failure);
    const isDamage = store.failure.kind === 'corrupt' && failure.kind === 'cannot_act';
    return fail({ failure, ...(isDamage && { damage: failure.message }) });
  }
  const heads = kind === 'memory' ? NO_HEADS : headsIn(userStateFolder(io.env));
  const { service } = session.loaded.config;
  const history = { session, service, store: store.value, heads, told };
  if (use === 'write' && kind !== 'memory' && spooled(userStateFolder(io.env)).length > 0) {
    const { bringHome } = await import('./bring-home.ts');
    await bringHome(history, found.value, io);
  }
  return ok(history);
}

/** What lies in memory is gone with the process: nobody has seen anything of it before. */
const NO_HEADS: Heads = {
  recall: () => undefined,
  remember: () => undefined,
  accept: () => undefined,
  streams: () => [],
};

interface Place extends StorePlace {
  /** As the environment or the configuration names it; undefined where neither does. */
  readonly asked: string | undefined;
}

/** Where it is, without opening it: what was said wrongly about it is known at once. */
export function historyPlace(session: ConfiguredSession, env: Io['env']): Result<Place> {
  const asked = askedStore(session, env);
  if (!asked.ok) return asked;
  const place = storePlace(asked.value, session.root);
  if (place.ok) return ok({ ...place.value, asked: asked.value });
  const message = 'message' in place.failure ? place.failure.message : 'the store is not known';
  return fail(usage(message, WHERE_SAID));
}

/** Nothing is added to what somebody else could have written, and nobody waits for a pipe. */
function readyFor(use: 'read' | 'write', file: string, stateDir: string): Result<void> {
  const found = statOf(file);
  if (found !== undefined && !found.isFile()) {
    const message = `the history cannot be used: ${file} is no file`;
    return fail({ kind: 'cannot_act', message, help: [WHERE_SAID] });
  }
  if (use === 'read') return ok(undefined);
  if (path.dirname(file) === stateDir) {
    const made = makeStateDir(stateDir);
    if (!made.ok) return made;
  }
  const why = found && distrusted(file);
  if (why === undefined) return ok(undefined);
  const message = `the history cannot be relied on: ${why}`;
  return fail({ kind: 'cannot_act', message, help: [`make it yours alone: ${file}`] });
}

/** Undefined where nothing is, or nothing can be seen: opening it says why. */
function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
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

/** What NEMESIS_STORE or the configuration says; undefined where neither does. */
function askedStore(
  { loaded }: ConfiguredSession,
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
