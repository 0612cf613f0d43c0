/** Asks a Prometheus server for a range: of one release, from when it was compared on. */

import { fail, ok, type Result } from '../../failure.ts';
import type { PrometheusSource } from '../../config/environment.ts';
import { fetchJson } from './fetch-json.ts';
import { intoQuery } from './placeholders.ts';
import type { Asked, Saying } from './asked.ts';
import { growthOf, meanOf, readRange, staleText, type Series } from './range.ts';

const LEAST_STEP_MS = 1000;
const POINTS = 120;

export async function askPrometheus(
  source: PrometheusSource,
  asked: Asked,
  signal: AbortSignal,
): Promise<Result<Saying, string>> {
  const endMs = asked.toMs - source.lagMs;
  const stepMs = Math.max(LEAST_STEP_MS, Math.ceil((endMs - asked.fromMs) / POINTS / 1000) * 1000);
  if (endMs <= asked.fromMs)
    return ok({ kind: 'told', told: { kind: 'none', why: 'it is too early: the source lags' } });
  const answer = await fetchJson(rangeUrl(source, asked, endMs, stepMs), source.timeoutMs, signal);
  if (!answer.ok) return answer;
  const series = readRange(answer.value);
  if (!series.ok) return series;
  const fresh = { endMs, staleMs: Math.max(2 * stepMs, STALE_MS) };
  switch (asked.metric) {
    case 'error_types':
      return typesOf(series.value, source.label ?? 'type', asked.fromMs + stepMs);
    case 'requests': {
      const [only, ...more] = series.value;
      if (more.length > 0) return fail(`it answered ${more.length + 1} series, and one is wanted`);
      const stale = staleText(only?.points ?? [], fresh);
      if (only === undefined || stale !== undefined)
        return ok({ kind: 'told', told: { kind: 'none', why: stale ?? 'nothing' } });
      const value = growthOf(only);
      return ok({ kind: 'told', told: { kind: 'value', value, samples: Math.max(1, value) } });
    }
    default: {
      const mean = meanOf(series.value, fresh);
      return mean.ok ? ok({ kind: 'told', told: mean.value, isByPoints: true }) : mean;
    }
  }
}

/** A scrape every quarter of a minute is usual; two may be late. */
const STALE_MS = 45_000;

function rangeUrl(
  { url, query }: PrometheusSource,
  asked: Asked,
  endMs: number,
  stepMs: number,
): string {
  const range = new URL(`${url.replace(/\/+$/, '')}/api/v1/query_range`);
  range.search = new URLSearchParams({
    query: intoQuery(query, asked.named),
    start: String(asked.fromMs / 1000),
    end: String(endMs / 1000),
    step: String(stepMs / 1000),
  }).toString();
  return range.href;
}

function typesOf(
  series: readonly Series[],
  label: string,
  bornAfterMs: number,
): Result<Saying, string> {
  const types = new Map<string, number>();
  for (const one of series) {
    const type = one.labels[label];
    if (type === undefined) return fail(`a series has no label ${label}`);
    types.set(type, (types.get(type) ?? 0) + Math.round(growthOf(one, bornAfterMs)));
  }
  return ok({ kind: 'types', types: Object.fromEntries(types) });
}
