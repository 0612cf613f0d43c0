/** Comparisons for tests: the specification's sentences, and both releases made of a few numbers. */

import { parseSentence } from '../../../src/language/index.ts';
import { CRITERIA, type RollbackTrigger } from '../../../src/judge/deployment.ts';
import { NOTHING, type Evidence, type Side } from '../../../src/rollout/analysis/evidence.ts';
import { analysisOf } from '../../../src/rollout/analysis/spec-of.ts';
import type { AnalysisSpec } from '../../../src/rollout/analysis/spec.ts';
import { LATENCY_BOUNDS_MS } from '../../../src/rollout/driver.ts';

const place = { file: 'gates/staging/canary.yaml', line: 12, column: 7 };

const sentence = (text: string) => {
  const parsed = parseSentence(text);
  if (!parsed.ok) throw new Error(text);
  return { text, expr: parsed.expr, place };
};

export const COMPARISON = [
  'error_rate <= baseline + 1%',
  'latency_p50 <= baseline + 10%',
  'latency_p95 <= baseline + 20%',
  'throughput >= baseline - 5%',
];
export const TRIGGERS = ['error_rate > baseline + 5%', 'latency_p95 > baseline + 50%'];

export function spec(
  changes: Partial<AnalysisSpec> & { sentences?: readonly string[] } = {},
): AnalysisSpec {
  const { sentences = COMPARISON, ...rest } = changes;
  const triggers = TRIGGERS.map((text): RollbackTrigger => ({
    kind: 'sentence',
    ...sentence(text),
  }));
  const canary = {
    comparisons: sentences.map(sentence),
    criteria: CRITERIA.map((name) => ({ name, place })),
    judge: 'limits' as const,
  };
  const around = { minSamples: 20, noiseMs: 0, lookCount: 20, declared: [], expected: null };
  return { ...analysisOf(canary, triggers, around)!, ...rest };
}

/** The bucket of a time. */
const bucketOf = (ms: number) => LATENCY_BOUNDS_MS.findIndex((bound) => bound >= ms);

export interface Behaves {
  readonly requests?: number;
  readonly errors?: number;
  readonly shed?: number;
  /** Of the traffic, 0..1. */
  readonly share?: number;
  /** Of what was sent in ten minutes, answered or not. */
  readonly p50?: number;
  readonly p95?: number;
  readonly failures?: Readonly<Record<string, number>> | null;
  readonly told?: Side['told'];
}

/** Ninety of a hundred requests take `p50`, the slow ones `p95`. */
export function side(behaves: Behaves = {}): Side {
  const { requests = 1000, errors = 0, shed = 0, share = 0.1, p50 = 40, p95 = 100 } = behaves;
  const slow = Math.ceil(requests * 0.1);
  const counts = new Map<number, number>();
  for (const [ms, count] of [
    [p50, requests - slow],
    [p95, slow],
  ] as const) {
    counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + count);
  }
  return {
    ...NOTHING,
    ...{ requests, errors, shed, exposedMs: 600_000 * share, told: behaves.told ?? {} },
    latency: [...counts].sort(([a], [b]) => a - b),
    failures:
      behaves.failures === undefined ? (errors > 0 ? { 500: errors } : {}) : behaves.failures,
  };
}

export function evidence(candidate: Side | null, stable: Side | null = STABLE): Evidence {
  return { fromMs: 0, toMs: 600_000, candidate, stable, troubles: [] };
}

export const STABLE = side({ requests: 9000, errors: 90, share: 0.9 });
/** As the stable one, on its part of the traffic. */
export const SAME = side({ requests: 1000, errors: 10 });

export const five = (one: Evidence): Evidence[] => [one, one, one, one, one];
