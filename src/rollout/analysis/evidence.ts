/**
 * What was seen of both releases since a comparison began: plain JSON, so that it is recorded beside its verdict and the
 * verdict can be told from it again. Pure.
 */

import type { Traffic } from '../driver.ts';
import type { TrafficLook } from '../traffic.ts';
import type { Histogram } from './statistics.ts';

/** One release, over the whole comparison so far. */
export interface Side {
  readonly requests: number;
  readonly errors: number;
  /** Answered with 429: neither an answer nor an error. */
  readonly shed: number;
  /** What the release would have had to itself: the sum of time by share, ms. */
  readonly exposedMs: number;
  /** How often its counters began anew; what was counted in between is not known and left out. */
  readonly resets: number;
  /** By `LATENCY_BOUNDS_MS`, buckets that have any. */
  readonly latency: Histogram;
  /** Failed requests by type: the status, or what a source calls it; null where nobody tells. */
  readonly failures: Readonly<Record<string, number>> | null;
  /** What declared sources say, by metric; it goes before what was counted. */
  readonly told: Readonly<Record<string, Told>>;
}

export type Told =
  | { readonly kind: 'value'; readonly value: number; readonly samples: number }
  /** It answered, and there is nothing that counts: empty, NaN, stale. */
  | { readonly kind: 'none'; readonly why: string };

/** One look. */
export interface Evidence {
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Null where nothing is known of the release. */
  readonly candidate: Side | null;
  readonly stable: Side | null;
  /** Sources that could not be asked, in words. Nothing of it is the release's fault. */
  readonly troubles: readonly string[];
}

export const NOTHING: Side = {
  ...{ requests: 0, errors: 0, shed: 0, exposedMs: 0, resets: 0 },
  ...{ latency: [], failures: null, told: {} },
};

const SHED = '429';

/** Adds what happened between two looks; where a counter fell it is not the same counter, and nothing is added. */
export function added(side: Side, before: TrafficLook, now: TrafficLook): Side {
  const requests = now.traffic.requests - before.traffic.requests;
  const errors = now.traffic.errors - before.traffic.errors;
  const latency = now.traffic.latency.map((count, at) => count - (before.traffic.latency[at] ?? 0));
  const types = typesBetween(typesOf(before.traffic), typesOf(now.traffic));
  const grown = [requests, errors, ...latency, ...Object.values(types)];
  if (grown.some((count) => count < 0)) return { ...side, resets: side.resets + 1 };
  const { [SHED]: shed = 0, ...failed } = types;
  return {
    ...side,
    requests: side.requests + requests,
    errors: side.errors + errors,
    shed: side.shed + shed,
    exposedMs: side.exposedMs + (now.at - before.at) * before.share,
    latency: latencyWith(side.latency, latency),
    failures: summed(side.failures ?? {}, failed),
  };
}

/** Where nobody tells them apart, all errors are of one type. */
function typesOf({ failures, errors }: Traffic): Readonly<Record<string, number>> {
  return failures ?? { error: errors };
}

function typesBetween(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return Object.fromEntries(names.map((name) => [name, (now[name] ?? 0) - (before[name] ?? 0)]));
}

function summed(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = new Map(Object.entries(one));
  for (const [name, count] of Object.entries(other)) {
    if (count > 0) sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return Object.fromEntries(sum);
}

function latencyWith(histogram: Histogram, more: readonly number[]): Histogram {
  const sum = new Map(histogram);
  for (const [bucket, count] of more.entries()) {
    if (count > 0) sum.set(bucket, (sum.get(bucket) ?? 0) + count);
  }
  return [...sum].sort(([a], [b]) => a - b);
}
