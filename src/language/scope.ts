/** What the catalogue knows, as far as sentences care. */

import type { Dimension, Expr } from './expr.ts';

/** `states` in ascending order: with them `<` and `>` make sense for a state metric. */
export interface MetricType {
  readonly dimension: Dimension;
  readonly states?: readonly string[];
}

/** The metrics and sections a sentence may name. */
export interface TypeScope {
  metric(name: string): MetricType | undefined;
  metricNames(): readonly string[];
  section(name: string): boolean;
  sectionNames(): readonly string[];
}

/**
 * Whether a bare name compared with `other` is a word rather than a metric: it is one of the states of the metric
 * there, or no metric at all while that one is not a number.
 */
export function isWord(name: string, other: Expr, scope: TypeScope): boolean {
  const opposite = other.kind === 'name' ? scope.metric(other.name) : undefined;
  if (opposite === undefined) return false;
  if (opposite.states?.includes(name) === true) return true;
  return scope.metric(name) === undefined && WORDY.has(opposite.dimension);
}

const WORDY: ReadonlySet<Dimension> = new Set(['state', 'version', 'boolean']);
