/** The sum of all suites: counts add up, coverage is a union, and no part may be missing. */

import { expect, test } from 'vitest';
import { parseLcov } from '../../../src/measure/formats/lcov.ts';
import { packLines, type LineMeasurement } from '../../../src/measure/line-coverage.ts';
import { suites } from '../../../src/measure/suites/suites.ts';
import type { Measurement, MetricValue } from '../../../src/measure/runner.ts';
import { projectWith } from '../tools/support.ts';
import { contextFor, engineOf } from './replay.ts';

const engine = engineOf(() => ({ kind: 'aborted' }));
const scripts = { test: 'jest', 'test:integration': 'mocha' };

function suite(
  name: string,
  [passed, failed, skipped]: [number, number, number],
  coverage: MetricValue,
  lcov?: string,
): LineMeasurement {
  const hits = lcov === undefined ? undefined : parseLcov(lcov);
  return {
    state: failed > 0 ? 'findings' : 'clean',
    metrics: {
      [`${name}.tests_total`]: passed + failed + skipped,
      [`${name}.tests_passed`]: passed,
      [`${name}.tests_failed`]: failed,
      [`${name}.tests_skipped`]: skipped,
      [`${name}.coverage`]: coverage,
    },
    findings: [],
    ...(hits?.ok ? { lineCoverage: packLines(hits.value) } : {}),
  };
}

function sumOf(parts: Record<string, Measurement>, given = scripts as Record<string, string>) {
  const project = projectWith({ scripts: given });
  const earlier = new Map(Object.entries(parts));
  return suites.measure(contextFor(project, engine, { earlier }));
}

const lcov = (file: string, ...hits: number[]): string =>
  `SF:${file}\n${hits.map((hit, at) => `DA:${at + 1},${hit}`).join('\n')}\nend_of_record\n`;

test('two suites add up, and a line counts when either runs it', async () => {
  const unit = suite('unit', [3, 1, 1], 0.5, lcov('a.js', 1, 0, 0, 1));
  const integration = suite(
    'integration',
    [2, 0, 0],
    0.25,
    lcov('a.js', 0, 3, 0, 0) + lcov('b.js', 0),
  );
  const carried = JSON.parse(JSON.stringify({ unit, integration })) as Record<string, Measurement>;
  expect(await sumOf(carried)).toMatchObject({
    state: 'findings',
    metrics: { tests_total: 7, tests_failed: 1, test_pass_rate: 5 / 6, coverage_overall: 3 / 5 },
    summary: '5 of 6 passed in 2 suites',
  });
});

test('one suite keeps the number its tool reports', async () => {
  const measured = await sumOf({ unit: suite('unit', [2, 0, 0], 0.8) }, { test: 'jest' });
  expect(measured).toMatchObject({
    state: 'clean',
    metrics: { test_pass_rate: 1, coverage_overall: 0.8 },
  });
});

test('a suite without numbers leaves no sum', async () => {
  const crashed: Measurement = { state: 'crashed', why: 'it fell', metrics: {}, findings: [] };
  const unit = suite('unit', [2, 0, 0], 0.8);
  expect(await sumOf({ unit, integration: crashed })).toMatchObject({
    state: 'crashed',
    why: 'integration: it fell',
    metrics: {},
  });
  expect(await sumOf({ unit })).toMatchObject({ state: 'skipped', metrics: {} });
  expect(await sumOf({}, {})).toMatchObject({ state: 'nothing_measured' });
});

test('coverage is missing or not applicable with its reason, never guessed', async () => {
  const none = { notApplicable: 'no provider' };
  const both = (unit: LineMeasurement, integration: LineMeasurement) =>
    sumOf({ unit, integration }).then(({ metrics }) => metrics['coverage_overall']);
  const unit = suite('unit', [1, 0, 0], 0.5, lcov('a.js', 1, 0));
  expect(await both(unit, suite('integration', [1, 0, 0], none))).toBe(0.5);
  expect(await both(suite('unit', [1, 0, 0], none), suite('integration', [1, 0, 0], none))).toEqual(
    none,
  );
  expect(await both(unit, suite('integration', [1, 0, 0], { missing: 'cut' }))).toEqual({
    missing: 'cut',
  });
  expect(await both(unit, suite('integration', [1, 0, 0], 0.5))).toEqual({
    missing: 'integration left no line data to put together',
  });
});
