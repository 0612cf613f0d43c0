/**
 * The weighted readiness score, as an interval with its evidence.
 *
 * A metric that is *not applicable* leaves the sum. A *missing* one stays: `low` counts it as 0,
 * `high` as 100. A *tolerated* absence leaves `low` and `high`, and lowers the evidence only.
 * Inside a component its metrics weigh the same; a component whose metrics are all not applicable has no score
 * and leaves the whole.
 */

import { evaluateExpression, metricsOf } from '../language/index.ts';
import type { ScoreComponent, ScoreMetric, ScorePlan } from './agent.ts';
import { typeScope } from './catalogue.ts';
import type { Tolerance } from './reading.ts';
import { known, toleratedAll, type Evidence } from './standing.ts';

type ScoredMetric = { readonly name: string } & (
  | { readonly kind: 'measured'; /** 0..100 */ readonly points: number }
  | { readonly kind: 'not_applicable'; readonly why: string }
  | { readonly kind: 'missing'; readonly why: string; readonly tolerated: readonly Tolerance[] }
);

/** Points 0..100. `low` and `high` are undefined when nothing in it applies or all that does is tolerated. */
export interface Interval {
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Share 0..1 of the applicable weight that was measured; 0 when nothing applies. */
  readonly evidence: number;
}

interface ScoredComponent extends Interval {
  readonly name: string;
  readonly weight: number;
  readonly metrics: readonly ScoredMetric[];
}

export interface Score extends Interval {
  readonly components: readonly ScoredComponent[];
}

interface Share extends Interval {
  readonly weight: number;
  /** False when nothing in it applies: it leaves the sum altogether. */
  readonly applies: boolean;
}

export function scoreOf(plan: ScorePlan, evidence: Evidence): Score {
  const components = plan.components.map((component) => scoreComponent(component, evidence));
  return {
    ...sum(
      components.map((component) => ({
        ...component,
        applies: component.metrics.some(({ kind }) => kind !== 'not_applicable'),
      })),
    ),
    components,
  };
}

function scoreComponent(component: ScoreComponent, evidence: Evidence): ScoredComponent {
  const metrics = component.metrics.map((metric) => scoreMetric(metric, evidence));
  return { name: component.name, weight: component.weight, metrics, ...sum(metrics.map(shareOf)) };
}

function shareOf(metric: ScoredMetric): Share {
  switch (metric.kind) {
    case 'measured':
      return { weight: 1, applies: true, low: metric.points, high: metric.points, evidence: 1 };
    case 'not_applicable':
      return { weight: 1, applies: false, low: undefined, high: undefined, evidence: 0 };
    case 'missing': {
      const counts = metric.tolerated.length === 0;
      return {
        weight: 1,
        applies: true,
        low: counts ? 0 : undefined,
        high: counts ? 100 : undefined,
        evidence: 0,
      };
    }
  }
}

function sum(shares: readonly Share[]): Interval {
  let counted = 0;
  let applicable = 0;
  let low = 0;
  let high = 0;
  let measured = 0;
  for (const share of shares) {
    if (!share.applies) continue;
    applicable += share.weight;
    measured += share.weight * share.evidence;
    if (share.low === undefined || share.high === undefined) continue;
    counted += share.weight;
    low += share.weight * share.low;
    high += share.weight * share.high;
  }
  return {
    low: counted === 0 ? undefined : tidy(low / counted),
    high: counted === 0 ? undefined : tidy(high / counted),
    evidence: applicable === 0 ? 0 : tidy(measured / applicable),
  };
}

/** Nine decimals: enough to be exact for people, few enough that 85 is never 84.99999999999999. */
export function tidy(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

function scoreMetric(metric: ScoreMetric, evidence: Evidence): ScoredMetric {
  const { name } = metric;
  const names = metricsOf(metric.expr);
  const measuredAny = names.some((n) => evidence.readings.get(n)?.kind === 'measured');
  const scope = typeScope(evidence.catalogue, []);
  // Where there is nothing to count, there are none: a project without npm packages has no vulnerable ones.
  const isDefectCount = (n: string) => {
    const entry = evidence.catalogue.get(n);
    return entry?.dimension === 'count' && entry.better === 'lower';
  };
  const value = evaluateExpression(metric.expr, scope, {
    metric(n) {
      const reading = known(evidence.readings, n);
      const none = reading.kind === 'not_applicable' && measuredAny && isDefectCount(n);
      return none ? { kind: 'value', value: 0 } : reading;
    },
    baseline: () => ({ kind: 'missing', why: 'a score has no baseline' }),
    section: () => [],
  });
  if (value.kind === 'value') {
    return { name, kind: 'measured', points: Math.min(100, Math.max(0, value.value)) };
  }
  const why = [...new Set(value.because.map((b) => b.why))].join('; ');
  if (value.kind === 'not_applicable') return { name, kind: 'not_applicable', why };
  return { name, kind: 'missing', why, tolerated: toleratedAll(value.because, evidence.readings) };
}
