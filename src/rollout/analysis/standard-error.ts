/** How far the difference of two equal releases strays by chance. Pure. */

/** Standard deviation of the logarithm of latencies, where nobody has measured it: rather wide. */
const LOG_SPREAD = 0.8;

/** Quantile, with the density of the standard normal distribution at it. */
const QUANTILES: Readonly<Record<string, readonly [share: number, density: number]>> = {
  latency_p50: [0.5, 0.3989],
  latency_p95: [0.95, 0.1031],
  latency_p99: [0.99, 0.0267],
};

/** With no error seen, as many as leave one in twenty chances to see none. */
const NONE_SEEN = 3;

/**
 * Of the difference between a metric of two equal releases, with so many requests each, in the metric's own unit.
 * Shares: binomial. Quantiles of log-normal latencies: the asymptotic variance of a sample quantile. Throughput: requests
 * that come independently.
 */
export function standardError(
  metric: string,
  baseline: number,
  candidate: number,
  stable: number,
): number | undefined {
  const both = Math.sqrt(1 / candidate + 1 / stable);
  if (metric === 'error_rate') {
    const share = Math.min(0.5, Math.max(baseline, NONE_SEEN / (candidate + stable)));
    return Math.sqrt(share * (1 - share)) * both;
  }
  if (metric === 'throughput') return baseline * both;
  const quantile = Object.hasOwn(QUANTILES, metric) ? QUANTILES[metric] : undefined;
  if (quantile === undefined) return undefined;
  const [share, density] = quantile;
  return ((baseline * LOG_SPREAD * Math.sqrt(share * (1 - share))) / density) * both;
}
