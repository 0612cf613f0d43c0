/** Globs of the configuration, against paths as git and reports name them. */

import { expect, test } from 'vitest';
import { matcherOf } from '../../src/measure/globs.ts';

test.each([
  [
    'src/payments/**',
    ['src/payments/a.ts', 'src/payments/a/b.ts'],
    ['src/payments.ts', 'lib/src/payments/a.ts'],
  ],
  ['src/payments', ['src/payments/a/b.ts', 'src/payments'], ['src/payments2/a.ts']],
  ['src/payments/', ['src/payments/a.ts'], ['src/payments.ts']],
  ['./src/*.ts', ['src/a.ts', 'src/.a.ts'], ['src/a/b.ts', 'src/a.tsx']],
  ['**/*.ts', ['a.ts', 'a/b/c.ts'], ['a.tsx', 'ats']],
  ['**/money/**', ['money/a.ts', 'src/money/b/c.ts'], ['src/moneys/a.ts']],
  ['*.{ts,tsx}', ['a.ts', 'a.tsx'], ['a.js', 'b/a.ts', 'a.ts,tsx']],
  ['src/{a,b/{c,d}}/*.js', ['src/a/x.js', 'src/b/d/x.js'], ['src/b/x.js', 'src/c/x.js']],
  ['a?.js', ['ab.js'], ['a.js', 'a/.js', 'abc.js']],
  ['a+(b).js', ['a+(b).js'], ['aab.js']],
  ['a[1].js', ['a[1].js'], ['a1.js']],
  ['a,b}.js', ['a,b}.js'], ['a.js']],
  ['größe *.js', ['größe 1.js'], ['grosse 1.js']],
  ['new\nline/**', ['new\nline/a\nb.js'], ['new/line/a.js']],
])('%j', (glob, matched, others) => {
  const isMatch = matcherOf([glob]);
  expect(matched.filter((file) => !isMatch(file))).toEqual([]);
  expect(others.filter(isMatch)).toEqual([]);
});

test('one of several is enough, none matches nothing, and a brace left open ends with the glob', () => {
  expect(matcherOf(['a/**', 'b/**'])('b/c')).toBe(true);
  expect(matcherOf([])('a')).toBe(false);
  expect(matcherOf(['{a,b'])('b')).toBe(true);
});
