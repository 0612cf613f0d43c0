/** Patterns of paths. */

import { expect, test } from 'vitest';
import { fitsGlob } from '../../src/judge/glob.ts';

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
])('%j and %j: %s', (pattern, file, fits) => expect(fitsGlob(pattern, file)).toBe(fits));

test('many stars take no time', () => {
  expect(fitsGlob(`${'**/'.repeat(150)}x`, `${'a/'.repeat(1500)}y`)).toBe(false);
  expect(fitsGlob(`${'*'.repeat(400)}x`, 'a'.repeat(4000))).toBe(false);
});
