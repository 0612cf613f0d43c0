import type { Clock } from '../clock.ts';

/** Runs `work`, and answers no sooner than the floor. */
export type LatencyFloor = <T>(work: () => T | Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Under a rehearsal's few seconds two copies of one release on a busy machine differ by more than a release may. With a
 * steady floor they differ by what they do.
 */
export function createLatencyFloor(floorMs: number, clock: Clock): LatencyFloor {
  return async (work, signal) => {
    if (floorMs === 0) return work();
    const startedMs = clock.monotonicMs();
    try {
      return await work();
    } finally {
      const leftMs = floorMs - (clock.monotonicMs() - startedMs);
      if (leftMs > 0) await clock.sleep(leftMs, signal).catch(() => undefined);
    }
  };
}
