import { describe, expect, test } from 'vitest';
import { durationText, fit, harmless, plural, styleFor, wrap } from '../../src/report/text.ts';

describe('wrap', () => {
  test.each([
    ['fits', 20, ['fits']],
    ['one two three four five', 9, ['one two', 'three', 'four five']],
    ['dependencies and unit did not measure', 33, ['dependencies and unit did', 'not measure']],
    ['unbreakable-and-longer-than-that x', 10, ['unbreakable-and-longer-than-that', 'x']],
    ['', 10, ['']],
  ])('%j in %i columns', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

test.each([
  ['\u001b[31mred\u001b[0m', '\\u001b[31mred\\u001b[0m'],
  ['\u001b]8;;http://example.org\u0007link', '\\u001b]8;;http://example.org\\u0007link'],
  ['right\u202eto left', 'right\\u202eto left'],
  ['arabic\u061cmark', 'arabic\\u061cmark'],
  ['a tag \u{e0041}', 'a tag \\ue0041'],
  ['half \ud83d a pair', 'half \\ud83d a pair'],
  ['no character \uffff', 'no character \\uffff'],
  ['two\nlines\tand a tab', 'two lines and a tab'],
  ['carriage\rreturn', 'carriage\\u000dreturn'],
  ['größe 値 ✔', 'größe 値 ✔'],
])('%j is made harmless', (text, shown) => {
  expect(harmless(text)).toBe(shown);
});

test.each([
  [0, '0.0 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 m 0 s'],
  [192_000, '3 m 12 s'],
])('%i ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('plural and fit', () => {
  expect([plural(1, 'error'), plural(0, 'error'), plural(2, 'entry', 'entries')]).toEqual([
    '1 error',
    '0 errors',
    '2 entries',
  ]);
  expect([fit('abc', 3), fit('abcd', 3), fit('😀😀😀', 2)]).toEqual(['abc', 'ab…', '😀…']);
});

describe('colour', () => {
  test.each([
    [{}, true, 1],
    [{}, false, 0],
    [{ NO_COLOR: '1' }, true, 0],
    [{ TERM: 'dumb' }, true, 0],
    [{ FORCE_COLOR: '1' }, false, 1],
    [{ FORCE_COLOR: '0' }, false, 0],
  ])('%j on a terminal: %s', (env, isTerminal, level) => {
    expect(styleFor({ env, isTerminal, columns: 80 }).paint.level).toBe(level);
  });

  test('letters where the locale has no symbols', () => {
    const style = styleFor({ env: { LC_ALL: 'C' }, isTerminal: false, columns: 80 });
    expect(style.marks).toMatchObject({ good: 'ok', bad: 'X' });
  });
});
