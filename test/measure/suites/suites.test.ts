/** The sum of all suites: counts add up, coverage is a union, and no part may be missing. */

import { describe, expect, test } from 'vitest';
import { DEFAULT_COVERAGE } from '../../../src/config/coverage.ts';
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

describe('declared runners that join their lines', () => {
  const joinedTo = (parts: Record<string, Measurement>, given: Record<string, string>) => {
    const coverage = { ...DEFAULT_COVERAGE, joined: ['goat'] };
    const project = projectWith({ scripts: given, coverage });
    expect(suites.inPlay(project)).toMatchObject({ inPlay: true });
    const earlier = new Map(Object.entries(parts));
    return suites.measure(contextFor(project, engine, { earlier }));
  };
  const goat = (text: string): LineMeasurement => {
    const hits = parseLcov(text);
    if (!hits.ok) throw new Error(hits.why);
    return { state: 'clean', metrics: {}, findings: [], lineCoverage: packLines(hits.value) };
  };
  const unit = suite('unit', [1, 0, 0], 0.5, lcov('a.js', 1, 0));

  test('their lines are put together with those of the suites', async () => {
    const parts = { unit, goat: goat(lcov('a.js', 0, 1) + lcov('b.go', 0, 1)) };
    expect(await joinedTo(parts, { test: 'jest' })).toMatchObject({
      metrics: { tests_total: 1, coverage_overall: 3 / 4 },
      shares: { coverage_overall: { covered: 3, total: 4 } },
    });
  });

  test('alone they tell how much is covered, and nothing of tests', async () => {
    expect(await joinedTo({ goat: goat(lcov('b.go', 0, 1, 1)) }, {})).toMatchObject({
      state: 'clean',
      metrics: {
        tests_total: { notApplicable: 'no test suite is declared here' },
        test_pass_rate: { notApplicable: 'no test suite is declared here' },
        coverage_overall: 2 / 3,
      },
      shares: { coverage_overall: { covered: 2, total: 3 } },
      summary: 'lines of goat',
    });
  });

  test('one that did not run, fell, or left no lines leaves no number', async () => {
    const overall = async (parts: Record<string, Measurement>) =>
      (await joinedTo({ unit, ...parts }, { test: 'jest' })).metrics['coverage_overall'];
    expect(await overall({})).toEqual({ missing: 'goat: it was not run before this' });
    const fell: Measurement = { state: 'crashed', why: 'it fell', metrics: {}, findings: [] };
    expect(await overall({ goat: fell })).toEqual({ missing: 'goat: it fell' });
    const mute: Measurement = { state: 'clean', metrics: {}, findings: [] };
    expect(await overall({ goat: mute })).toEqual({ missing: 'goat: it left no line data' });
    // Narrowed by hand.
    expect(await overall({ goat: { ...mute, state: 'not_applicable' } })).toBe(0.5);
  });
});
