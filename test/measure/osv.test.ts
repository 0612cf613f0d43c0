/** The severity of a hole, from its score or its word. Scores as the calculator of first.org gives them. */

import { expect, test } from 'vitest';
import { baseScore, severityOfScore } from '../../src/measure/osv/cvss.ts';

test.each([
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', 7.5],
  ['CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N', 2.5],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N', 6.4],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
])('%s is %d', (vector, score) => {
  expect(baseScore(vector)).toBe(score);
});

test.each([
  '',
  'CVSS:4.0/AV:N',
  'CVSS:3.1/AV:N/AC:L',
  'AV:N/AC:L/Au:N/C:P/I:P/A:P',
  'CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
])('%j has no score', (vector) => {
  expect(baseScore(vector)).toBeUndefined();
});

test('the words of a score', () => {
  expect([9, 8.9, 7, 6.9, 4, 3.9, 0.1, 0].map(severityOfScore)).toEqual([
    'critical',
    'high',
    'high',
    'moderate',
    'moderate',
    'low',
    'low',
    undefined,
  ]);
});
