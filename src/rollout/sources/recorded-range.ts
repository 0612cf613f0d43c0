/** Range answers of Prometheus kept in a file, as looks at two releases. Pure. */

import { z } from 'zod';
import { fail, ok, type Result } from '../../failure.ts';
import { SOURCE_METRICS } from '../../config/environment.ts';
import { NOTHING, type Evidence, type Side, type Told } from '../analysis/evidence.ts';
import { growthOf, meanOf, readRange, staleText, type Series } from './range.ts';

/** Answers by metric; or one whose series are named after metrics. */
const Whole = z.partialRecord(z.enum(SOURCE_METRICS), z.unknown());

export interface Ranges {
  readonly byMetric: ReadonlyMap<string, readonly Series[]>;
  /** Names in the label that tells releases apart. */
  readonly releases: readonly string[];
}

/** Labels that may name the release, the first one found. */
const RELEASE_LABELS = ['release', 'version'];
const STALE_STEPS = 2;

/** @returns or what is wrong with it */
export function readRanges(json: unknown): Result<Ranges, string> {
  const byMetric = new Map<string, readonly Series[]>();
  const isOne = typeof json === 'object' && json !== null && 'status' in json;
  if (isOne) {
    const series = readRange(json);
    if (!series.ok) return series;
    for (const one of series.value) {
      const name = one.labels['__name__'] ?? '';
      if (!SOURCE_METRICS.some((metric) => metric === name))
        return fail(`no metric is called \`${name}\`; there are ${SOURCE_METRICS.join(', ')}`);
      byMetric.set(name, [...(byMetric.get(name) ?? []), one]);
    }
  } else {
    const whole = Whole.safeParse(json);
    if (!whole.success) return fail(`it has no answers by metric: ${SOURCE_METRICS.join(', ')}`);
    for (const [metric, answer] of Object.entries(whole.data)) {
      const series = readRange(answer);
      if (!series.ok) return fail(`${metric}: ${series.failure}`);
      byMetric.set(metric, series.value);
    }
  }
  const names = [...byMetric.values()].flat().map(releaseOf);
  if (names.includes(undefined))
    return fail(`a series has no label ${RELEASE_LABELS.join(' or ')}`);
  return ok({ byMetric, releases: [...new Set(names as string[])].sort() });
}

function releaseOf({ labels }: Series): string | undefined {
  const label = RELEASE_LABELS.find((name) => Object.hasOwn(labels, name));
  return label === undefined ? undefined : labels[label];
}

export function looksInRanges(
  { byMetric }: Ranges,
  roles: { readonly candidate: string; readonly stable: string },
): readonly Evidence[] {
  const all = [...byMetric.values()].flat().flatMap(({ points }) => points.map(([at]) => at));
  const moments = [...new Set(all)].sort((a, b) => a - b);
  const [fromMs = 0] = moments;
  const steps = moments.slice(1).map((at, index) => at - (moments[index] ?? at));
  const stepMs = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1000;
  const upTo = (toMs: number, release: string) => {
    const own = [...byMetric].map(([metric, series]) => {
      const mine = series.filter((one) => releaseOf(one) === release);
      const cut = mine.map(({ labels, points }) => ({
        labels,
        points: points.filter(([at]) => at <= toMs),
      }));
      return [metric, cut] as const;
    });
    return sideOf(new Map(own), { fromMs, toMs, stepMs });
  };
  return moments.map((toMs) => ({
    ...{ fromMs, toMs, troubles: [] },
    candidate: upTo(toMs, roles.candidate),
    stable: upTo(toMs, roles.stable),
  }));
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

function sideOf(byMetric: ReadonlyMap<string, readonly Series[]>, range: Range): Side {
  const { fromMs, toMs, stepMs } = range;
  const fresh = { endMs: toMs, staleMs: STALE_STEPS * stepMs };
  const told: Record<string, Told> = {};
  let failures: Record<string, number> | null = null;
  for (const [metric, series] of byMetric) {
    if (metric === 'error_types') {
      failures = {};
      for (const one of series) {
        const type = one.labels['type'] ?? 'unnamed';
        failures[type] = (failures[type] ?? 0) + Math.round(growthOf(one, fromMs));
      }
    } else told[metric] = metric === 'requests' ? countOf(series, fresh) : numberOf(series, fresh);
  }
  const count = told['requests'];
  for (const [metric, one] of Object.entries(told)) {
    if (one.kind === 'value' && count?.kind === 'value')
      told[metric] = { ...one, samples: count.value };
  }
  return { ...NOTHING, failures, told };
}

function numberOf(series: readonly Series[], fresh: Parameters<typeof meanOf>[1]): Told {
  const mean = meanOf(series, fresh);
  return mean.ok ? mean.value : { kind: 'none', why: mean.failure };
}

function countOf(series: readonly Series[], fresh: Parameters<typeof meanOf>[1]): Told {
  const [only, ...more] = series;
  const stale = staleText(only?.points ?? [], fresh);
  if (only === undefined || more.length > 0 || stale !== undefined)
    return { kind: 'none', why: stale ?? `${series.length} series, and one is wanted` };
  const value = growthOf(only);
  return { kind: 'value', value, samples: value };
}
