/** What the value of a metric may be, by its dimension: asked of every number that comes from outside. */

import type { MetricDeclaration } from './catalogue.ts';

/** Why a value cannot be one of this metric's. */
export function misfit(
  value: unknown,
  metric: Pick<MetricDeclaration, 'dimension' | 'states'>,
): string | undefined {
  switch (metric.dimension) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'no true or false';
    case 'version':
      return typeof value === 'string' ? undefined : 'no version as text';
    case 'state': {
      const known = typeof value === 'string' && metric.states?.includes(value) !== false;
      return known ? undefined : `none of ${metric.states?.join(', ') ?? 'the states'}`;
    }
    default:
      return typeof value === 'number' ? misfitNumber(value, metric) : 'no number';
  }
}

const WHOLE: ReadonlySet<string> = new Set(['count', 'users', 'bytes']);

function misfitNumber(
  value: number,
  { dimension }: Pick<MetricDeclaration, 'dimension'>,
): string | undefined {
  if (!Number.isFinite(value)) return 'a number too large to hold';
  if (Object.is(value, -0)) return 'a negative zero';
  if (dimension === 'number') return undefined;
  if (value < 0) return `the negative value ${value}`;
  if (dimension === 'ratio' && value > 1) return `${value}, and a ratio lies between 0 and 1,`;
  return WHOLE.has(dimension) && !Number.isSafeInteger(value)
    ? `${value}, which is no whole number,`
    : undefined;
}
