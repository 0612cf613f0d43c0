/** What a release's requests looked like in a window of time, from counters that only grow. Pure. */

import type { Known } from '../language/index.ts';
import { LATENCY_BOUNDS_MS, type Traffic } from './driver.ts';

/** Counters as they stood at one look. */
export interface TrafficLook {
  /** Epoch ms. */
  readonly at: number;
  readonly traffic: Traffic;
  /** Of all requests, 0..1, from then on. */
  readonly share: number;
}

/** Requests of one release between two looks. */
export interface TrafficWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** What the release would have had to itself: the sum of time by share. */
  readonly exposedMs: number;
  readonly requests: number;
  readonly errors: number;
  /** Turned away with 429: neither an answer nor an error. */
  readonly shed: number;
  /** By `LATENCY_BOUNDS_MS`. */
  readonly latency: readonly number[];
}

/**
 * The latest window: between the newest look and the newest one at least `windowMs` older, or the oldest there is.
 * Undefined with fewer than two looks, and where a counter fell: then they are not the same counters.
 */
export function latestWindow(
  looks: readonly TrafficLook[],
  windowMs: number,
): TrafficWindow | undefined {
  const last = looks.at(-1);
  const first =
    looks.findLast(({ at }) => last !== undefined && at <= last.at - windowMs) ?? looks[0];
  if (last === undefined || first === undefined || first === last) return undefined;
  const requests = last.traffic.requests - first.traffic.requests;
  const errors = last.traffic.errors - first.traffic.errors;
  const latency = last.traffic.latency.map(
    (count, index) => count - (first.traffic.latency[index] ?? 0),
  );
  if (requests < 0 || errors < 0 || latency.some((count) => count < 0)) return undefined;
  const exposedMs = exposure(looks.slice(looks.indexOf(first)));
  const shed = Math.max(0, shedOf(last) - shedOf(first));
  return { fromMs: first.at, toMs: last.at, exposedMs, requests, errors, shed, latency };
}

const shedOf = ({ traffic: { failures } }: TrafficLook) => failures?.['429'] ?? 0;

function exposure(looks: readonly TrafficLook[]): number {
  let sum = 0;
  for (const [index, { at, share }] of looks.entries()) {
    const next = looks[index + 1];
    if (next !== undefined) sum += (next.at - at) * share;
  }
  return sum;
}

/** Looks a later window can still need. */
export function recentLooks(looks: readonly TrafficLook[], windowMs: number): TrafficLook[] {
  const last = looks.at(-1);
  const first = looks.findLastIndex(({ at }) => last !== undefined && at <= last.at - windowMs);
  return looks.slice(Math.max(0, first));
}

/** @param minSamples with fewer requests nothing can be told of the window */
export function trafficReading(
  window: TrafficWindow | undefined,
  metric: string,
  minSamples: number,
): Known {
  if (window === undefined) return { kind: 'missing', why: 'no requests were counted' };
  if (metric === 'throughput') {
    // By the share, so that a tenth of the traffic is not a tenth of the throughput.
    if (window.exposedMs <= 0) return { kind: 'missing', why: 'it had no share of the traffic' };
    const answered = Math.max(0, window.requests - window.errors - window.shed);
    return { kind: 'value', value: answered / (window.exposedMs / 1000) };
  }
  if (window.requests < minSamples)
    return { kind: 'missing', why: `${window.requests} requests, and it takes ${minSamples}` };
  if (metric === 'error_rate') return { kind: 'value', value: window.errors / window.requests };
  const quantile = { latency_p50: 0.5, latency_p95: 0.95, latency_p99: 0.99 }[metric];
  if (quantile === undefined) return { kind: 'missing', why: `traffic has no ${metric}` };
  return quantileOf(window.latency, quantile);
}

/**
 * The upper end of the bucket in which the quantile lies: never told too low, and at most 5 % too high.
 * Above the last bound nothing is known but that.
 */
function quantileOf(latency: readonly number[], quantile: number): Known {
  const all = latency.reduce((sum, count) => sum + count, 0);
  if (all === 0) return { kind: 'missing', why: 'no latency was measured' };
  const rank = Math.ceil(all * quantile);
  let seen = 0;
  for (const [index, count] of latency.entries()) {
    seen += count;
    if (seen >= rank) return { kind: 'value', value: LATENCY_BOUNDS_MS[index] ?? Infinity };
  }
  return { kind: 'missing', why: 'no latency was measured' };
}
