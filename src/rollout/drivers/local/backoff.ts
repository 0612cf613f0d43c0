/** How long to wait before a process that keeps ending is started again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** One that ran this long has come to life; its next end is a new one. */
const STEADY_MS = 10_000;

export interface Backoff {
  /** It ended after so many ms; gives how long to wait now. */
  next(ranMs: number): number;
}

export function createBackoff(): Backoff {
  let waitMs = 0;
  return {
    next(ranMs) {
      waitMs = waitMs === 0 || ranMs >= STEADY_MS ? FIRST_MS : Math.min(waitMs * 2, LONGEST_MS);
      return waitMs;
    },
  };
}
