/**
 * The port of every driver: it makes an environment look as asked and says how it looks. It decides nothing.
 *
 * Both verbs are idempotent. What `observe` says is the truth; `apply` only says whether the wish was taken, and it
 * returns when the wish is durable at the environment, not when the environment has come to look like it.
 */

import type { Result } from '../failure.ts';
import type { ReleaseRecord } from '../history/records.ts';

/** How many requests a release has answered in this environment, since it first ran there. Counters only grow. */
export interface Traffic {
  readonly requests: number;
  /** Answers of 500 and above, and requests that got no answer. */
  readonly errors: number;
  /** By time to the last byte. `counts[i]`: requests that took at most `LATENCY_BOUNDS_MS[i]`, and more than the bound before; the last one: more than every bound. */
  readonly latency: readonly number[];
  /** By status, `429` and from 500 on, and `none` for no answer; absent where the environment does not tell them apart. */
  readonly failures?: Readonly<Record<string, number>>;
}

/** A part of the fleet that runs one release. */
export interface Slot {
  readonly release: ReleaseRecord;
  readonly instances: number;
  /** 0..1 of all requests. A driver without the dial `traffic` goes by instances. */
  readonly share: number;
}

/** Every release not named here ends: it gets no new requests, its open ones are answered, its instances stop. */
export interface Desired {
  readonly slots: readonly Slot[];
}

export interface ObservedSlot extends Slot {
  /** Instances that answer their health check now; never more than run. */
  readonly healthy: number;
  /** Null where the environment does not count. */
  readonly traffic: Traffic | null;
  /** Why instances are not healthy, in words, for people: `instance 2 exited with 1: port in use`. */
  readonly problems: readonly string[];
}

export interface Observed {
  /** The highest fence the environment has taken; 0 before the first. */
  readonly fence: number;
  readonly slots: readonly ObservedSlot[];
  /** Releases that could be made to run again, as far as this environment knows. */
  readonly restorable: readonly ReleaseRecord[];
}

export type DriverFailure =
  /** A higher fence was taken before; nothing was changed. */
  | { readonly kind: 'fenced_out'; readonly fence: number; readonly newest: number }
  /** The environment cannot do that, and has changed nothing: a release it does not have, a port that is taken. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Nobody answered; whether anything was changed is not known. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** It answered what cannot be understood. */
  | { readonly kind: 'bad_answer'; readonly message: string }
  | { readonly kind: 'aborted' };

export type DriverResult<T> = Result<T, DriverFailure>;

export type Dial = 'instances' | 'traffic';

export interface Driver {
  /** `local`, `command`. */
  readonly kind: string;
  /** Can other machines act on this environment? Then the store must be one they see, too. */
  readonly reach: 'machine' | 'network';
  readonly dials: readonly Dial[];
  observe(signal?: AbortSignal): Promise<DriverResult<Observed>>;
  apply(desired: Desired, fence: number, signal?: AbortSignal): Promise<DriverResult<void>>;
  /** All of it as JSON, without secrets: enough to make the same driver again where no configuration can be read. */
  readonly frozen: FrozenDriver;
}

export interface FrozenDriver {
  readonly kind: string;
  readonly [setting: string]: unknown;
}

/** Upper ends of the latency buckets: each 5 % above the one before, from 1 ms to over two minutes. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from(
  { length: 243 },
  (_, index) => Math.round(1.05 ** index * 100) / 100,
);

/** Names a release: two are the same exactly when version and artifact are. */
export function releaseKey({ version, artifact }: ReleaseRecord): string {
  return JSON.stringify([version, artifact]);
}
