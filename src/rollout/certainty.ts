/**
 * How far a number of a window can be trusted: the ends of its 95 % interval. A rollback trigger fires on what is sure,
 * the candidate at the better end of its interval and the stable release at the worse end, so that a handful of
 * requests does not take a good release back. Pure.
 *
 * Shares by Wilson's score interval (Journal of the American Statistical Association 22, 1927); quantiles by the normal
 * approximation of the ranks between which they lie.
 */

import type { Known } from '../language/index.ts';
import { LATENCY_BOUNDS_MS } from './driver.ts';
import { trafficReading, type TrafficWindow } from './traffic.ts';

/** Standard deviations on each side: 95 %. */
const Z = 1.96;

/** @param end `low` is the better end of every metric but throughput, which is counted and exact */
export function sureReading(
  window: TrafficWindow | undefined,
  metric: string,
  minSamples: number,
  end: 'low' | 'high',
): Known {
  const plain = trafficReading(window, metric, minSamples);
  if (window === undefined || plain.kind !== 'value' || metric === 'throughput') return plain;
  if (metric === 'error_rate') {
    const value = wilson(window.errors / window.requests, window.requests, end);
    return { kind: 'value', value };
  }
  const quantile = { latency_p50: 0.5, latency_p95: 0.95, latency_p99: 0.99 }[metric];
  return quantile === undefined ? plain : rankEnd(window.latency, quantile, end);
}

function wilson(share: number, of: number, end: 'low' | 'high'): number {
  const middle = share + (Z * Z) / (2 * of);
  const half = Z * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  const scale = 1 + (Z * Z) / of;
  return end === 'low'
    ? Math.max(0, (middle - half) / scale)
    : Math.min(1, (middle + half) / scale);
}

function rankEnd(latency: readonly number[], quantile: number, end: 'low' | 'high'): Known {
  const all = latency.reduce((sum, count) => sum + count, 0);
  const half = Z * Math.sqrt(all * quantile * (1 - quantile));
  const rank = end === 'low' ? Math.floor(all * quantile - half) : Math.ceil(all * quantile + half);
  const wanted = Math.min(all, Math.max(1, rank));
  let seen = 0;
  for (const [index, count] of latency.entries()) {
    seen += count;
    // Lower ends go by the bucket's lower end, upper ends by its upper one: never surer than the buckets are.
    const bound = LATENCY_BOUNDS_MS[end === 'low' ? index - 1 : index];
    if (seen >= wanted) return { kind: 'value', value: bound ?? (end === 'low' ? 0 : TOP_MS) };
  }
  return { kind: 'missing', why: 'no latency was measured' };
}

const TOP_MS = LATENCY_BOUNDS_MS.at(-1) ?? 0;
