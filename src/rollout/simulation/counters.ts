/** Counts of requests that only grow. What is less than a whole request is carried over, so nothing is ever lost. */

import { LATENCY_BOUNDS_MS, type Traffic } from '../driver.ts';
import { spread, type Latency, type Spread } from './latency.ts';

export interface Counters {
  /** @param requests need not be whole @param errorShare of them, 0..1 */
  add(requests: number, errorShare: number, latency: Latency): void;
  read(): Traffic;
}

/** @param phase 0..1: how much of a request there is at the beginning */
export function counters(phase: number): Counters {
  let due = phase;
  let dueErrors = phase;
  let requests = 0;
  let errors = 0;
  const wanted = new Float64Array(LATENCY_BOUNDS_MS.length + 1);
  const counts = Array.from(wanted, () => 0);
  const spreads = new Map<string, Spread>();

  function spreadOf(latency: Latency): Spread {
    const key = `${latency.p50Ms} ${latency.p95Ms}`;
    const found = spreads.get(key) ?? spread(latency);
    spreads.set(key, found);
    return found;
  }

  /** Whole requests go where they are due; the rest, one by one, where most is owed. */
  function fill(parts: Spread, whole: number): void {
    let left = whole;
    for (const [bucket, part] of parts) {
      wanted[bucket] = (wanted[bucket] ?? 0) + whole * part;
      const give = Math.min(left, Math.max(0, Math.floor(owed(bucket))));
      counts[bucket] = (counts[bucket] ?? 0) + give;
      left -= give;
    }
    for (; left > 0; left -= 1) {
      let most = parts[0]?.[0] ?? 0;
      for (const [bucket] of parts) if (owed(bucket) > owed(most)) most = bucket;
      counts[most] = (counts[most] ?? 0) + 1;
    }
  }

  const owed = (index: number) => (wanted[index] ?? 0) - (counts[index] ?? 0);

  return {
    add(more, errorShare, latency) {
      due += more;
      const whole = Math.floor(due - requests + 1e-9);
      if (whole <= 0) return;
      requests += whole;
      dueErrors += whole * errorShare;
      errors = Math.max(errors, Math.floor(dueErrors + 1e-9));
      fill(spreadOf(latency), whole);
    },
    read: () => ({
      ...{ requests, errors, latency: [...counts] },
      failures: errors > 0 ? { 500: errors } : {},
    }),
  };
}
