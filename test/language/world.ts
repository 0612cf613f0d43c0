/** A small catalogue and readings for tests of the language. */

import type { Dimension, Expr, Known, MetricType, Outcome } from '../../src/language/index.ts';
import type { Readings, TypeScope } from '../../src/language/index.ts';
import { parseExpression, parseSentence } from '../../src/language/index.ts';

const TYPES: Readonly<Record<string, MetricType>> = {
  eslint_errors: { dimension: 'count' },
  eslint_warnings: { dimension: 'count' },
  type_errors: { dimension: 'count' },
  'unit.tests_failed': { dimension: 'count' },
  complexity_score: { dimension: 'number' },
  duplication: { dimension: 'ratio' },
  coverage_overall: { dimension: 'ratio' },
  coverage_target: { dimension: 'ratio' },
  error_rate: { dimension: 'ratio' },
  latency_p50: { dimension: 'time' },
  latency_p95: { dimension: 'time' },
  bundle_size: { dimension: 'bytes' },
  memory: { dimension: 'bytes' },
  throughput: { dimension: 'rate' },
  load: { dimension: 'users' },
  prettier_compliant: { dimension: 'boolean' },
  no_secrets_exposed: { dimension: 'boolean' },
  missing_tests_for_new_code: { dimension: 'boolean' },
  import_order: { dimension: 'state', states: ['unsorted', 'sorted'] },
  target: { dimension: 'state', states: ['ES2020', 'ES2021', 'ES2022'] },
  worst_severity: { dimension: 'state', states: ['none', 'moderate', 'high', 'critical'] },
  output: { dimension: 'state' },
  python_version: { dimension: 'version' },
  node_version: { dimension: 'version' },
};

export const SECTIONS = ['security', 'formatting'];

export const scope: TypeScope = {
  metric: (name) => new Map(Object.entries(TYPES)).get(name),
  metricNames: () => Object.keys(TYPES),
  section: (name) => SECTIONS.includes(name),
  sectionNames: () => SECTIONS,
};

/** A catalogue in which every name below is of one dimension. */
export function scopeOf(dimensions: Readonly<Record<string, Dimension>>): TypeScope {
  const types = new Map(Object.entries(dimensions));
  return {
    metric(name) {
      const dimension = types.get(name);
      return dimension === undefined ? undefined : { dimension };
    },
    metricNames: () => [...types.keys()],
    section: () => false,
    sectionNames: () => [],
  };
}

type Given = number | boolean | string | Known;

/** Readings from plain values; what is not given is missing. */
export function readingsOf(
  metrics: Readonly<Record<string, Given>>,
  baselines: Readonly<Record<string, Given>> = {},
  sections: Readonly<Record<string, readonly Outcome[]>> = {},
): Readings {
  return {
    metric: (name) => known(metrics, name, 'not measured'),
    baseline: (name) => known(baselines, name, 'none recorded'),
    section: (name) => new Map(Object.entries(sections)).get(name) ?? [],
  };
}

function known(from: Readonly<Record<string, Given>>, name: string, why: string): Known {
  const given = new Map(Object.entries(from)).get(name);
  if (given === undefined) return { kind: 'missing', why };
  return typeof given === 'object' ? given : { kind: 'value', value: given };
}

export function sentence(text: string): Expr {
  const parsed = parseSentence(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`);
  return parsed.expr;
}

export function expression(text: string): Expr {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problem.message}`);
  return parsed.expr;
}

/** The tree without its places in the text, for comparing trees of different texts. */
export function withoutPlaces(expr: Expr): unknown {
  return JSON.parse(
    JSON.stringify(expr, (key, value: unknown) =>
      key === 'offset' || key === 'length' ? undefined : value,
    ),
  );
}
