/** A process of the model: it can be killed or frozen at any call it makes to the world outside. */

import type { Driver } from '../../../src/rollout/driver.ts';
import type { Clock, Position, Turn } from '../../../src/rollout/ports.ts';
import type { Store } from '../../../src/history/store.ts';

/** How a process is disturbed. Calls count from 1: each to the clock, the driver or the store. */
export type Ending =
  | { readonly kind: 'undisturbed' }
  | { readonly kind: 'killed_at'; readonly position: Position; readonly step: number }
  | { readonly kind: 'killed_in'; readonly call: number; readonly after: boolean }
  | { readonly kind: 'frozen_in'; readonly call: number; readonly forMs: number }
  | { readonly kind: 'interrupted'; readonly atMs: number };

export type Fate = 'alive' | 'killed' | 'frozen';

export interface Process {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly at: (position: Position | Turn, step: number) => void;
  driver(inner: Driver): Driver;
  store(inner: Store): Store;
  fate(): Fate;
  thaw(): void;
  /** Resolves when it is killed or frozen. */
  readonly stopped: Promise<void>;
}

class Killed extends Error {}

const never = new Promise<never>(() => undefined);

export function makeProcess(clock: Clock, ending: Ending): Process {
  let calls = 0;
  let fate: Fate = 'alive';
  let stop = () => undefined as void;
  let goOn = () => undefined as void;
  let thawed = Promise.resolve();
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const interrupt = new AbortController();
  if (ending.kind === 'interrupted')
    void clock.sleep(ending.atMs).then(() => interrupt.abort('SIGTERM'));

  function kill(): void {
    fate = 'killed';
    stop();
  }

  function thaw(): void {
    if (fate !== 'frozen') return;
    fate = 'alive';
    goOn();
  }

  function freeze(forMs: number): void {
    fate = 'frozen';
    thawed = new Promise((resolve) => {
      goOn = resolve;
    });
    void clock.sleep(forMs).then(thaw);
    stop();
  }

  async function gate(): Promise<void> {
    if (fate === 'killed') await never;
    if (fate === 'frozen') await thawed;
  }

  async function call<T>(work: () => Promise<T>): Promise<T> {
    await gate();
    calls += 1;
    const own = calls;
    if (ending.kind === 'killed_in' && ending.call === own && !ending.after) kill();
    await gate();
    const result = await work();
    if (ending.kind === 'killed_in' && ending.call === own && ending.after) kill();
    if (ending.kind === 'frozen_in' && ending.call === own) freeze(ending.forMs);
    await gate();
    return result;
  }

  return {
    clock: { now: () => clock.now(), sleep: (ms, signal) => call(() => clock.sleep(ms, signal)) },
    signal: interrupt.signal,
    at(position, step) {
      if (ending.kind !== 'killed_at' || fate !== 'alive') return;
      if (ending.position !== position || ending.step !== step) return;
      kill();
      throw new Killed();
    },
    driver({ kind, reach, dials, frozen, observe, apply }) {
      return {
        ...{ kind, reach, dials, frozen },
        observe: (signal) => call(() => observe(signal)),
        apply: (desired, fence, signal) => call(() => apply(desired, fence, signal)),
      };
    },
    store: (inner) => ({
      ...inner,
      append: (...asked) => call(() => inner.append(...asked)),
      acquire: (...asked) => call(() => inner.acquire(...asked)),
      renew: (...asked) => call(() => inner.renew(...asked)),
      release: (...asked) => call(() => inner.release(...asked)),
    }),
    fate: () => fate,
    thaw,
    stopped,
  };
}
