import { describe, expect, it } from 'vitest';
import { sentenceFromShortForm } from '../../src/language/index.ts';

describe('the short form beyond the specification', () => {
  it.each([
    ['a value keeps its subject at a leading comparison', '< 10 and b == 0', 'a < 10 and b == 0'],
    ['a value that is a sentence stays one', 'b > 1 and c < 2', 'b > 1 and c < 2'],
    ['so does a single comparison', 'b > 1', 'b > 1'],
    ['prose with "and" is text', 'complete and valid', 'a == "complete and valid"'],
    ['a quoted text stays quoted', '"two words"', 'a == "two words"'],
    ['quotes inside prose are escaped', 'say "hello" now', 'a == "say \\"hello\\" now"'],
    ['a long version is quoted', '3.11.2', 'a == "3.11.2"'],
    ['so is a pre-release', '1.2.3-rc.1', 'a == "1.2.3-rc.1"'],
    ['3.11 alone is a number unless the key says version', '3.11', 'a == 3.11'],
    ['a negative number', '-5', 'a == -5'],
    ['an expression with the baseline', 'baseline + 5%', 'a == baseline + 5%'],
    ['spaces around', '  < 3 ', 'a < 3'],
    ['a word with a hyphen is text', 'ubuntu-latest', 'a == "ubuntu-latest"'],
    ['a section', 'any(security)', 'any(security)'],
  ])('%s', (_, value, text) => {
    expect(sentenceFromShortForm('a', value)).toEqual({ ok: true, text });
  });

  it.each([
    ['a', '', { offset: 0, length: 0, message: '`a` has nothing to be compared with' }],
    ['a', '5mb', { offset: 1, length: 2, message: 'unknown unit `mb`', hint: 'write `5MB`' }],
    ['a', ' 5mb', { offset: 2, length: 2, message: 'unknown unit `mb`', hint: 'write `5MB`' }],
    [
      'not a name',
      '5',
      {
        offset: 0,
        length: 0,
        message: '`not a name` cannot be the name of a metric',
        hint: 'names are written like `eslint_warnings` or `unit.tests_failed`',
      },
    ],
  ])('%s: %j is a problem', (key, value, problem) => {
    expect(sentenceFromShortForm(key, value)).toEqual({ ok: false, problem });
  });

  it('does not take a quantity list for an expression', () => {
    expect(sentenceFromShortForm('smoke', '10 VUs, 1m')).toMatchObject({
      ok: false,
      problem: { offset: 6, length: 1, message: 'unexpected `,`' },
    });
  });
});
