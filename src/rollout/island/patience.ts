/** Asks an environment again where that may help, and looks at it until it is so; all of it bounded. */

import { fail, ok, type Result } from '../../failure.ts';
import type { Desired, DriverFailure, Observed } from '../driver.ts';
import type { IslandDriver } from './quick-local.ts';

export interface Ports {
  readonly driver: IslandDriver;
  /** Milliseconds, of a clock that nobody sets. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** An act that is done, for people. */
  readonly tell: (what: string) => void;
  /** Aborted when a person wants it to end. It is heeded before the switch only. */
  readonly signal: AbortSignal;
}

export type ActFailure =
  /** What served serves still. */
  | { readonly kind: 'untouched'; readonly why: string; readonly cannotRestore: boolean }
  /** It was asked for, and has not been seen. */
  | { readonly kind: 'unsure'; readonly why: string; readonly fence: number }
  | { readonly kind: 'interrupted' };

export type Acted<T> = Result<T, ActFailure>;

const TRIES_MS = 10_000;
const LOOK_MS = 25;
const LONGEST_LOOK_MS = 500;
/** How often somebody with a higher fence is overtaken. */
const MOST_FENCES = 5;

/** Above whoever acts there; again where nobody answers, for it may be repeated. */
export async function applyPatiently(
  desired: Desired,
  from: number,
  ports: Ports,
): Promise<Acted<{ readonly fence: number }>> {
  const until = ports.now() + TRIES_MS;
  let isSent = false;
  for (let fence = from, overtaken = 0; ;) {
    const applied = await ports.driver.apply(desired, fence);
    if (applied.ok) return ok({ fence });
    const { failure } = applied;
    if (failure.kind === 'fenced_out' && overtaken < MOST_FENCES) {
      overtaken += 1;
      fence = failure.newest + 1;
      continue;
    }
    const why = driverText(failure);
    if (failure.kind === 'refused')
      return fail(
        isSent ? { kind: 'unsure', why, fence } : { kind: 'untouched', why, cannotRestore: true },
      );
    isSent = true;
    if (failure.kind === 'fenced_out' || ports.now() > until)
      return fail({ kind: 'unsure', why, fence });
    await ports.sleep(LONGEST_LOOK_MS);
  }
}

type Looked =
  | {
      readonly kind: 'seen';
      readonly observed: Observed;
      readonly last: Observed;
      readonly why?: never;
    }
  | {
      readonly kind: 'over';
      readonly last: Observed | undefined;
      readonly why: string | undefined;
    };

/** Looks until it is so; `why` where the last look told nothing. */
export async function lookUntil(
  withinMs: number,
  isSo: (observed: Observed) => boolean,
  { driver, now, sleep }: Ports,
  signal?: AbortSignal,
): Promise<Looked> {
  const until = now() + withinMs;
  let last: Observed | undefined;
  let why: string | undefined;
  for (let pause = LOOK_MS; ; pause = Math.min(LONGEST_LOOK_MS, pause * 1.5)) {
    const observed = await driver.observe();
    if (observed.ok) {
      last = observed.value;
      if (isSo(last)) return { kind: 'seen', observed: last, last };
    }
    why = observed.ok ? undefined : driverText(observed.failure);
    if (now() > until || signal?.aborted === true) return { kind: 'over', last, why };
    await sleep(pause, signal);
  }
}

export function driverText(failure: DriverFailure): string {
  switch (failure.kind) {
    case 'fenced_out':
      return `somebody else acts there, with fence ${failure.newest}`;
    case 'aborted':
      return 'it was ended';
    default:
      return failure.message;
  }
}
