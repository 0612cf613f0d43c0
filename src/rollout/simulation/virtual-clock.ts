/** A clock whose time passes only while everybody sleeps: half an hour is over in a moment, and always the same way. */

import type { Clock } from '../ports.ts';

export interface VirtualClock extends Clock {
  /** Lets time pass until the work is done. Only one may run at a time. */
  run<T>(work: Promise<T>): Promise<T>;
}

/** Nothing in a simulation takes a year, or a million moments; what does never ends. */
const LONGEST_MS = 366 * 86_400_000;
const MOST_MOMENTS = 1_000_000;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/**
 * @param start epoch milliseconds
 * @param turn resolves when everything that could go on has gone on: after a turn of the event loop. Nobody in the
 *   simulation may wait for anything but this clock and other promises.
 */
export function virtualClock(start: number, turn: () => Promise<void>): VirtualClock {
  let now = start;
  const sleepers = new Set<Sleeper>();

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: now + Math.max(0, ms), wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  function wakeNext(): void {
    let next = Infinity;
    for (const { at } of sleepers) next = Math.min(next, at);
    if (next === Infinity) throw new Error('everybody waits, and nobody for the time');
    if (next - start > LONGEST_MS) throw new Error('a simulation has not ended within a year');
    now = next;
    // In the order in which they went to sleep.
    for (const sleeper of [...sleepers]) if (sleeper.at <= now) sleeper.wake();
  }

  return {
    now: () => now,
    sleep,
    async run(work) {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      work.then(done, done);
      for (let moments = 0; moments < MOST_MOMENTS; moments += 1) {
        await turn();
        if (isDone) return work;
        wakeNext();
      }
      throw new Error('a simulation has not ended after a million moments');
    },
  };
}
