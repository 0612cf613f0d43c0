/** What a gate asks of a canary, as the comparison goes by it. Pure. */

import { metricsOf } from '../../language/index.ts';
import type { CanarySpec, RollbackTrigger } from '../../judge/deployment.ts';
import { TRAFFIC_SCOPE } from '../triggers.ts';
import type { AnalysisSpec, Compared, Expected } from './spec.ts';

interface Surroundings {
  readonly minSamples: number;
  readonly noiseMs: number;
  /** How many looks there will be. */
  readonly lookCount: number;
  readonly declared: readonly string[];
  readonly expected: Expected | null;
}

/** Of the last five looks three: most of what can be seen in a quarter of a comparison. */
const LOOKS = 5;
const MOST_OF = 0.6;

/** Undefined where the gate asks for nothing: then only its triggers decide. */
export function analysisOf(
  { comparisons, criteria, judge }: Pick<CanarySpec, 'comparisons' | 'criteria' | 'judge'>,
  triggers: readonly RollbackTrigger[],
  { minSamples, noiseMs, lookCount, declared, expected }: Surroundings,
): AnalysisSpec | undefined {
  if (comparisons.length === 0 && criteria.length === 0) return undefined;
  const of = Math.min(LOOKS, Math.max(1, lookCount));
  const compared = comparisons.map((one): Compared => {
    const [metric, ...more] = metricsOf(one.expr, TRAFFIC_SCOPE);
    const beyond = triggers.find(
      (trigger) =>
        trigger.kind === 'sentence' &&
        more.length === 0 &&
        metricsOf(trigger.expr, TRAFFIC_SCOPE).join() === metric,
    );
    return {
      ...one,
      beyond: beyond?.kind === 'sentence' ? { text: beyond.text, expr: beyond.expr } : null,
    };
  });
  return {
    ...{ compared, criteria, judge, minSamples, noiseMs, declared, expected },
    looks: { needed: Math.ceil(of * MOST_OF), of },
  };
}
