/**
 * Repository states through the shipped gates, each worked out by hand.
 *
 * Of the score's five components this version measures three, so the whole is out of 60:
 *
 *   (20 * code + 15 * build + 25 * test) / 60
 *   code  = mean of test coverage, linting, security     coverage = share / 75 %, at most 100
 *   build = dependency health                            linting  = 100 - 10 * errors - 2 * warnings
 *   test  = mean of test pass rate, test coverage        security = 100 - 100 * secrets and critical - 40 * high - 10 * moderate
 *                                                        health   = 100 - 50 * critical - 20 * high - 5 * moderate - 25 unlocked
 */

import { describe, expect, it } from 'vitest';
import { CLEAN_PYTHON, judge, load, nothingButThese, type Changes } from './repository.ts';

/** Points: exact, low to high, or no score. */
type Points = number | readonly [low: number, high: number] | 'none';

interface State {
  readonly name: string;
  readonly preset?: 'recommended';
  readonly config?: Readonly<Record<string, unknown>>;
  readonly changes: Changes;
  /** Verdicts of code, build and test. */
  readonly gates: string;
  readonly code: Points;
  readonly build: Points;
  readonly test: Points;
  readonly score: Points;
  readonly evidence: number;
  readonly readiness: string;
  readonly because?: string;
}

/** Half of what can go wrong touches neither points nor evidence. */
const FULL = { code: 100, build: 100, test: 100, score: 100, evidence: 1 };
const AUDIT_DOWN = { tolerate: { 'npm-audit': ['backend_unavailable'] } };

const STATES: readonly State[] = [
  {
    name: 'everything measured, nothing wrong',
    changes: {},
    gates: 'passed passed passed',
    ...FULL, // (20 * 100 + 15 * 100 + 25 * 100) / 60
    readiness: 'ready',
  },
  {
    name: 'one ESLint error blocks, whatever the score',
    changes: { eslint: { eslint_errors: 1 } },
    gates: 'blocked passed passed',
    ...FULL,
    code: (100 + 90 + 100) / 3, // 96.667
    score: 98.888888889, // (1933.333 + 1500 + 2500) / 60
    readiness: 'blocked',
    because: 'the code gate is blocked',
  },
  {
    name: 'six ESLint warnings warn by the rule alone',
    changes: { eslint: { eslint_warnings: 6 } },
    gates: 'warned passed passed',
    ...FULL,
    code: (100 + 88 + 100) / 3, // 96
    score: 98.666666667, // (1920 + 1500 + 2500) / 60
    readiness: 'ready',
  },
  {
    name: 'sixty ESLint warnings cost no more than the whole metric',
    changes: { eslint: { eslint_warnings: 60 } },
    gates: 'warned passed passed',
    ...FULL,
    code: (100 + 0 + 100) / 3, // 100 - 120, kept at 0
    score: 88.888888889, // (1333.333 + 1500 + 2500) / 60
    readiness: 'ready',
  },
  {
    name: 'a secret blocks although the score would be ready',
    changes: { gitleaks: { secrets_found: 1, no_secrets_exposed: false } },
    gates: 'blocked passed passed',
    ...FULL,
    code: (100 + 100 + 0) / 3,
    score: 88.888888889, // (1333.333 + 1500 + 2500) / 60
    readiness: 'blocked',
  },
  {
    name: 'a type error blocks and costs no points',
    changes: { tsc: { type_errors: 1 } },
    gates: 'blocked passed passed',
    ...FULL,
    readiness: 'blocked',
  },
  {
    name: 'one failing test of twenty',
    changes: { unit: { 'unit.tests_failed': 1 }, suites: { test_pass_rate: 0.95 } },
    gates: 'passed passed blocked',
    ...FULL,
    test: (95 + 100) / 2, // 97.5
    score: 98.958333333, // (2000 + 1500 + 2437.5) / 60
    readiness: 'blocked',
    because: 'the test gate is blocked',
  },
  {
    name: 'the same with the test gate only observed',
    config: { mode: { test: 'observe' } },
    changes: { unit: { 'unit.tests_failed': 1 }, suites: { test_pass_rate: 0.95 } },
    gates: 'passed passed blocked',
    ...FULL,
    test: (95 + 100) / 2,
    score: 98.958333333,
    readiness: 'ready',
  },
  {
    name: 'coverage of 62 % is below the floor',
    changes: {
      unit: { 'unit.coverage': 0.62 },
      integration: { 'integration.coverage': 0.62 },
      suites: { coverage_overall: 0.62 },
    },
    gates: 'passed passed blocked',
    code: (82.666666667 + 100 + 100) / 3, // 62 / 75; 94.222
    build: 100,
    test: (100 + 82.666666667) / 2, // 91.333
    score: 94.462962963, // (1884.444 + 1500 + 2283.333) / 60
    evidence: 1,
    readiness: 'blocked',
  },
  {
    name: 'coverage of 62 % is taste until the team has written its floor down',
    preset: 'recommended',
    changes: {
      unit: { 'unit.coverage': 0.62 },
      integration: { 'integration.coverage': 0.62 },
      suites: { coverage_overall: 0.62 },
    },
    gates: 'passed passed warned',
    code: (82.666666667 + 100 + 100) / 3,
    build: 100,
    test: (100 + 82.666666667) / 2,
    score: 94.462962963,
    evidence: 1,
    readiness: 'ready',
  },
  {
    name: 'the audit backend does not answer',
    changes: { 'npm-audit': 'backend_unavailable' },
    gates: 'undecided undecided passed',
    code: [(100 + 100 + 0) / 3, 100],
    build: [0, 100],
    test: 100,
    score: [63.888888889, 100], // (1333.333 + 0 + 2500) / 60
    evidence: 0.638888889, // (20 * 2/3 + 0 + 25) / 60
    readiness: 'undecided',
    because: 'the code gate is undecided',
  },
  {
    name: 'the same, accepted in advance: its weight leaves the points, not the evidence',
    config: AUDIT_DOWN,
    changes: { 'npm-audit': 'backend_unavailable' },
    gates: 'warned warned passed',
    code: (100 + 100) / 2,
    build: 'none',
    test: 100,
    score: 100, // (2000 + 2500) / 45
    evidence: 0.638888889,
    readiness: 'caution',
    because: 'tolerated: npm-audit: backend_unavailable',
  },
  {
    name: 'another state than the accepted one is not accepted',
    config: AUDIT_DOWN,
    changes: { 'npm-audit': 'timed_out' },
    gates: 'undecided undecided passed',
    code: [(100 + 100 + 0) / 3, 100],
    build: [0, 100],
    test: 100,
    score: [63.888888889, 100],
    evidence: 0.638888889,
    readiness: 'undecided',
  },
  {
    name: 'a secret is found while the audit is excused',
    config: AUDIT_DOWN,
    changes: {
      'npm-audit': 'backend_unavailable',
      gitleaks: { secrets_found: 1, no_secrets_exposed: false },
    },
    gates: 'blocked warned passed',
    code: (100 + 100) / 2,
    build: 'none',
    test: 100,
    score: 100,
    evidence: 0.638888889,
    readiness: 'blocked',
  },
  {
    name: 'an excused audit is all the build gate has: nothing was measured there',
    config: AUDIT_DOWN,
    changes: {
      'npm-audit': 'backend_unavailable',
      tsconfig: 'not_applicable',
      lockfile: 'not_applicable',
      dependencies: 'not_applicable',
    },
    gates: 'warned undecided passed',
    code: (100 + 100) / 2,
    build: 'none',
    test: 100,
    score: 100,
    evidence: 0.638888889,
    readiness: 'undecided',
    because: 'the build gate is undecided',
  },
  {
    name: 'ESLint is declared and not installed',
    changes: { eslint: 'not_installed' },
    gates: 'undecided passed passed',
    ...FULL,
    code: [(100 + 0 + 100) / 3, 100],
    score: [88.888888889, 100], // (1333.333 + 1500 + 2500) / 60
    evidence: 0.888888889, // (20 * 2/3 + 15 + 25) / 60
    readiness: 'undecided',
  },
  {
    name: 'Prettier ran out of time: only a warning asked for it, and no points',
    changes: { prettier: 'timed_out' },
    gates: 'warned passed passed',
    ...FULL,
    readiness: 'ready',
  },
  {
    name: 'type checking was left out with --skip',
    changes: { tsc: 'skipped' },
    gates: 'undecided passed passed',
    ...FULL,
    readiness: 'undecided',
  },
  {
    name: 'an empty folder',
    changes: nothingButThese(),
    gates: 'undecided undecided undecided',
    code: 'none',
    build: 'none',
    test: 'none',
    score: 'none',
    evidence: 0,
    readiness: 'undecided',
  },
  {
    name: 'an empty folder, all gates observed: still nothing to go by',
    config: { mode: { code: 'observe', build: 'observe', test: 'observe' } },
    changes: nothingButThese(),
    gates: 'undecided undecided undecided',
    code: 'none',
    build: 'none',
    test: 'none',
    score: 'none',
    evidence: 0,
    readiness: 'undecided',
    because: 'nothing that the score counts was measured',
  },
  {
    name: 'text only, searched for secrets',
    changes: nothingButThese('gitleaks'),
    gates: 'passed undecided undecided',
    code: 100, // security alone: no packages, so none that is vulnerable
    build: 'none', // dependency health does not apply
    test: 'none',
    score: 100, // 2000 / 20
    evidence: 1,
    readiness: 'undecided',
  },
  {
    name: 'a Python service: no npm, no TypeScript, pytest measured',
    changes: { ...nothingButThese('gitleaks', 'unit', 'suites'), ...CLEAN_PYTHON },
    gates: 'passed passed passed',
    code: (100 + 100) / 2, // linting does not apply
    build: 100, // locked; no audit applies
    test: (100 + 100) / 2,
    score: 100, // (2000 + 1500 + 2500) / 60
    evidence: 1,
    readiness: 'ready',
  },
  {
    name: 'a Python service whose dependencies are not installed',
    changes: {
      ...nothingButThese('gitleaks', 'unit', 'suites'),
      ...CLEAN_PYTHON,
      'python-env': { python_version: '3.11.7', all_resolved: false, dependencies_unresolved: 2 },
    },
    gates: 'passed blocked passed',
    code: (100 + 100) / 2,
    build: 100, // locked; no audit applies
    test: (100 + 100) / 2,
    score: 100,
    evidence: 1,
    readiness: 'blocked',
    because: 'the build gate is blocked',
  },
  {
    name: 'unit tests are fine, integration tests do not exist',
    changes: { integration: 'not_applicable' },
    gates: 'passed passed passed',
    ...FULL,
    readiness: 'ready',
  },
  {
    name: 'the test runner crashed',
    changes: { unit: 'crashed', suites: 'crashed' },
    gates: 'passed passed undecided',
    code: [(0 + 100 + 100) / 3, 100],
    build: 100,
    test: [0, 100],
    score: [47.222222222, 100], // (1333.333 + 1500 + 0) / 60
    evidence: 0.472222222, // (20 * 2/3 + 15 + 0) / 60
    readiness: 'undecided',
  },
  {
    name: 'a test runner that found no tests has not passed',
    changes: {
      unit: 'nothing_measured',
      integration: 'not_applicable',
      suites: 'nothing_measured',
    },
    gates: 'passed passed undecided',
    code: [(0 + 100 + 100) / 3, 100],
    build: 100,
    test: [0, 100],
    score: [47.222222222, 100],
    evidence: 0.472222222,
    readiness: 'undecided',
  },
  {
    name: 'one integration test fails while the unit tests crash: a fact outweighs a gap',
    changes: { unit: 'crashed', integration: { 'integration.tests_failed': 1 }, suites: 'crashed' },
    gates: 'passed passed blocked',
    code: [(0 + 100 + 100) / 3, 100],
    build: 100,
    test: [0, 100],
    score: [47.222222222, 100],
    evidence: 0.472222222,
    readiness: 'blocked',
  },
  {
    name: 'a critical vulnerability',
    changes: {
      'npm-audit': { vulnerabilities_critical: 1, audit_clean: false, dependencies_safe: false },
    },
    gates: 'blocked blocked passed',
    code: (100 + 100 + 0) / 3,
    build: 100 - 50,
    test: 100,
    score: 76.388888889, // (1333.333 + 750 + 2500) / 60
    evidence: 1,
    readiness: 'blocked',
  },
  {
    name: 'a critical vulnerability under the recommended preset',
    preset: 'recommended',
    changes: {
      'npm-audit': { vulnerabilities_critical: 1, audit_clean: false, dependencies_safe: false },
    },
    gates: 'warned warned passed',
    code: (100 + 100 + 0) / 3,
    build: 100 - 50,
    test: 100,
    score: 76.388888889,
    evidence: 1,
    readiness: 'caution',
    because: 'the score is 76.3, ready is 85',
  },
  {
    name: 'the preset softens the audit inside any(security), not the secrets beside it',
    preset: 'recommended',
    changes: {
      'npm-audit': 'backend_unavailable',
      gitleaks: { secrets_found: 1, no_secrets_exposed: false },
    },
    gates: 'blocked warned passed',
    code: [(100 + 100 + 0) / 3, 100],
    build: [0, 100],
    test: 100,
    score: [63.888888889, 100],
    evidence: 0.638888889,
    readiness: 'blocked',
  },
  {
    name: 'a high vulnerability fails audit_clean',
    changes: { 'npm-audit': { vulnerabilities_high: 1, audit_clean: false } },
    gates: 'passed blocked passed',
    code: (100 + 100 + 60) / 3, // 86.667
    build: 100 - 20,
    test: 100,
    score: 90.555555556, // (1733.333 + 1200 + 2500) / 60
    evidence: 1,
    readiness: 'blocked',
  },
  {
    name: 'strict TypeScript is off',
    changes: { tsconfig: { ts_strict: false } },
    gates: 'passed blocked passed',
    ...FULL,
    readiness: 'blocked',
  },
  {
    name: 'strict TypeScript is off, recommended',
    preset: 'recommended',
    changes: { tsconfig: { ts_strict: false } },
    gates: 'passed warned passed',
    ...FULL,
    readiness: 'ready',
  },
  {
    name: 'a broken lock file is a fact, also when recommended',
    preset: 'recommended',
    changes: { lockfile: { lockfile_consistent: false } },
    gates: 'passed blocked passed',
    ...FULL,
    readiness: 'blocked',
  },
  {
    name: 'no lock file, so no audit either',
    changes: {
      lockfile: {
        versions_locked: false,
        dependencies_unlocked: 1,
        lockfile_consistent: { notApplicable: 'no lock file' },
      },
      'npm-audit': 'not_applicable',
    },
    gates: 'passed blocked passed',
    ...FULL,
    build: 100 - 25,
    score: 93.75, // (2000 + 1125 + 2500) / 60
    readiness: 'blocked',
  },
  {
    name: 'exactly 85 is ready',
    preset: 'recommended',
    changes: {
      eslint: { eslint_warnings: 25 },
      'npm-audit': { vulnerabilities_high: 1, audit_clean: false },
    },
    gates: 'warned warned passed',
    code: (100 + 50 + 60) / 3, // 70
    build: 100 - 20,
    test: 100,
    score: 85, // (1400 + 1200 + 2500) / 60
    evidence: 1,
    readiness: 'ready',
  },
  {
    name: 'a hair below 85 is not',
    preset: 'recommended',
    changes: {
      eslint: { eslint_warnings: 25 },
      'npm-audit': { vulnerabilities_high: 1, audit_clean: false },
      suites: { coverage_overall: 0.74999 },
    },
    gates: 'warned warned warned',
    code: (99.998666667 + 50 + 60) / 3, // 74.999 / 75; 69.999556
    build: 100 - 20,
    test: (100 + 99.998666667) / 2, // 99.999333
    score: 84.999574074, // (1399.991111 + 1200 + 2499.983333) / 60
    evidence: 1,
    readiness: 'caution',
    because: 'the score is 84.9, ready is 85',
  },
  {
    name: 'exactly 70 is caution',
    preset: 'recommended',
    changes: {
      eslint: { eslint_warnings: 50 },
      'npm-audit': { vulnerabilities_high: 2, audit_clean: false },
    },
    gates: 'warned warned passed',
    code: (100 + 0 + 20) / 3, // 40
    build: 100 - 40,
    test: 100,
    score: 70, // (800 + 900 + 2500) / 60
    evidence: 1,
    readiness: 'caution',
  },
  {
    name: 'at most 65 blocks although no gate does',
    preset: 'recommended',
    changes: {
      eslint: { eslint_warnings: 50 },
      'npm-audit': {
        vulnerabilities_high: 2,
        vulnerabilities_moderate: 2,
        audit_clean: false,
      },
    },
    gates: 'warned warned passed',
    code: (100 + 0 + 0) / 3,
    build: 100 - 40 - 10,
    test: 100,
    score: 65.277777778, // (666.667 + 750 + 2500) / 60
    evidence: 1,
    readiness: 'blocked',
    because: 'the score is at most 65.2, below 70',
  },
  {
    name: 'nobody measured coverage: it may be 68 or 100',
    preset: 'recommended',
    changes: {
      unit: { 'unit.coverage': { missing: 'no coverage provider' } },
      integration: 'not_applicable',
      suites: { coverage_overall: { missing: 'no coverage provider' } },
    },
    gates: 'passed passed warned',
    code: [(0 + 100 + 100) / 3, 100],
    build: 100,
    test: [(100 + 0) / 2, 100],
    score: [68.055555556, 100], // (1333.333 + 1500 + 1250) / 60
    evidence: 0.680555556, // (20 * 2/3 + 15 + 25 / 2) / 60
    readiness: 'undecided',
    because: 'the score may be as low as 68, below 70',
  },
];

describe('a repository through the shipped gates', () => {
  it.each(STATES)('$name', (state) => {
    const extending = { extends: `nemesis/${state.preset ?? 'strict'}` };
    const { verdicts, score, readiness } = judge(
      load({ ...extending, ...state.config }),
      state.changes,
    );
    expect(verdicts.map(({ kind }) => kind).join(' ')).toBe(state.gates);
    const points = Object.fromEntries(score.components.map((c) => [c.name, c]));
    expectPoints(points['code_quality']!, state.code);
    expectPoints(points['build_health']!, state.build);
    expectPoints(points['test_health']!, state.test);
    expectPoints(points['infrastructure']!, 'none');
    expectPoints(points['operational']!, 'none');
    expectPoints(score, state.score);
    expect(score.evidence).toBeCloseTo(state.evidence, 8);
    expect(readiness.kind).toBe(state.readiness);
    if (state.because !== undefined) expect(readiness.because).toContain(state.because);
  });

  it('names the sentence that decided, and what it saw', () => {
    const { verdicts } = judge(load({ extends: 'nemesis/strict' }), {
      gitleaks: { secrets_found: 1, no_secrets_exposed: false },
    });
    const [code] = verdicts;
    expect(code!.reasons.map(({ sentence }) => sentence.text)).toEqual(['any(security)']);
    expect(code!.reasons[0]!.explanation[0]).toBe('1 of 4 sentences of security fails');
  });

  it('lists what could not be told, with its reason', () => {
    const { verdicts } = judge(load({ extends: 'nemesis/strict' }), {
      eslint: 'not_installed',
    });
    const [reason, ...others] = verdicts[0]!.reasons;
    expect(others.map(({ sentence }) => sentence.text)).toEqual(['code_unparseable > 0']);
    expect(reason!.sentence.text).toBe('eslint_errors > 0');
    expect(reason!.standing).toEqual({
      kind: 'untold',
      why: 'eslint: not installed',
      tolerated: [],
    });
  });
});

function expectPoints(
  { low, high }: { readonly low: number | undefined; readonly high: number | undefined },
  points: Points,
): void {
  if (points === 'none') {
    expect([low, high]).toEqual([undefined, undefined]);
    return;
  }
  const [from, to] = typeof points === 'number' ? [points, points] : points;
  expect(low).toBeCloseTo(from, 6);
  expect(high).toBeCloseTo(to, 6);
}
