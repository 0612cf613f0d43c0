/** What a comparison can detect at the traffic that is expected, told before it begins. Pure. */

import { evaluateSentence, metricsOf } from '../../language/index.ts';
import { TRAFFIC_SCOPE } from '../triggers.ts';
import { Z_ALPHA } from './statistical.ts';
import type { AnalysisSpec, Compared, Expected } from './spec.ts';
import { standardError } from './standard-error.ts';
import { upperTail, Z_ONE_IN_TWENTY } from './statistics.ts';

export interface Detectable {
  /** A line a sentence. */
  readonly lines: readonly string[];
  /** Where equal releases would be held up, or worse ones slip through, more often than once in twenty. */
  readonly warnings: readonly string[];
}

/** Assumed of the release that serves, where nobody has measured it: 1 % errors, 100 ms, 100 requests a second. */
const ASSUMED: Readonly<Record<string, number>> = {
  ...{ error_rate: 0.01, throughput: 100 },
  ...{ latency_p50: 100, latency_p95: 100, latency_p99: 100 },
};

export function detectable(spec: AnalysisSpec): Detectable {
  const { expected, compared } = spec;
  if (compared.length === 0) return { lines: [], warnings: [] };
  if (expected === null) {
    const help = 'say how much comes: `expected_traffic: 100 req/s`';
    return { lines: [`what it can detect is not known: ${help}`], warnings: [] };
  }
  const told = compared.map((one) => oneDetectable(one, expected));
  const rounded = (count: number) => Math.round(count).toLocaleString('en').replaceAll(',', ' ');
  const { candidate, stable } = expected;
  return {
    lines: [
      `about ${rounded(candidate)} requests of the candidate, ${rounded(stable)} beside it`,
      ...told.flatMap(({ line }) => line),
      ...(spec.judge === 'statistical' ? [doubledText(expected)] : []),
    ],
    warnings: told.flatMap(({ warning }) => warning),
  };
}

function oneDetectable(
  one: Compared,
  { candidate, stable }: Expected,
): { readonly line: readonly string[]; readonly warning: readonly string[] } {
  const [metric, ...more] = metricsOf(one.expr, TRAFFIC_SCOPE);
  const baseline = metric === undefined ? undefined : ASSUMED[metric];
  if (metric === undefined || more.length > 0 || baseline === undefined)
    return { line: [], warning: [] };
  const margin = marginOf(one, metric, baseline);
  const error = standardError(metric, baseline, candidate, stable);
  if (margin === undefined || error === undefined) return { line: [], warning: [] };
  const isRatio = metric === 'error_rate';
  const needed = Z_ONE_IN_TWENTY * error;
  const effect = (margin + needed) * (isRatio ? 100 : 100 / baseline);
  const shown = `${Number(effect.toPrecision(2))} ${isRatio ? 'points' : '%'}`;
  const line = `${one.text}: ${shown} ${metric === 'throughput' ? 'less' : 'more'} is stopped 19 times of 20`;
  if (needed <= margin) return { line: [line], warning: [] };
  const chance = Math.round(upperTail(margin / error) * 100);
  const times = Math.ceil((needed / margin) ** 2 * 10) / 10;
  const warning = `\`${one.text}\` holds up ${chance} of 100 releases that are no worse: it takes ${times} times as many requests`;
  return { line: [line], warning: [warning] };
}

/** How much worse than the baseline a value may be before the sentence stops holding, found by halving. */
function marginOf({ expr }: Compared, metric: string, baseline: number): number | undefined {
  const holds = (value: number) =>
    evaluateSentence(expr, TRAFFIC_SCOPE, {
      metric: () => ({ kind: 'value', value }),
      baseline: () => ({ kind: 'value', value: baseline }),
      section: () => [],
    }).kind === 'true';
  let good = baseline;
  let bad = metric === 'throughput' ? 0 : baseline * 100;
  if (!holds(good) || holds(bad)) return undefined;
  for (let halved = 0; halved < 60; halved += 1) {
    const middle = (good + bad) / 2;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return Math.abs(good - baseline);
}

/**
 * Requests of the candidate with which the statistical judge sees a doubled error rate 95 times of 100 or more.
 * Fleiss, Statistical Methods for Rates and Proportions, 3.2, unequal samples; planned for 97.5 %, as the exact test is
 * careful with few errors.
 * @param ratio requests of the stable release to one of the candidate
 */
export function doubledSample(errorRate: number, ratio: number): number {
  const [p, q] = [errorRate, Math.min(1, errorRate * 2)];
  const mean = (q + ratio * p) / (1 + ratio);
  const equal = Z_ALPHA * Math.sqrt(mean * (1 - mean) * (1 + 1 / ratio));
  const apart = Z_POWER * Math.sqrt(q * (1 - q) + (p * (1 - p)) / ratio);
  return Math.ceil(((equal + apart) / (q - p)) ** 2);
}

/** Standard deviations that leave 2.5 % beyond them. */
const Z_POWER = 1.96;

function doubledText({ candidate, stable }: Expected): string {
  const needed = doubledSample(0.01, stable / candidate);
  return `a doubled error rate of 1 % is seen 19 times of 20 from ${needed} requests of the candidate on`;
}
