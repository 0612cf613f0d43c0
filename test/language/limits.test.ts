import { describe, expect, it } from 'vitest';
import { limitsOf, metricsOf, sectionsOf, withLimit } from '../../src/language/index.ts';
import { scope, sentence } from './world.ts';

describe('limitsOf', () => {
  it('lists simple comparisons with their limits', () => {
    const text =
      'coverage_overall >= 75% and (10 > b or not c == sorted) and d < -5 and e == "x y"';
    const limits = limitsOf(sentence(text));
    expect(limits.map(({ metric, op, text: limit }) => [metric, op, limit])).toEqual([
      ['coverage_overall', '>=', '75%'],
      ['b', '<', '10'],
      ['c', '==', 'sorted'],
      ['d', '<', '-5'],
      ['e', '==', '"x y"'],
    ]);
    const places = limits.map(({ offset, length }) => text.slice(offset, offset + length));
    expect(places).toEqual(['75%', '10', 'sorted', '-5', '"x y"']);
  });

  it.each(['a <= baseline + 1%', 'a < b', 'a < b + 1', 'a', 'any(security)', 'max(a, 1) < 3'])(
    '%s has none',
    (text) => {
      expect(limitsOf(sentence(text))).toEqual([]);
    },
  );
});

describe('with the catalogue', () => {
  it('a state after >= is a limit, another metric is none', () => {
    const [one] = limitsOf(sentence('target >= ES2022'), scope);
    expect(one).toMatchObject({ metric: 'target', op: '>=', text: 'ES2022' });
    expect(limitsOf(sentence('eslint_errors < eslint_warnings'), scope)).toEqual([]);
    expect(withLimit('target >= ES2022', 'target', 'ES2020', scope)).toBe('target >= ES2020');
  });
});

describe('withLimit', () => {
  it.each([
    ['coverage_overall >= 75%', 'coverage_overall', '62%', 'coverage_overall >= 62%'],
    ['a  <  10 and b == 0', 'a', ' 20 ', 'a  <  20 and b == 0'],
    ['10 > a', 'a', '5', '5 > a'],
    ['import_order == sorted', 'import_order', 'unsorted', 'import_order == unsorted'],
    ['a > -5', 'a', '7', 'a > 7'],
    ['python_version == "3.11"', 'python_version', '"3.12"', 'python_version == "3.12"'],
    ['(a) < (10)', 'a', '5', '(a) < (5)'],
  ])('%s with %s at %s', (text, metric, limit, changed) => {
    expect(withLimit(text, metric, limit)).toBe(changed);
  });

  it.each([
    ['a < 10', 'b', '5'],
    ['a < 10', 'a', ''],
    ['a < 10', 'a', '5 or true'],
    ['a < 10', 'a', '5 + 5'],
    ['a < 10', 'a', '5)'],
    ['a < 10', 'a', 'b'],
    ['a < 10', 'a', '5mb'],
    ['a > 1 and a < 5', 'a', '3'],
    ['a <= baseline + 1%', 'a', '3%'],
    ['a <', 'a', '3'],
  ])('%s: nothing to write for %s at %s', (text, metric, limit) => {
    expect(withLimit(text, metric, limit)).toBeUndefined();
  });
});

describe('what a sentence speaks of', () => {
  it('names metrics once, in order, without state words', () => {
    const expr = sentence('b < 1 and a == sorted or max(c, b) > d or any(security)');
    expect(metricsOf(expr)).toEqual(['b', 'a', 'c', 'd']);
    expect(sectionsOf(expr)).toEqual(['security']);
  });

  it('lets the catalogue tell metrics from words', () => {
    const severity = sentence('worst_severity >= high');
    expect(metricsOf(severity)).toEqual(['worst_severity', 'high']);
    expect(metricsOf(severity, scope)).toEqual(['worst_severity']);
    const counts = sentence('eslint_errors == type_errors');
    expect(metricsOf(counts)).toEqual(['eslint_errors']);
    expect(metricsOf(counts, scope)).toEqual(['eslint_errors', 'type_errors']);
  });
});
