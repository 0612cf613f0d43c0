/** Which lines any suite runs: end-to-end tests count none, and are not waited for. */

import { expect, test } from 'vitest';
import { parseLcov } from '../../../src/measure/formats/lcov.ts';
import { packLines, type LineMeasurement } from '../../../src/measure/line-coverage.ts';
import { coverage } from '../../../src/measure/suites/coverage.ts';
import { reachedLines } from '../../../src/measure/suites/reached.ts';
import type { Measurement } from '../../../src/measure/runner.ts';
import { projectWith } from '../tools/support.ts';

const passed = (name: string): Measurement => ({
  state: 'clean',
  metrics: { [`${name}.tests_total`]: 1 },
  findings: [],
});

function unit(): LineMeasurement {
  const hits = parseLcov('SF:a.js\nDA:1,1\nDA:2,0\nend_of_record\n');
  if (!hits.ok) throw new Error('no lcov');
  return { ...passed('unit'), lineCoverage: packLines(hits.value) };
}

test.each([
  ['passed', passed('e2e')],
  ['was not installed', { state: 'not_installed', metrics: {}, findings: [] } as const],
])('end-to-end tests where Playwright %s take nothing away', (_, e2e) => {
  const earlier = new Map<string, Measurement>([
    ['unit', unit()],
    ['e2e', e2e],
  ]);
  expect(reachedLines(projectWith({}), earlier)).toMatchObject({ families: new Set(['js']) });
});

test('a suite that counts and left nothing is missing, as is one that failed', () => {
  const silent = new Map([['unit', passed('unit')]]);
  expect(reachedLines(projectWith({}), silent)).toMatchObject({ state: 'nothing_measured' });
  const failed: Measurement = { state: 'crashed', why: 'x', metrics: {}, findings: [] };
  const crashed = reachedLines(projectWith({}), new Map([['unit', failed]]));
  expect(crashed).toMatchObject({ state: 'crashed', causedBy: 'unit' });
});

test('with end-to-end tests alone no lines are asked for', () => {
  const alone = projectWith({ scripts: { 'test:e2e': 'playwright test' } });
  expect(coverage.inPlay(alone)).toEqual({
    inPlay: false,
    why: 'no test suite that counts lines is declared here',
  });
  const both = projectWith({ scripts: { 'test:e2e': 'playwright test', test: 'vitest' } });
  expect(coverage.inPlay(both)).toEqual({ inPlay: true, because: 'suites: unit' });
});
