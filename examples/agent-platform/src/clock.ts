import { setTimeout as delay } from 'node:timers/promises';

/** Time as a port, so that tests decide when it passes. */
export interface Clock {
  /** Wall time in milliseconds since 1970. */
  nowMs(): number;
  /** A clock that never runs backwards, in milliseconds, for durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, rejects when the signal aborts first. Never keeps the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { ref: false, ...(signal && { signal }) }),
};

/** Milliseconds as people read them, to the hundredth. */
export function roundMs(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** Runs `work`, and gives up with `late()` after `ms`. The signal handed to `work` aborts then too. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => Error,
): Promise<T> {
  const task = new AbortController();
  const timer = new AbortController();
  const timeout = clock.sleep(ms, timer.signal).then(() => {
    throw late();
  });
  try {
    return await Promise.race([work(task.signal), timeout]);
  } finally {
    timeout.catch(() => undefined);
    timer.abort();
    task.abort();
  }
}
