import { expect, test } from 'vitest';
import { isAmong } from '../../src/measure/concerned.ts';

test.each([
  ['src/a.ts', [], true],
  ['src/a.ts', ['.'], true],
  ['src/a.ts', ['src'], true],
  ['src/a.ts', ['./src/'], true],
  ['srcs/a.ts', ['src'], false],
  ['src/deep/a.ts', ['src/**/*.ts'], true],
  ['src/a.ts', ['src/**/*.ts'], true],
  ['src/a.js', ['src/**/*.ts'], false],
  ['src/a.js', ['**/*.{js,ts}'], true],
  ['packages/pay/x/a.js', ['packages/*'], true],
  ['src/[id].ts', ['src/[id].ts'], true],
  ['src/old/a.ts', ['.', '!src/old'], false],
  ['src/old/a.ts', ['!src/old/**'], false],
  ['src/a.ts', ['src/}broken{'], true],
])('%j is among %j: %j', (file, paths, expected) => {
  expect(isAmong(file, paths)).toBe(expected);
});
