/** The exact place and words of every syntax problem. The second line of a case marks the place. */

import { describe, expect, it } from 'vitest';
import { parseSentence } from '../../src/language/index.ts';

interface Case {
  readonly text: string;
  readonly mark: string;
  readonly message: string;
  readonly hint?: string;
}

const CASES: readonly Case[] = [
  { text: '', mark: '', message: 'the sentence is empty' },
  { text: '   ', mark: '   ', message: 'the sentence is empty' },
  {
    text: 'a > 1,000',
    mark: '     ^',
    message: 'unexpected `,`',
    hint: 'write numbers without separators, and a decimal point as `.`',
  },
  {
    text: '1 < a < 2',
    mark: '      ^',
    message: 'comparisons cannot be chained',
    hint: 'write `a > 1 and a < 2`',
  },
  {
    text: 'a < b < 2s',
    mark: '      ^',
    message: 'comparisons cannot be chained',
    hint: 'write `a < b and b < 2s`',
  },
  { text: 'size < 5mb', mark: '        ^^', message: 'unknown unit `mb`', hint: 'write `5MB`' },
  {
    text: 'size < 5 Gb',
    mark: '         ^^',
    message: 'unknown unit `Gb`',
    hint: 'write `5GB`',
  },
  { text: 't < 5 sec', mark: '      ^^^', message: 'unknown unit `sec`', hint: 'write `5s`' },
  {
    text: 'r > 9 rps',
    mark: '      ^^^',
    message: 'unknown unit `rps`',
    hint: 'write `9 req/s`',
  },
  {
    text: 'r > 9 req/hour',
    mark: '      ^^^^^^^^',
    message: 'unknown unit `req/hour`',
    hint: 'units are % pp ms s m h d B KB MB GB KiB MiB GiB req/s req/min VUs',
  },
  {
    text: 't < 10us',
    mark: '      ^^',
    message: 'unknown unit `us`',
    hint: 'units are % pp ms s m h d B KB MB GB KiB MiB GiB req/s req/min VUs',
  },
  {
    text: 'size < 5M',
    mark: '        ^',
    message: 'unknown unit `M`',
    hint: 'write `m` for minutes or `MB` for megabytes',
  },
  {
    text: 'a < 1e5',
    mark: '     ^',
    message: 'unknown unit `e`',
    hint: 'write the number out, without an exponent',
  },
  {
    text: 't < 30m1h',
    mark: '        ^',
    message: '`h` cannot follow `m` in a duration',
    hint: 'go from large to small',
  },
  {
    text: 't < 1h30',
    mark: '      ^^',
    message: 'the last part of `1h30` has no unit',
    hint: 'write a duration like `1h30m`',
  },
  {
    text: 't < 1h 30m',
    mark: '       ^^^',
    message: 'unexpected `30m`',
    hint: 'write `1h30m`, without a space',
  },
  { text: 'a = 1', mark: '  ^', message: 'unknown sign `=`', hint: 'write `==`' },
  { text: 'a && b', mark: '  ^^', message: 'unknown sign `&&`', hint: 'write `and`' },
  { text: 'a || b', mark: '  ^^', message: 'unknown sign `||`', hint: 'write `or`' },
  { text: '!a', mark: '^', message: 'unknown sign `!`', hint: 'write `not`' },
  { text: 'a ≤ 3', mark: '  ^', message: 'unknown sign `≤`', hint: 'write `<=`' },
  { text: 'a => 3', mark: '  ^^', message: 'unknown sign `=>`', hint: 'write `>=`' },
  { text: 'a === 3', mark: '  ^^^', message: 'unknown sign `===`', hint: 'write `==`' },
  {
    text: '< 10',
    mark: '^',
    message: 'a metric is missing before `<`',
    hint: 'write the metric first, as in `eslint_warnings < 10`',
  },
  {
    text: 'a > 1 and < 5',
    mark: '          ^',
    message: 'a metric is missing before `<`',
    hint: 'write the metric first, as in `eslint_warnings < 10`',
  },
  { text: 'a >', mark: '   ', message: 'a value is missing after `>`' },
  { text: 'a and', mark: '     ', message: 'a value is missing after `and`' },
  { text: 'and a', mark: '^^^', message: 'a value is missing before `and`' },
  {
    text: 'a == not b',
    mark: '     ^^^',
    message: '`not` cannot stand here',
    hint: 'put `not` before the whole comparison, or write it in parentheses',
  },
  {
    text: 'a == two words',
    mark: '         ^^^^^',
    message: 'unexpected `words`',
    hint: 'put text of several words in quotes',
  },
  {
    text: 'a AND b',
    mark: '  ^^^',
    message: 'unexpected `AND`',
    hint: 'write `and` in lower case',
  },
  {
    text: 'NOT a',
    mark: '    ^',
    message: 'unexpected `a`',
    hint: 'write `not` in lower case',
  },
  {
    text: '(a > 1',
    mark: '      ',
    message: 'a `)` is missing',
    hint: 'the `(` at character 1 is still open',
  },
  { text: 'a > 1)', mark: '     ^', message: 'unexpected `)`', hint: 'no `(` is open here' },
  {
    text: 'mix(a, b) > 1',
    mark: '^^^',
    message: 'unknown function `mix`',
    hint: 'write `min`',
  },
  {
    text: 'average(a) > 1',
    mark: '^^^^^^^',
    message: 'unknown function `average`',
    hint: 'functions are min max clamp any all',
  },
  {
    text: 'clamp(a, 1) > 1',
    mark: '^^^^^',
    message: '`clamp` takes 3 values, here are 2',
    hint: 'as in `clamp(value, 0, 100)`',
  },
  { text: 'min() > 1', mark: '^^^', message: '`min` takes at least one value' },
  {
    text: 'any(3)',
    mark: '    ^',
    message: '`any` takes the name of a section',
    hint: 'as in `any(security)`',
  },
  {
    text: 'a == "open',
    mark: '     ^^^^^',
    message: 'this quoted text does not end',
    hint: 'inside quotes write `\\\\` for a backslash and `\\"` for a quote',
  },
  {
    text: 'v == 1.2.3-rc.1',
    mark: '     ^^^^^^^^^^',
    message: 'a version like this needs quotes',
    hint: 'write "1.2.3-rc.1"',
  },
  {
    text: 'a < .5',
    mark: '    ^',
    message: 'a number starts with a digit',
    hint: 'write `0.5`, not `.5`',
  },
  { text: 'a @ b', mark: '  ^', message: 'unexpected character `@`' },
  { text: 'a < 😀', mark: '    ^^', message: 'unexpected character `😀`' },
  { text: 'a \u0007', mark: '  ^', message: 'unexpected character U+0007' },
  {
    text: 'état > 1',
    mark: '^',
    message: 'unexpected character `é`',
    hint: 'put text in quotes',
  },
  {
    text: '5 6',
    mark: '  ^',
    message: 'unexpected `6`',
    hint: 'join two sentences with `and` or `or`',
  },
  {
    text: `a < ${'9'.repeat(400)}`,
    mark: `    ${'^'.repeat(400)}`,
    message: 'this number is too large',
  },
];

describe('syntax problems', () => {
  it.each(CASES)('$text', ({ text, mark, message, hint }) => {
    const offset = mark.includes('^') ? mark.indexOf('^') : text.length;
    const length = mark.length - mark.indexOf('^');
    const place = { offset, length: mark.includes('^') ? length : 0 };
    const problem = hint === undefined ? { ...place, message } : { ...place, message, hint };
    expect(parseSentence(text)).toEqual({ ok: false, problem });
  });

  it('says how long a sentence may be', () => {
    expect(parseSentence('a'.repeat(2001))).toEqual({
      ok: false,
      problem: {
        offset: 2000,
        length: 1,
        message: 'a sentence has at most 2000 characters, this one has 2001',
      },
    });
  });
});
