/** Patterns of paths. */

import { expect, test } from 'vitest';
import { fitsGlob, globMatcher } from '../../src/judge/glob.ts';

test.each([
  ['src/**', 'src/a.ts', true],
  ['src/**', 'src/deep/a.ts', true],
  ['src/**', 'lib/src/a.ts', false],
  ['**/*.ts', 'a.ts', true],
  ['**/*.ts', 'x/y/a.ts', true],
  ['src/*.ts', 'src/x/a.ts', false],
  ['src/?.ts', 'src/a.ts', true],
  ['src/{cart,tax}.ts', 'src/tax.ts', true],
  ['src/{cart,tax}.ts', 'src/a.ts', false],
  ['src/a.ts', 'src/axts', false],
  ['app/[id]/page.tsx', 'app/[id]/page.tsx', true],
  ['src/a b\nc.ts', 'src/a b\nc.ts', true],
  ['src/(group)/+x.ts', 'src/(group)/+x.ts', true],
  ['ünïcode/*', 'ünïcode/€.ts', true],
  ['a{b', 'ab', true],
  ['a{b,c', 'ac', true],
  ['a}b', 'a}b', true],
  ['{a,b{c,d}}.ts', 'bd.ts', true],
  ['{a,b{c,d}}.ts', 'b.ts', false],
  ['{a,,b}c', 'c', true],
  ['{}c', 'c', true],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'ab', false],
  ['**', 'a/b', true],
  ['*', 'a/b', false],
  ['', '', true],
  ['', 'a', false],
  ['?', '𝒶', true],
])('%j and %j: %s', (pattern, file, fits) => expect(fitsGlob(pattern, file)).toBe(fits));

test('many stars take no time', () => {
  expect(fitsGlob(`${'**/'.repeat(150)}x`, `${'a/'.repeat(1500)}y`)).toBe(false);
  expect(fitsGlob(`${'*'.repeat(400)}x`, 'a'.repeat(4000))).toBe(false);
  expect(fitsGlob(`${'*a'.repeat(60)}x`, 'a'.repeat(2000))).toBe(false);
  expect(fitsGlob(`${'{a,aa}'.repeat(60)}x`, 'a'.repeat(100))).toBe(false);
  expect(fitsGlob(`${'{'.repeat(200)}a`, 'b')).toBe(false);
});

test.each([
  ['src/[a-c].ts', 'src/b.ts', true],
  ['src/[!a-c].ts', 'src/b.ts', false],
  ['src/[z-a].ts', 'src/b.ts', true],
  ['src', 'src/deep/a.ts', true],
  ['src', 'srcs', false],
  ['src/*', 'src/a', true],
  ['src/*', 'src/a/b', true],
  ['src/[]a', 'src/[]a', true],
])('with classes and all below, %j and %j: %s', (pattern, file, fits) =>
  expect(globMatcher(pattern, { classes: true, below: true })(file)).toBe(fits),
);
