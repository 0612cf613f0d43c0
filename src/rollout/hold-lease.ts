/** Holds the lease of an environment while a rollout acts, and says at once when it is lost. */

import { ok, type Result } from '../failure.ts';
import type { Stream } from '../history/journal.ts';
import type { Lease, Store, StoreFailure } from '../history/store.ts';
import type { Clock } from './ports.ts';

export const LEASE_MS = 30_000;
const HEARTBEAT_MS = 10_000;

/** Why `lost` is aborted where nobody is known to have the lease instead. */
export const NOT_RENEWED = 'not_renewed';

/**
 * What an environment is told instead of the token. Between two tokens there is room for the emergency rollback,
 * which has to be above the one that holds without asking the store.
 */
export function fenceOf(token: number): number {
  return token * 1024;
}

export interface Held {
  readonly lease: Lease;
  /** Whose it was, where it was taken from somebody. */
  readonly from: Lease | undefined;
  /** Aborted when somebody else has it, or when it could not be renewed in time. */
  readonly lost: AbortSignal;
  /** Ends the heartbeat, and gives the lease back where it is still ours. */
  release(): Promise<void>;
}

export type HoldRefusal =
  | { readonly kind: 'held'; readonly by: Lease; readonly clockJumped: boolean }
  | { readonly kind: 'store'; readonly failure: StoreFailure };

export interface Holder {
  readonly id: string;
  readonly owner: string;
  readonly host: string;
  readonly step: string;
  /** Take it whoever has it. */
  readonly force?: boolean;
}

export async function holdLease(
  store: Store,
  stream: Stream,
  holder: Holder,
  clock: Clock,
): Promise<Result<Held, HoldRefusal>> {
  const granted = await store.acquire(stream, { ...holder, ttlMs: LEASE_MS });
  if (!granted.ok) return { ok: false, failure: { kind: 'store', failure: granted.failure } };
  if (granted.value.kind === 'held') {
    const { by, clockJumped = false } = granted.value;
    return { ok: false, failure: { kind: 'held', by, clockJumped } };
  }
  const { lease, from } = granted.value;
  const lost = new AbortController();
  const done = new AbortController();
  const beating = heartbeat(store, stream, lease, clock, lost, done.signal);
  return ok({
    lease,
    from,
    lost: lost.signal,
    release: async () => {
      done.abort();
      await beating;
      if (!lost.signal.aborted) await store.release(stream, lease.token);
    },
  });
}

/** A holder that cannot renew for as long as the lease lasts has to take it for lost: somebody else may act. */
async function heartbeat(
  store: Store,
  stream: Stream,
  lease: Lease,
  clock: Clock,
  lost: AbortController,
  done: AbortSignal,
): Promise<void> {
  for (let renewedAt = clock.now(); ;) {
    await clock.sleep(Math.min(HEARTBEAT_MS, renewedAt + LEASE_MS - clock.now()), done);
    if (done.aborted) return;
    const asked = clock.now();
    const renewed = await within(
      renewedAt + LEASE_MS - asked,
      store.renew(stream, lease.token, lease.step, LEASE_MS),
      clock,
      done,
    );
    if (done.aborted) return;
    if (renewed?.ok === true) renewedAt = asked;
    else if (renewed?.failure.kind === 'fenced_out') return lost.abort('fenced_out');
    else if (renewed === undefined || clock.now() - renewedAt >= LEASE_MS)
      return lost.abort(NOT_RENEWED);
  }
}

/** Undefined where there was no answer in time: a store may try again for longer than a lease lasts. */
async function within<T>(
  ms: number,
  answer: Promise<T>,
  clock: Clock,
  done: AbortSignal,
): Promise<T | undefined> {
  const answered = new AbortController();
  const over = clock
    .sleep(Math.max(0, ms), AbortSignal.any([answered.signal, done]))
    .then(() => undefined);
  try {
    return await Promise.race([answer, over]);
  } finally {
    answered.abort();
  }
}
