import { describe, expect, it } from 'vitest';
import { parseExpression, parseSentence, printSentence } from '../../src/language/index.ts';
import { sentence, withoutPlaces } from './world.ts';

describe('precedence', () => {
  it.each([
    ['a or b and c', 'a or (b and c)'],
    ['(a or b) and c', '(a or b) and c'],
    ['a or b or c', '(a or b) or c'],
    ['not a and b', '(not a) and b'],
    ['not a > 1', 'not (a > 1)'],
    ['not not a', 'not (not a)'],
    ['a < 1 + 2 * 3', 'a < (1 + (2 * 3))'],
    ['a - b - c > 0', '((a - b) - c) > 0'],
    ['a - (b - c) > 0', 'a - (b - c) > 0'],
    ['a / b * c > 0', '((a / b) * c) > 0'],
    ['-a * b > 0', '((-a) * b) > 0'],
    ['a > - - 5', 'a > --5'],
    ['max(a, b + 1) < 3', 'max(a, (b + 1)) < 3'],
  ])('%s is %s', (text, explicit) => {
    expect(withoutPlaces(sentence(text))).toEqual(withoutPlaces(sentence(explicit)));
  });
});

describe('canonical text', () => {
  it.each([
    ['a<10', 'a < 10'],
    ['((a)) < (10)', 'a < 10'],
    ['(a or b) and (c and d)', '(a or b) and (c and d)'],
    ['not (a and b)', 'not (a and b)'],
    ['a > 100req/min', 'a > 100 req/min'],
    ['a > 100 req / min', 'a > 100 req/min'],
    ['a < 5 MB', 'a < 5MB'],
    ['a < 10VUs', 'a < 10 VUs'],
    ['a < 5 %', 'a < 5%'],
    ['a == \'x "y"\'', 'a == "x \\"y\\""'],
    ['a == 3.10', 'a == 3.10'],
    ['all( security )', 'all(security)'],
    ['unit.tests_failed == 0', 'unit.tests_failed == 0'],
    ['any == 1 and min > 2', 'any == 1 and min > 2'],
  ])('%s prints %s', (text, canonical) => {
    expect(printSentence(sentence(text))).toBe(canonical);
  });
});

describe('places', () => {
  it('knows where each part stands', () => {
    expect(sentence(' aa < (1 + 20) ')).toEqual({
      kind: 'comparison',
      op: '<',
      left: { kind: 'name', name: 'aa', offset: 1, length: 2 },
      right: {
        kind: 'arithmetic',
        op: '+',
        left: {
          kind: 'number',
          value: 1,
          dimension: 'number',
          unit: '',
          text: '1',
          offset: 7,
          length: 1,
        },
        right: {
          kind: 'number',
          value: 20,
          dimension: 'number',
          unit: '',
          text: '20',
          offset: 11,
          length: 2,
        },
        offset: 7,
        length: 6,
      },
      offset: 1,
      length: 13,
    });
  });

  it('is plain JSON', () => {
    const expr = sentence('not any(security) and max(a, -1) <= baseline + 5% or b == "x"');
    expect(JSON.parse(JSON.stringify(expr))).toEqual(expr);
  });
});

describe('expressions', () => {
  it('reads a score', () => {
    const parsed = parseExpression('clamp(100 - 10 * eslint_errors, 0, 100)');
    expect(parsed.ok && printSentence(parsed.expr)).toBe('clamp(100 - 10 * eslint_errors, 0, 100)');
  });

  it('is no comparison', () => {
    expect(parseExpression('a > 1')).toEqual({
      ok: false,
      problem: {
        offset: 2,
        length: 1,
        message: 'unexpected `>`',
        hint: 'a number is wanted here',
      },
    });
  });
});

describe('bounds', () => {
  it.each([
    ['parentheses', '('.repeat(100_000)],
    ['closed parentheses', `${'('.repeat(50_000)}a${')'.repeat(50_000)}`],
    ['not', 'not '.repeat(25_000)],
    ['minus', '-'.repeat(100_000)],
    ['digits', '9'.repeat(100_000)],
    ['calls', 'min('.repeat(25_000)],
    ['an open quote', `"${'\\"'.repeat(50_000)}`],
    ['spaces', ' '.repeat(100_000)],
  ])('%s without end are a problem, at once', (_, text) => {
    const start = performance.now();
    expect(parseSentence(text)).toMatchObject({ ok: false, problem: { offset: 2000 } });
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it.each([
    ['parentheses', '('.repeat(1000), 32],
    ['not', 'not '.repeat(400), 33 * 4],
    ['minus', '-'.repeat(1000), 33],
    ['calls', 'max('.repeat(400), 32 * 4 + 3],
  ])('%s nest 32 levels', (_, text, offset) => {
    const parsed = parseSentence(text);
    expect(parsed).toMatchObject({
      ok: false,
      problem: { offset, message: 'nested more than 32 levels deep' },
    });
  });

  it('allows exactly 32 levels', () => {
    expect(parseSentence(`${'('.repeat(32)}a${')'.repeat(32)}`).ok).toBe(true);
    expect(parseSentence(`${'('.repeat(33)}a${')'.repeat(33)}`).ok).toBe(false);
  });

  it('takes a chain as long as a sentence may be', () => {
    const text = `a${'+1'.repeat(990)} > 0`;
    expect(parseSentence(text).ok).toBe(true);
    expect(parseSentence(`a${' or a'.repeat(399)}`).ok).toBe(true);
  });
});
