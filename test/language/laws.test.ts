/** What must hold for every sentence, every text and every reading. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expr, Known, Outcome, Readings } from '../../src/language/index.ts';
import {
  checkExpression,
  checkSentence,
  conjunction,
  disjunction,
  evaluateExpression,
  evaluateSentence,
  explainSentence,
  formatValue,
  limitsOf,
  metricsOf,
  negation,
  parseSentence,
  printSentence,
  sentenceFromShortForm,
  withLimit,
} from '../../src/language/index.ts';
import { allKnown, anySentence, outcomes, sensible, someKnown, wordSoup } from './arbitraries.ts';
import { readingsOf, scope, SECTIONS, sentence, withoutPlaces } from './world.ts';

const someSections = fc.dictionary(fc.constantFrom(...SECTIONS), fc.array(outcomes));
const anyReadings: fc.Arbitrary<Readings> = fc
  .tuple(someKnown, someKnown, someSections)
  .map(([metrics, baselines, sections]) => readingsOf(metrics, baselines, sections));
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), wordSoup);

const RUNS = { numRuns: 1000 };

describe('nothing throws', () => {
  it('on any tree with any readings', () => {
    fc.assert(
      fc.property(anySentence, anyReadings, (expr, readings) => {
        const { kind } = evaluateSentence(expr, scope, readings);
        expect(['true', 'false', 'unknown', 'not_applicable']).toContain(kind);
        const result = evaluateExpression(expr, scope, readings);
        if (result.kind === 'value') expect(Number.isFinite(result.value)).toBe(true);
        else expect(result.because.length).toBeGreaterThan(0);
        explainSentence(expr, scope, readings);
        checkSentence(expr, scope);
        checkExpression(expr, scope);
        limitsOf(expr);
        metricsOf(expr, scope);
      }),
      RUNS,
    );
  });

  it('on any text, and a problem lies inside it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseSentence(text);
        if (parsed.ok) return;
        const { offset, length, message } = parsed.problem;
        expect(offset).toBeGreaterThanOrEqual(0);
        expect(length).toBeGreaterThanOrEqual(0);
        expect(offset + length).toBeLessThanOrEqual(text.length);
        expect(length > 0 || offset === text.length).toBe(true);
        expect(message).not.toBe('');
      }),
      { numRuns: 3000 },
    );
  });

  it('on any short form or limit, and an accepted text says what it says when read again', () => {
    fc.assert(
      fc.property(anyText, anyText, (key, value) => {
        sentenceFromShortForm(key, value);
        const short = sentenceFromShortForm('eslint_errors', value);
        const isComparison = /^\s*(?:[<>=!≤≥≠])/.test(value);
        if (short.ok && !isComparison && value.length < 50) {
          expect(parseSentence(short.text)).toMatchObject({ ok: true });
        }
        withLimit(value, key, value);
        const changed = withLimit('a < 10 and b > 2', 'a', value);
        if (changed !== undefined) {
          expect(limitsOf(sentence(changed)).map(({ metric }) => metric)).toEqual(['a', 'b']);
        }
      }),
      RUNS,
    );
  });

  it('on any value to be shown', () => {
    const dimensions = fc.constantFrom('count', 'ratio', 'time', 'bytes', 'rate', 'number');
    fc.assert(
      fc.property(fc.double(), dimensions, (value, dimension) => {
        expect(formatValue(value, dimension)).toMatch(
          /^(?:-?[\d.e+]+\s?\S*|(?:-?\d+[dhms])+|not a number)/,
        );
      }),
    );
  });
});

describe('print and parse', () => {
  it('are inverse on trees', () => {
    fc.assert(
      fc.property(anySentence, (expr) => {
        const text = printSentence(expr);
        expect(withoutPlaces(sentence(text))).toEqual(withoutPlaces(expr));
      }),
      RUNS,
    );
  });

  it('settle after one round on text', () => {
    fc.assert(
      fc.property(wordSoup, (text) => {
        const parsed = parseSentence(text);
        if (!parsed.ok) return;
        const printed = printSentence(parsed.expr);
        expect(withoutPlaces(sentence(printed))).toEqual(withoutPlaces(parsed.expr));
        expect(printSentence(sentence(printed))).toBe(printed);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('three-valued logic', () => {
  const kindOf = (outcome: Outcome) => outcome.kind;

  it('knows De Morgan', () => {
    fc.assert(
      fc.property(anySentence, anySentence, anyReadings, (left, right, readings) => {
        const place = { offset: 0, length: 0 };
        const not = (operand: Expr): Expr => ({ kind: 'not', operand, ...place });
        const join = (op: 'and' | 'or', a: Expr, b: Expr): Expr => ({
          kind: 'logic',
          op,
          left: a,
          right: b,
          ...place,
        });
        const told = (expr: Expr) => evaluateSentence(expr, scope, readings);
        expect(told(not(join('and', left, right)))).toEqual(
          told(join('or', not(left), not(right))),
        );
        expect(told(not(join('or', left, right)))).toEqual(
          told(join('and', not(left), not(right))),
        );
        expect(told(not(not(left)))).toEqual(told(left));
      }),
      { numRuns: 500 },
    );
  });

  it('does not care about order or grouping', () => {
    fc.assert(
      fc.property(outcomes, outcomes, outcomes, (a, b, c) => {
        for (const join of [conjunction, disjunction]) {
          expect(kindOf(join([a, b]))).toBe(kindOf(join([b, a])));
          expect(kindOf(join([join([a, b]), c]))).toBe(kindOf(join([a, join([b, c])])));
          expect(kindOf(join([a, a]))).toBe(kindOf(a));
        }
        expect(negation(negation(a))).toEqual(a);
      }),
    );
  });

  it('never takes back an answer when something missing becomes known', () => {
    const isMissing = (known: Known | undefined) => known === undefined || known.kind === 'missing';
    fc.assert(
      fc.property(
        anySentence,
        fc.tuple(someKnown, someKnown, someSections),
        fc.tuple(someKnown, someKnown, fc.boolean()),
        (expr, [metrics, baselines, sections], [moreMetrics, moreBaselines, holds]) => {
          const filled = (known: Record<string, Known>, more: Record<string, Known>) => {
            const added = Object.entries(more).filter(([name]) => isMissing(known[name]));
            return { ...known, ...Object.fromEntries(added) };
          };
          const told: Outcome = { kind: holds ? 'true' : 'false' };
          const settled = Object.entries(sections).map(([name, list]) => [
            name,
            list.map((one) => (one.kind === 'unknown' ? told : one)),
          ]);
          const before = readingsOf(metrics, baselines, sections);
          const after = readingsOf(
            filled(metrics, moreMetrics),
            filled(baselines, moreBaselines),
            Object.fromEntries(settled) as Record<string, readonly Outcome[]>,
          );
          const first = evaluateSentence(expr, scope, before).kind;
          if (first !== 'true' && first !== 'false') return;
          expect(evaluateSentence(expr, scope, after).kind).toBe(first);
        },
      ),
      RUNS,
    );
  });
});

describe('numbers and units', () => {
  const holds = (text: string) =>
    evaluateSentence(sentence(text), scope, readingsOf({})).kind === 'true';
  const number = fc.oneof(
    fc.nat(),
    fc.tuple(fc.nat(1000), fc.nat(999)).map(([whole, rest]) => Number(`${whole}.${rest}`)),
  );

  it.each([
    ['ms', 1000, 's', 1],
    ['s', 60, 'm', 1],
    ['m', 60, 'h', 1],
    ['h', 24, 'd', 1],
    ['B', 1000, 'KB', 1],
    ['KB', 1000, 'MB', 1],
    ['MB', 1000, 'GB', 1],
    ['B', 1024, 'KiB', 1],
    ['KiB', 1024, 'MiB', 1],
    ['MiB', 1024, 'GiB', 1],
    ['req/min', 60, 'req/s', 1],
    ['pp', 1, '%', 1],
    ['%', 100, '', 1],
  ])('n * %s * %d is n * %s', (small, times, large, one) => {
    expect(holds(`${times}${small} == ${one}${large}`)).toBe(true);
    fc.assert(
      fc.property(number, (n) => holds(`${n}${small} * ${times} == ${n}${large}`)),
      { numRuns: 50 },
    );
  });

  it('reads every percentage as the nearest double', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (n) => {
        const text = `${Math.floor(n / 1000)}.${String(n % 1000).padStart(3, '0')}`;
        expect(sentence(`${text}%`)).toMatchObject({ value: Number(`${text}e-2`) });
      }),
    );
  });

  const sides = fc.oneof(
    fc.tuple(number, number).map(([a, b]) => [`${a}`, `${b}`] as const),
    fc.tuple(number, number).map(([a, b]) => [`${a}ms`, `${b}s`] as const),
    fc.nat(99).map((n) => [`${n}% + 1%`, `${n + 1}%`] as const),
  );

  it('compares antisymmetrically, and in exactly one way', () => {
    fc.assert(
      fc.property(sides, ([a, b]) => {
        expect(holds(`${a} < ${b}`)).toBe(holds(`${b} > ${a}`));
        expect(holds(`${a} <= ${b}`)).toBe(holds(`${b} >= ${a}`));
        expect(holds(`${a} == ${b}`)).toBe(holds(`${b} == ${a}`));
        expect(holds(`${a} != ${b}`)).toBe(!holds(`${a} == ${b}`));
        expect(holds(`${a} <= ${b}`)).toBe(!holds(`${a} > ${b}`));
        const ways = ['<', '==', '>'].filter((op) => holds(`${a} ${op} ${b}`));
        expect(ways).toHaveLength(1);
      }),
    );
  });

  it('orders versions the same way from both sides', () => {
    const version = fc
      .tuple(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '-rc.1', '-2'),
      )
      .map(([parts, pre]) => parts.join('.') + pre);
    fc.assert(
      fc.property(version, version, (measured, limit) => {
        const readings = readingsOf({ python_version: measured });
        const told = (text: string) => evaluateSentence(sentence(text), scope, readings).kind;
        for (const [op, turned] of [
          ['<', '>'],
          ['<=', '>='],
          ['==', '=='],
        ] as const) {
          const left = told(`python_version ${op} "${limit}"`);
          expect(left).toBe(told(`"${limit}" ${turned} python_version`));
          expect(['true', 'false']).toContain(left);
        }
        const ways = ['<', '==', '>'].filter(
          (op) => told(`python_version ${op} "${limit}"`) === 'true',
        );
        expect(ways).toHaveLength(1);
      }),
    );
  });
});

describe('a sentence that checks', () => {
  it('always has an answer when everything is measured', () => {
    const told: fc.Arbitrary<Outcome> = fc.boolean().map((holds) => ({
      kind: holds ? 'true' : 'false',
    }));
    const sections = fc.record({
      security: fc.array(told, { minLength: 1 }),
      formatting: fc.array(told, { minLength: 1 }),
    });
    fc.assert(
      fc.property(sensible, allKnown, allKnown, sections, (expr, metrics, baselines, all) => {
        if (checkSentence(expr, scope).length > 0) return;
        const outcome = evaluateSentence(expr, scope, readingsOf(metrics, baselines, all));
        if (outcome.kind === 'unknown') expect(outcome.because).toEqual([]);
        expect(['true', 'false']).toContain(outcome.kind);
      }),
      RUNS,
    );
  });
});
