/** Which holes a version has, and the words about them. */

import { describe, expect, test } from 'vitest';
import { holesByPackage, holesIn, holesText } from '../../../src/cli/audit-fix/holes.ts';
import { refusing, writtenAs } from '../../../src/cli/audit-fix/lock.ts';

const hole = (name: string, affects?: string) => ({ name, affects });

describe('a version', () => {
  test.each([
    ['1.0.1', '<1.0.1', false],
    ['1.0.1', '<1.1.0', true],
    ['1.0.1', '>=1.0.0 <1.0.1 || >=2.0.0 <2.0.3', false],
    ['2.0.1', '>=1.0.0 <1.0.1 || >=2.0.0 <2.0.3', true],
    ['1.1.0-rc.1', '<1.1.0', true],
    ['1.0.1', '*', true],
    ['1.0.1', undefined, true],
    ['1.0.1', 'no range', true],
  ])('%s of %s: %s', (version, affects, has) => {
    expect(holesIn(version, [hole('GHSA-1', affects)])).toHaveLength(has ? 1 : 0);
  });
});

describe('fixed in', () => {
  test.each([
    ['<1.1.0', '1.0.0', 'GHSA-1 (fixed in 1.1.0)'],
    ['>=1.0.0 <1.0.5 || >=2.0.0 <2.0.3', '2.0.0', 'GHSA-1 (fixed in 2.0.3)'],
    ['<=1.9.9', '1.0.0', 'GHSA-1'],
    [undefined, '1.0.0', 'GHSA-1'],
  ])('%s from %s', (affects, version, text) => {
    expect(holesText([hole('GHSA-1', affects)], version)).toBe(text);
  });

  test('is free of each of them', () => {
    const both = [hole('GHSA-1', '<1.1.0'), hole('GHSA-2', '<1.3.0')];
    expect(holesText(both, '1.0.0')).toBe('GHSA-1, GHSA-2 (fixed in 1.3.0)');
  });
});

test('holes are told by package; what is no hole is left out', () => {
  const finding = { tool: 'npm-audit', severity: 'error', message: '' } as const;
  const advisory = { package: 'money', severity: 'high', affects: '<2' } as const;
  const found = holesByPackage([
    { ...finding, rule: 'GHSA-1', advisory },
    { ...finding, rule: 'remark' },
    { ...finding, rule: 'GHSA-2', advisory: { package: 'money', severity: 'low' } },
  ]);
  expect([...found]).toEqual([['money', [hole('GHSA-1', '<2'), hole('GHSA-2')]]]);
});

test('who refuses a version: neither tags nor what others develop with', () => {
  const packages = {
    '': { devDependencies: { money: '1.0.0' }, dependencies: { purse: '^1' } },
    'node_modules/purse': {
      dependencies: { money: '~1.0.0' },
      devDependencies: { money: '1.0.0' },
    },
    'node_modules/a/node_modules/@s/till': { peerDependencies: { money: '1.0.0' } },
    'node_modules/tagged': { dependencies: { money: 'latest' } },
  };
  expect(refusing({ packages }, 'money', '1.0.1')).toEqual([
    'package.json asks for 1.0.0',
    '@s/till asks for 1.0.0',
  ]);
});

test.each([
  ['{\r\n\t"a": 1\r\n}\r\n', '{\r\n\t"b": 2\r\n}\r\n'],
  ['{\n    "a": 1\n}', '{\n    "b": 2\n}'],
  ['{"a":1}\n', '{\n  "b": 2\n}\n'],
])('%j is written as %j', (before, after) => {
  expect(writtenAs(before, { b: 2 })).toBe(after);
});
