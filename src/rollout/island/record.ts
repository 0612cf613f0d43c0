/**
 * The record of an emergency rollback. It is made after the switch and never skipped: where the history cannot be written
 * in time, it waits on this machine.
 */

import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { checkHead, headsIn } from '../../history/heads.ts';
import { endOf } from '../../history/import-spool.ts';
import type { EventDraft, Stream } from '../../history/journal.ts';
import type { JournalRecord, ReleaseRecord } from '../../history/records.ts';
import { writeSpool, type SpoolHeader } from '../../history/spool.ts';
import type { Store } from '../../history/store.ts';
import { streamHash, type StoreWritten } from '../last-good.ts';
import { fenceOf, LEASE_MS } from '../hold-lease.ts';
import { openWritten } from './stores.ts';

export interface Emergency extends Stream {
  readonly good: ReleaseRecord | null;
  readonly bad: ReleaseRecord | null;
  readonly status: 'succeeded' | 'withdrawn' | 'rollback_failed';
  readonly reason: string | undefined;
  /** Lines that say what was seen. */
  readonly explanation: readonly string[];
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly store: StoreWritten | null;
  readonly stateFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Recorded =
  | {
      readonly kind: 'store';
      readonly deployment: string;
      /** The lease is ours, so whoever had it is fenced out of the history; the environment's next fence. */
      readonly fence: number;
      /** Deployments that ended with it. */
      readonly ended: readonly string[];
    }
  | {
      readonly kind: 'spool';
      readonly deployment: string;
      readonly file: string;
      /** Why the history was not written. */
      readonly why: string;
    }
  | { readonly kind: 'lost'; readonly why: string };

const BOUND_MS = 3_000;

export async function record(emergency: Emergency): Promise<Recorded> {
  const deployment = randomUUID();
  const ids = Array.from({ length: 4 }, () => randomUUID());
  const timer = AbortSignal.timeout(BOUND_MS);
  const over = new Promise<string>((resolve) => {
    timer.addEventListener('abort', () => resolve('it did not answer within 3 s'), { once: true });
  });
  const written = await Promise.race([
    inStore(emergency, deployment, ids, timer).catch((error: unknown) => String(error)),
    over,
  ]);
  if (typeof written !== 'string') return written;
  return inSpool(emergency, deployment, ids, written);
}

/** In words, why not. */
async function inStore(
  emergency: Emergency,
  deployment: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Extract<Recorded, { kind: 'store' }> | string> {
  const { env, stateFolder, service, environment } = emergency;
  const stream = { service, environment };
  const opened = await openWritten(emergency.store, env, { signal, patienceMs: BOUND_MS });
  if (typeof opened === 'string') return opened;
  const store = opened;
  try {
    const heads = headsIn(stateFolder);
    const stands = await checkHead(store, stream, heads.recall(store.name, stream));
    if (!stands.ok) return said(stands.failure);
    const { kind } = stands.value;
    if (kind === 'cut' || kind === 'rewritten') return `it was ${kind} since it was seen last`;
    const who = author(env);
    const asked = { id: randomUUID(), owner: who.actor, host: who.host, step: 'rollback' };
    const granted = await store.acquire(stream, { ...asked, ttlMs: LEASE_MS, force: true });
    if (!granted.ok) return said(granted.failure);
    if (granted.value.kind === 'held') return 'somebody else holds the lock';
    const { token } = granted.value.lease;
    const rows = await store.current(stream);
    if (!rows.ok) return said(rows.failure);
    const running = rows.value.running().map(({ id }) => id);
    const serving = rows.value.environment()?.serving ?? null;
    const drafts = draftsOf(emergency, { deployment, ids, running, serving });
    const appended = await store.append(stream, drafts, token);
    if (!appended.ok) return said(appended.failure);
    await store.release(stream, token);
    rememberHead(store, stream, stateFolder, appended.value.at(-1));
    return { kind: 'store', deployment, fence: fenceOf(token), ended: running };
  } finally {
    await store.close();
  }
}

function rememberHead(
  store: Store,
  stream: Stream,
  stateFolder: string,
  last: { readonly seq: number; readonly hash: string } | undefined,
): void {
  if (last === undefined) return;
  try {
    headsIn(stateFolder).remember(store.name, stream, { seq: last.seq, hash: last.hash });
  } catch {
    // the next start simply knows less
  }
}

function inSpool(
  emergency: Emergency,
  deployment: string,
  ids: readonly string[],
  why: string,
): Recorded {
  const { service, environment, store, stateFolder, endedAt } = emergency;
  const header: SpoolHeader = {
    nemesis: 'spool',
    version: 1,
    ...{ service, environment, store },
    rollback: deployment,
  };
  const drafts = draftsOf(emergency, { deployment, ids, running: [], serving: null });
  const name = `${streamHash({ service, environment })}-${endedAt}`;
  try {
    const file = writeSpool(stateFolder, name, header, drafts);
    return { kind: 'spool', deployment, file, why };
  } catch (error) {
    return { kind: 'lost', why: `${why}; nor can it be kept here: ${String(error)}` };
  }
}

interface Ids {
  readonly deployment: string;
  /** Of the four events there always are. */
  readonly ids: readonly string[];
  readonly running: readonly string[];
  readonly serving: string | null;
}

/** As a rollback that was walked would have left them. */
function draftsOf(emergency: Emergency, of: Ids): readonly EventDraft[] {
  const { good, bad, status, reason, explanation, startedAt, endedAt, env } = emergency;
  const { deployment, ids, running, serving } = of;
  const release = good ?? bad;
  if (release === null) throw new TypeError('a rollback of nothing to nothing');
  const because = 'manual_trigger';
  const words = [reason ?? 'asked by a person', ...explanation];
  const ended = status === 'succeeded' ? 'rolled_back' : status;
  const [fired = '', started = '', pinned = '', finished = ''] = ids;
  const entry = (id: string, at: number, { type, body }: JournalRecord): EventDraft => {
    return { id, type, at, ...author(env), body: { ...body } };
  };
  const finish = (id: string, one: string, how: typeof status | 'rolled_back') =>
    entry(id, endedAt, {
      type: 'deployment_finished',
      body: { deployment: one, status: how, reason: because, failure_detected_at: null },
    });
  const [blamed = deployment] = running;
  const trigger = entry(fired, startedAt, {
    type: 'trigger_fired',
    body: { deployment: blamed, trigger: because, explanation: words },
  });
  const begun = entry(started, startedAt, {
    type: 'deployment_started',
    body: {
      ...{ deployment, kind: 'rollback', release, previous: bad?.version ?? null },
      ...{ takes_back: running[0] ?? serving, hotfix: false, strategy: 'immediate' },
      validation_ms: null,
    },
  });
  const pin = entry(pinned, endedAt, {
    type: 'environment_pinned',
    body: { by: deployment, reason: reason ?? because, version: release.version },
  });
  return [
    // What fires stands before what it leads to, but no event stands before the start of its own record.
    ...(blamed === deployment ? [begun, trigger] : [trigger, begun]),
    pin,
    ...running.map((one) => finish(endOf(deployment, one), one, ended)),
    finish(finished, deployment, status),
  ];
}

function author(env: Emergency['env']): { readonly actor: string; readonly host: string } {
  const name = env['USER'] || env['LOGNAME'] || userName();
  return { actor: name.replace(/\p{Cc}/gu, '').slice(0, 200) || 'unknown', host: os.hostname() };
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return 'unknown';
  }
}

function said(failure: { readonly kind: string; readonly message?: string }): string {
  return failure.message ?? failure.kind.replaceAll('_', ' ');
}
