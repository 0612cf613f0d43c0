/**
 * Range answers of Prometheus, read and drawn together to one number a release. Pure.
 * https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
 */

import { z } from 'zod';
import { fail, ok, type Result } from '../../failure.ts';
import type { Told } from '../analysis/evidence.ts';

const MOST_SERIES = 1000;

const Point = z.tuple([z.number(), z.string()]);
const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z
      .array(z.object({ metric: z.record(z.string(), z.string()), values: z.array(Point) }))
      .max(MOST_SERIES),
  }),
});

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Time in epoch ms; NaN and infinities as they came. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

/** @returns or what is wrong with it */
export function readRange(json: unknown): Result<readonly Series[], string> {
  const said = Answer.safeParse(json);
  if (!said.success) {
    const { error } = (json ?? {}) as { readonly error?: unknown };
    const why = typeof error === 'string' ? error.slice(0, 200) : 'it is no range of Prometheus';
    return fail(why);
  }
  return ok(
    said.data.data.result.map(({ metric, values }) => ({
      labels: metric,
      points: values.map(([at, value]) => [Math.round(at * 1000), numberOf(value)] as const),
    })),
  );
}

/** `NaN`, `+Inf` and `-Inf` are how Prometheus writes them; everything else that is no number is none. */
function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return text.trim() === '' ? NaN : Number(text);
}

/** A newest point older than this tells of the past. */
export interface Fresh {
  readonly endMs: number;
  readonly staleMs: number;
}

/** The mean of a number over the range: `samples` are its points. More NaN than numbers is no number. */
export function meanOf(series: readonly Series[], fresh: Fresh): Result<Told, string> {
  if (series.length > 1) return fail(`it answered ${series.length} series, and one is wanted`);
  const points = series[0]?.points ?? [];
  if (points.length === 0) return ok({ kind: 'none', why: 'the source has nothing of it' });
  const finite = points.filter(([, value]) => Number.isFinite(value));
  if (finite.length * 2 <= points.length)
    return ok({
      kind: 'none',
      why: `${points.length - finite.length} of ${points.length} points were NaN`,
    });
  const stale = staleText(finite, fresh);
  if (stale !== undefined) return ok({ kind: 'none', why: stale });
  const value = finite.reduce((sum, [, one]) => sum + one, 0) / finite.length;
  return ok({ kind: 'value', value, samples: finite.length });
}

/**
 * How much a counter has grown over the range. One that fell began anew from 0.
 * @param bornAfterMs one whose first point is later began in between, at 0; absent: nothing is known of before
 */
export function growthOf({ points }: Series, bornAfterMs = Infinity): number {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const [first] = finite;
  if (first === undefined) return 0;
  let grown = first[0] > bornAfterMs ? first[1] : 0;
  for (const [index, [, value]] of finite.entries()) {
    const before = finite[index - 1];
    if (before !== undefined) grown += value >= before[1] ? value - before[1] : value;
  }
  return grown;
}

export function staleText(points: Series['points'], { endMs, staleMs }: Fresh): string | undefined {
  const newest = points.at(-1)?.[0];
  if (newest === undefined) return 'the source has nothing of it';
  const ageMs = endMs - newest;
  return ageMs > staleMs ? `the newest point is ${Math.round(ageMs / 1000)} s old` : undefined;
}
