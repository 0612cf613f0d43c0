/** The two dials, turned: how many instances of each release, and how much traffic each gets. Pure. */

import type { ReleaseRecord } from '../../history/records.ts';
import type { Desired, Dial, Slot } from '../driver.ts';

export interface Fleet {
  readonly candidate: ReleaseRecord;
  readonly stable: ReleaseRecord | null;
  readonly instances: number;
  readonly dials: readonly Dial[];
}

/**
 * @param candidate instances of the candidate
 * @param stable instances of the stable release
 * @param share of the traffic for the candidate, 0..1; without the dial `traffic` it follows from the instances
 */
export function shape(fleet: Fleet, candidate: number, stable: number, share: number): Desired {
  const rest = fleet.stable === null ? 0 : stable;
  const all = candidate + rest;
  const follows = all === 0 ? 0 : candidate / all;
  const part = fleet.dials.includes('traffic') ? share : follows;
  const slots: Slot[] = [];
  if (candidate > 0)
    slots.push({
      release: fleet.candidate,
      instances: candidate,
      share: rest === 0 ? +(part > 0) : part,
    });
  if (fleet.stable !== null && rest > 0)
    slots.push({
      release: fleet.stable,
      instances: rest,
      share: candidate === 0 ? 1 : tidy(1 - part),
    });
  return { slots };
}

/** 1 - 0.1 shall be 0.9. */
function tidy(share: number): number {
  return Math.round(share * 1e9) / 1e9;
}

/** Instances the candidate has after each batch: `ceil` of the cumulative share, batches that add nothing dropped. */
export function batchesOf(instances: number, batchShare: number): readonly number[] {
  const found: number[] = [];
  const batches = Math.ceil(1 / batchShare - 1e-9);
  for (let batch = 1; batch <= batches; batch += 1) {
    const target = Math.min(
      instances,
      Math.ceil(instances * Math.min(1, batch * batchShare) - 1e-9),
    );
    if (target > (found.at(-1) ?? 0)) found.push(target);
  }
  return found;
}
