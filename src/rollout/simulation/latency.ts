/** How long requests take, as the counts a driver keeps. Times are spread log-normally between two known quantiles. */

import { LATENCY_BOUNDS_MS } from '../driver.ts';

export interface Latency {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** The 95 % quantile of the standard normal distribution. */
const Z95 = 1.6449;

/** The part of all requests in each bucket that has any; together 1. */
export type Spread = readonly (readonly [bucket: number, part: number])[];

/** Less than one of a million requests is nothing. */
const LEAST = 1e-6;

export function spread({ p50Ms, p95Ms }: Latency): Spread {
  const sigma = Math.log(Math.max(p95Ms, p50Ms * 1.001) / p50Ms) / Z95;
  let before = 0;
  const parts = LATENCY_BOUNDS_MS.map((bound, bucket) => {
    const upTo = normal(Math.log(bound / p50Ms) / sigma);
    const part = upTo - before;
    before = Math.max(before, upTo);
    return [bucket, part] as const;
  });
  const kept = [...parts, [LATENCY_BOUNDS_MS.length, 1 - before] as const].filter(
    ([, part]) => part >= LEAST,
  );
  const sum = kept.reduce((total, [, part]) => total + part, 0);
  return kept.map(([bucket, part]) => [bucket, part / sum]);
}

/** The part of a standard normal distribution up to `x`, to 1e-7. Abramowitz and Stegun, 26.2.17. */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return x >= 0 ? 1 - tail : tail;
}
