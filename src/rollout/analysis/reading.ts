/** The metrics of one release, read from what was seen of it; and the ends of the interval in which each surely lies. Pure. */

import type { Known } from '../../language/index.ts';
import { LATENCY_BOUNDS_MS } from '../driver.ts';
import type { Side } from './evidence.ts';
import { countSpread, rankEnd, shareEnd, total, type Histogram } from './statistics.ts';

const QUANTILES: Readonly<Record<string, number>> = {
  ...{ latency_p50: 0.5, latency_p95: 0.95, latency_p99: 0.99 },
};

/** A reading, or why there is none; `few` where more of the same would help. */
export type Read =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'few' | 'none'; readonly why: string };

/** @param end `better` and `worse`: of the 95 % interval, as the metric has it; absent: the number itself */
export function readSide(
  side: Side | null,
  metric: string,
  minSamples: number,
  end?: 'better' | 'worse',
): Read {
  if (side === null) return none('nothing was counted');
  const told = Object.hasOwn(side.told, metric) ? side.told[metric] : undefined;
  if (told?.kind === 'none') return none(told.why);
  if (told !== undefined) return within(metric, toldValue(metric, told, minSamples, end));
  if (side.requests === 0) return none('no requests were counted');
  if (side.requests < minSamples)
    return { kind: 'few', why: `${side.requests} requests, and it takes ${minSamples}` };
  return within(metric, countedValue(side, metric, end));
}

function toldValue(
  metric: string,
  { value, samples }: { readonly value: number; readonly samples: number },
  minSamples: number,
  end: 'better' | 'worse' | undefined,
): Read {
  if (!(samples > 0)) return none('the source has no samples');
  if (samples < minSamples)
    return { kind: 'few', why: `${samples} samples, and it takes ${minSamples}` };
  if (end === undefined || metric !== 'error_rate' || !(value >= 0 && value <= 1))
    return number(value);
  return number(shareEnd(value, samples, end === 'better' ? 'low' : 'high'));
}

function countedValue(side: Side, metric: string, end: 'better' | 'worse' | undefined): Read {
  const { requests, errors, shed, exposedMs, latency } = side;
  if (metric === 'error_rate') {
    const share = errors / requests;
    if (end === undefined) return number(share);
    return number(shareEnd(share, requests, end === 'better' ? 'low' : 'high'));
  }
  if (metric === 'throughput') {
    if (!(exposedMs > 0)) return none('it had no share of the traffic');
    const answered = Math.max(0, requests - errors - shed);
    const rate = answered / (exposedMs / 1000);
    const spread = end === undefined ? 0 : countSpread(answered) * (end === 'better' ? 1 : -1);
    return number(Math.max(0, rate * (1 + spread)));
  }
  const quantile = Object.hasOwn(QUANTILES, metric) ? QUANTILES[metric] : undefined;
  if (quantile === undefined) return none(`nobody measures ${metric}`);
  const all = total(latency);
  if (all === 0) return none('no latency was measured');
  const rank =
    end === undefined ? all * quantile : rankEnd(all, quantile, end === 'better' ? 'low' : 'high');
  return number(atRank(latency, rank));
}

/** Within its bucket a request is as far up as its rank is. Above the last bound nothing is known but that. */
function atRank(latency: Histogram, rank: number): number {
  let seen = 0;
  for (const [bucket, count] of latency) {
    if (seen + count < rank) {
      seen += count;
      continue;
    }
    const [low, high] = [LATENCY_BOUNDS_MS[bucket - 1] ?? 0, LATENCY_BOUNDS_MS[bucket]];
    return high === undefined ? Infinity : low + ((high - low) * (rank - seen)) / count;
  }
  return Infinity;
}

/** A number that the metric cannot have tells nothing: a source that answers NaN, or a percentage for a share. */
function within(metric: string, read: Read): Read {
  if (read.kind !== 'value') return read;
  const { value } = read;
  if (typeof value !== 'number' || !Number.isFinite(value)) return none(`it was ${String(value)}`);
  if (metric === 'user_feedback') return read;
  if (value < 0) return none(`it was ${value}, and cannot be below 0`);
  if (metric === 'error_rate' && value > 1)
    return none(`it was ${value}, and a share is at most 1`);
  return read;
}

export function asKnown(read: Read): Known {
  return read.kind === 'value' ? read : { kind: 'missing', why: read.why };
}

const number = (value: number): Read => ({ kind: 'value', value });
const none = (why: string): Read => ({ kind: 'none', why });
