/**
 * Several runners may measure one metric: the types of TypeScript and of Python, the holes npm and pip know of.
 * Together they make one reading, and an absence of one is never made up for by another's good news.
 */

import type { Datum } from '../language/index.ts';
import type { MetricDeclaration } from './catalogue.ts';
import type { Reading } from './reading.ts';

/**
 * What two runners say of one metric. *Not applicable* leaves the word to the other one; what is false stays false;
 * any other absence makes the whole missing; of two values the worse one counts, or their sum where the metric is
 * declared so.
 */
export function combined(
  metric: Pick<MetricDeclaration, 'better' | 'together' | 'states'>,
  first: Reading,
  second: Reading,
): Reading {
  if (first.kind === 'not_applicable') return second;
  if (second.kind === 'not_applicable') return first;
  const bad = [first, second].find(
    (one) => one.kind === 'measured' && isRefuted(metric, one.value),
  );
  if (bad !== undefined) return bad;
  if (first.kind === 'missing') {
    // Of two absences the one that nobody accepted.
    return second.kind === 'missing' && first.toleratedBy !== undefined ? second : first;
  }
  if (second.kind === 'missing') return second;
  const [one, other] = [first.value, second.value];
  if (metric.together === 'sum' && typeof one === 'number' && typeof other === 'number') {
    return { ...first, value: one + other, also: [...(first.also ?? []), second.runner] };
  }
  return isWorse(metric, second.value, first.value) ? second : first;
}

type Metric = Pick<MetricDeclaration, 'better' | 'states'>;

/** A claim that one part refutes is refuted, whatever the others would say. */
function isRefuted({ better }: Metric, value: Datum): boolean {
  return typeof value === 'boolean' && better !== 'as_asked' && value !== (better === 'higher');
}

function isWorse({ better, states }: Metric, value: Datum, than: Datum): boolean {
  const rank = (one: Datum): number =>
    typeof one === 'string' ? (states?.indexOf(one) ?? -1) : Number(one);
  return better === 'lower' ? rank(value) > rank(than) : rank(value) < rank(than);
}
