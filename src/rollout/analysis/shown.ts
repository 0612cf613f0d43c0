/** What effect so much traffic could have shown. Pure. */

import { formatValue, metricsOf, type Readings } from '../../language/index.ts';
import { TRAFFIC_SCOPE } from '../triggers.ts';
import type { Evidence } from './evidence.ts';
import { standardError } from './standard-error.ts';
import type { Compared } from './spec.ts';
import { Z_ONE_IN_TWENTY } from './statistics.ts';

/** A line for sentences about one metric with a baseline; none where nothing is known of either release. */
export function shownText(
  { expr }: Pick<Compared, 'expr'>,
  { candidate, stable }: Evidence,
  readings: Readings,
): string[] {
  const [metric, ...more] = metricsOf(expr, TRAFFIC_SCOPE);
  if (metric === undefined || more.length > 0 || candidate === null || stable === null) return [];
  const baseline = readings.baseline(metric);
  if (baseline.kind !== 'value' || typeof baseline.value !== 'number') return [];
  const [n, m] = [candidate.requests, stable.requests];
  if (n === 0 || m === 0) return [];
  const error = standardError(metric, baseline.value, n, m);
  if (error === undefined) return [];
  const { dimension } = TRAFFIC_SCOPE.metric(metric) ?? { dimension: 'number' };
  const effect = formatValue(Number((error * Z_ONE_IN_TWENTY).toPrecision(2)), dimension);
  return [`a difference of ${effect} or more shows in so many requests, 19 times of 20`];
}
