/**
 * One sentence of `metrics_comparison`, on what was seen so far. Pure.
 *
 *   it holds ─────────────────────────────────────────────────▶ pass
 *   it does not, and the metric's rollback trigger surely holds ▶ fail
 *   it does not, no trigger names the metric, and it is sure ──▶ fail
 *   it does not, and neither ──────────────────────────────────▶ inconclusive: between promote and roll back
 *
 * The sentence holds or not exactly as it says, on the numbers themselves. Sure means at 95 %: the candidate at the better
 * end of its interval, the other release at the worse end of its own.
 */

import {
  evaluateSentence,
  explainSentence,
  metricsOf,
  type Known,
  type Readings,
} from '../../language/index.ts';
import { TRAFFIC_SCOPE } from '../triggers.ts';
import type { Evidence } from './evidence.ts';
import { asKnown, readSide } from './reading.ts';
import { sidesText } from './sides-text.ts';
import type { AnalysisSpec, Answer, Compared, Judgement } from './spec.ts';
import { shownText } from './shown.ts';
import { statisticalNo } from './statistical.ts';

type Rules = Pick<AnalysisSpec, 'minSamples' | 'noiseMs' | 'judge'>;

export function judgeComparison(one: Compared, evidence: Evidence, rules: Rules): Judgement {
  const counted = readingsOf(evidence, rules, 'counted');
  const outcome = evaluateSentence(one.expr, TRAFFIC_SCOPE, counted);
  const metrics = metricsOf(one.expr, TRAFFIC_SCOPE);
  const lines = [
    ...explainSentence(one.expr, TRAFFIC_SCOPE, counted),
    ...noiseText(metrics, rules),
    ...sidesText(evidence, metrics),
    ...shownText(one, evidence, counted),
  ];
  const said = (answer: Answer, ...more: readonly string[]): Judgement => ({
    sentence: one.text,
    answer,
    explanation: [...lines, ...more, `asked by ${one.place.file}:${one.place.line}`],
  });
  if (outcome.kind !== 'true' && outcome.kind !== 'false')
    return said(isFew(metrics, evidence, rules) ? 'inconclusive' : 'no_data');
  if (rules.judge === 'statistical') {
    const no = statisticalNo(metrics, evidence, outcome.kind === 'true');
    if (no.is) return said('fail', ...no.lines);
    return said(outcome.kind === 'true' ? 'pass' : 'inconclusive', ...no.lines);
  }
  if (outcome.kind === 'true') return said('pass');
  const sure = readingsOf(evidence, rules, 'sure');
  const { beyond } = one;
  if (beyond !== null) {
    const isBeyond = evaluateSentence(beyond.expr, TRAFFIC_SCOPE, sure).kind === 'true';
    if (isBeyond) return said('fail', `and \`${beyond.text}\` takes it back`);
    return said('inconclusive', `between this and \`${beyond.text}\``);
  }
  if (evaluateSentence(one.expr, TRAFFIC_SCOPE, sure).kind === 'false') return said('fail');
  return said('inconclusive', 'so few requests may differ so much by chance');
}

/** Does something only lack samples? Then more time helps. */
function isFew(metrics: readonly string[], evidence: Evidence, { minSamples }: Rules): boolean {
  const reads = metrics.flatMap((metric) => [
    readSide(evidence.candidate, metric, minSamples),
    readSide(evidence.stable, metric, minSamples),
  ]);
  return reads.some(({ kind }) => kind === 'few') && reads.every(({ kind }) => kind !== 'none');
}

function readingsOf(evidence: Evidence, rules: Rules, how: 'counted' | 'sure'): Readings {
  const { minSamples, noiseMs } = rules;
  const isSure = how === 'sure';
  return {
    metric: (name) =>
      asKnown(readSide(evidence.candidate, name, minSamples, isSure ? 'better' : undefined)),
    baseline: (name) => {
      const read = readSide(evidence.stable, name, minSamples, isSure ? 'worse' : undefined);
      return withNoise(asKnown(read), name, noiseMs);
    },
    section: () => [],
  };
}

function withNoise(known: Known, metric: string, noiseMs: number): Known {
  if (known.kind !== 'value' || !metric.startsWith('latency')) return known;
  return { kind: 'value', value: Number(known.value) + noiseMs };
}

function noiseText(metrics: readonly string[], { noiseMs }: Rules): string[] {
  if (noiseMs === 0 || !metrics.some((name) => name.startsWith('latency'))) return [];
  return [
    `latencies less than ${noiseMs} ms apart are taken for the same: the baseline has them on top`,
  ];
}
