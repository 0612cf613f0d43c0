/** Counts what each release has answered. */

import { LATENCY_BOUNDS_MS, type Traffic } from '../../../driver.ts';

export interface Counter {
  /** `ms`: time to the last byte. */
  count(ms: number, isError: boolean, status?: number): void;
  readonly requests: number;
  read(): Traffic;
}

/** Turned away: neither answered nor an error. */
const SHED = 429;

/** Goes on where an earlier count ended; one that makes no sense counts as none. */
export function createCounter(before?: Traffic): Counter {
  const buckets = LATENCY_BOUNDS_MS.length + 1;
  const isUsable = before?.latency.length === buckets;
  let requests = isUsable ? before.requests : 0;
  let errors = isUsable ? before.errors : 0;
  const failures = new Map(isUsable ? Object.entries(before.failures ?? {}) : []);
  const latency = isUsable ? [...before.latency] : new Array<number>(buckets).fill(0);
  return {
    get requests() {
      return requests;
    },
    count(ms, isError, status) {
      requests += 1;
      if (isError) errors += 1;
      if (isError || status === SHED) {
        const type = String(status ?? 'none');
        failures.set(type, (failures.get(type) ?? 0) + 1);
      }
      const bucket = bucketOf(ms);
      latency[bucket] = latency[bucket]! + 1;
    },
    read: () => ({
      ...{ requests, errors, latency: [...latency] },
      failures: Object.fromEntries(failures),
    }),
  };
}

/** The first bound that is not below; one past the last where all are. */
function bucketOf(ms: number): number {
  let low = 0;
  let high = LATENCY_BOUNDS_MS.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (LATENCY_BOUNDS_MS[middle]! < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
