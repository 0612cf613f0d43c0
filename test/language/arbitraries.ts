/** Random sentences, trees and readings. Seeds are fast-check's; a failure prints the one to repeat it. */

import fc from 'fast-check';
import type { Dimension, Expr, Known, Outcome } from '../../src/language/index.ts';
import { expression, scope, SECTIONS, sentence } from './world.ts';

const PLACE = { offset: 0, length: 0 };

const names = fc.constantFrom(...scope.metricNames(), 'sorted', 'unheard_of', 'constructor');

const literals = fc
  .tuple(
    fc.oneof(fc.nat(200).map(String), fc.constantFrom('0', '0.5', '3.10', '99.95', '007')),
    fc.constantFrom('', '%', 'pp', 'ms', 's', 'm', 'KB', 'MiB', ' req/s', ' req/min', ' VUs'),
  )
  .map(([digits, unit]) => ({ ...expression(`${digits}${unit}`), ...PLACE }));

const durations = fc
  .tuple(fc.nat(20), fc.nat(59))
  .map(([hours, minutes]) => ({ ...expression(`${hours}h${minutes}m`), ...PLACE }));

const leaves: fc.Arbitrary<Expr> = fc.oneof(
  { weight: 4, arbitrary: names.map((name): Expr => ({ kind: 'name', name, ...PLACE })) },
  { weight: 4, arbitrary: literals },
  durations,
  fc.string({ unit: 'binary', maxLength: 6 }).map((value): Expr => ({
    kind: 'text',
    value,
    ...PLACE,
  })),
  fc.boolean().map((value): Expr => ({ kind: 'boolean', value, ...PLACE })),
  fc.constant<Expr>({ kind: 'baseline', ...PLACE }),
  fc
    .tuple(fc.constantFrom('any', 'all'), fc.constantFrom(...SECTIONS, 'nowhere'))
    .map(([quantifier, section]): Expr => ({ kind: 'section', quantifier, section, ...PLACE })),
);

function grown(part: fc.Arbitrary<Expr>): fc.Arbitrary<Expr> {
  const pair = { left: part, right: part, offset: fc.constant(0), length: fc.constant(0) };
  const single = { operand: part, offset: fc.constant(0), length: fc.constant(0) };
  return fc.oneof(
    { weight: 3, arbitrary: leaves },
    fc.record({ kind: fc.constant('negate'), ...single }),
    fc.record({ kind: fc.constant('not'), ...single }),
    fc.record({
      kind: fc.constant('arithmetic'),
      op: fc.constantFrom('+', '-', '*', '/'),
      ...pair,
    }),
    fc.record({
      kind: fc.constant('comparison'),
      op: fc.constantFrom('<', '<=', '==', '!=', '>=', '>'),
      ...pair,
    }),
    fc.record({ kind: fc.constant('logic'), op: fc.constantFrom('and', 'or'), ...pair }),
    fc
      .array(part, { minLength: 1, maxLength: 2 })
      .chain((args) =>
        fc.constantFrom('min', 'max').map((fn): Expr => ({ kind: 'call', fn, args, ...PLACE })),
      ),
    fc.tuple(part, part, part).map((args): Expr => ({ kind: 'call', fn: 'clamp', args, ...PLACE })),
  );
}

/** Any tree at all, most of them nonsense. */
const trees: fc.Arbitrary<Expr> = grown(grown(grown(leaves)));

const QUANTITIES: readonly (readonly string[])[] = [
  ['eslint_errors', 'eslint_warnings', 'type_errors', '0', '7', '12', 'load', 'complexity_score'],
  ['duplication', 'error_rate', 'coverage_overall', '5%', '99.9%', '0.5', '1pp'],
  ['latency_p50', 'latency_p95', '500ms', '1h30m', '7ms', '0 * 1s'],
  ['bundle_size', 'memory', '5MB', '7B', '512MiB'],
  ['throughput', '100 req/min', '7 req/s'],
];

const FACTS: readonly string[] = [
  ...['prettier_compliant', 'no_secrets_exposed == true', 'import_order == sorted', 'true'],
  ...['worst_severity < high', 'python_version >= 3.10', 'target != ES2022', 'any(security)'],
  ...['all(formatting)', 'not missing_tests_for_new_code', 'output == "x"'],
];

/** An expression of one dimension; `free` are the atoms it is made of. */
function quantity(free: readonly string[]): fc.Arbitrary<string> {
  const atom = fc.constantFrom(...free);
  const share = fc.constantFrom('+ 5%', '- 10%', '* 2', '/ 4', '* -1');
  return fc.oneof(
    { weight: 3, arbitrary: atom },
    fc.tuple(atom, share).map(([left, change]) => `(${left}) ${change}`),
    fc.tuple(atom, fc.constantFrom('+', '-'), atom).map((parts) => parts.join(' ')),
    fc
      .tuple(fc.constantFrom('min', 'max'), atom, atom)
      .map(([fn, left, right]) => `${fn}(${left}, ${right})`),
    fc.tuple(atom, atom, atom).map((args) => `clamp(${args.join(', ')})`),
  );
}

const OPS = fc.constantFrom('<', '<=', '==', '!=', '>=', '>');

const comparisons = fc.oneof(
  ...QUANTITIES.map((free) => {
    const [first = ''] = free;
    return fc.oneof(
      fc.tuple(quantity(free), OPS, quantity(free)),
      fc.tuple(fc.constant(first), OPS, quantity([...free, 'baseline', 'baseline'])),
    );
  }),
);

const facts = fc.oneof(
  { weight: 2, arbitrary: comparisons.map((parts) => parts.join(' ')) },
  fc.constantFrom(...FACTS),
);

/** Sentences of sound types, mostly. */
export const sensible: fc.Arbitrary<Expr> = fc
  .array(
    fc.tuple(facts, fc.boolean(), fc.constantFrom('and', 'or')).map(([fact, turned, op]) => ({
      fact: turned ? `not (${fact})` : fact,
      op,
    })),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => {
    const text = parts.map(({ fact, op }, at) => (at === 0 ? fact : `${op} ${fact}`)).join(' ');
    return sentence(text);
  });

/** Both kinds: what people write, and what they should not. */
export const anySentence: fc.Arbitrary<Expr> = fc.oneof(
  { weight: 3, arbitrary: sensible },
  { weight: 1, arbitrary: trees },
);

/** Text made of the language's own words, so that some of it parses. */
export const wordSoup: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      ...['a', 'eslint_errors', 'latency_p95', 'baseline', 'sorted', 'true', 'any', 'security'],
      ...['<', '<=', '==', '!=', '>', '=', 'and', 'or', 'not', '+', '-', '*', '/', '(', ')', ','],
      ...['5', '5%', '10ms', '1h30m', '3.11.2', '"x"', '"', '.', 'clamp(', 'min(', 'é', '😀', ' '],
    ),
    { maxLength: 12 },
  )
  .chain((words) => fc.constantFrom('', ' ').map((between) => words.join(between)));

/** A value of the wrong or right type, or none. */
const anyKnown: fc.Arbitrary<Known> = fc.oneof(
  fc.record({
    kind: fc.constant('value'),
    value: fc.oneof(
      fc.double(),
      fc.integer({ min: -3, max: 200 }),
      fc.boolean(),
      fc.constantFrom('sorted', '3.11', ''),
    ),
  }),
  fc.record({ kind: fc.constant('missing'), why: fc.constant('lost') }),
  fc.record({ kind: fc.constant('not_applicable'), why: fc.constant('not here') }),
);

/** A reading of the metric's own type. */
function rightKnown(name: string): fc.Arbitrary<Known> {
  const type = scope.metric(name);
  return rightValue(type?.dimension ?? 'count', type?.states ?? ['x']).map((value) => ({
    kind: 'value',
    value,
  }));
}

function rightValue(
  dimension: Dimension,
  states: readonly string[],
): fc.Arbitrary<number | boolean | string> {
  if (dimension === 'boolean') return fc.boolean();
  if (dimension === 'state') return fc.constantFrom(...states);
  if (dimension === 'version') return fc.constantFrom('3.9', '3.10.1', '3.11');
  return fc.constantFrom(0, 7, 12, 0.05, 0.5, 1, 500, 5_400_000);
}

/** What is known of every metric: mostly right, sometimes missing, inapplicable or of another type. */
export const someKnown: fc.Arbitrary<Record<string, Known>> = fc.record(
  Object.fromEntries(
    [...scope.metricNames(), 'unheard_of'].map((name) => [
      name,
      fc.oneof(
        { weight: 4, arbitrary: rightKnown(name) },
        { weight: 2, arbitrary: fc.constant<Known>({ kind: 'missing', why: 'lost' }) },
        { weight: 1, arbitrary: anyKnown },
      ),
    ]),
  ),
);

/** Everything measured, each with its own type. */
export const allKnown: fc.Arbitrary<Record<string, Known>> = fc.record(
  Object.fromEntries(scope.metricNames().map((name) => [name, rightKnown(name)])),
);

export const outcomes: fc.Arbitrary<Outcome> = fc.constantFrom<Outcome>(
  { kind: 'true' },
  { kind: 'false' },
  { kind: 'unknown', because: [{ metric: 'x', why: 'lost' }] },
  { kind: 'not_applicable', because: [{ metric: 'y', why: 'not here' }] },
);
