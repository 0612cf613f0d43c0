/** How often a watch looks, and how much it has to see. */

import type { Windows } from '../plan.ts';

const LONGEST_LOOK_MS = 5000;
const SHORTEST_LOOK_MS = 100;

/** Twenty looks a watch, within bounds; twice as many where monitoring is enhanced. */
export function lookEvery(forMs: number, enhanced = false): number {
  const everyMs = Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, forMs / 20));
  return Math.round(enhanced ? Math.max(SHORTEST_LOOK_MS, everyMs / 2) : everyMs);
}

/** The latest minute, twenty requests, two bad looks in a row. A trial's minute is shorter, but never under five seconds: it has to see enough. */
export function windows(speed: number): Windows {
  const windowMs = Math.max(5000, 60_000 / speed);
  // A short look at a busy machine sees its other work too.
  return { windowMs, minSamples: 20, badLooks: 2, noiseMs: speed === 1 ? 10 : 25 };
}
