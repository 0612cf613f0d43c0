/**
 * Every metric of the gates code, build and test has a row in docs/metrics.md, and is shown by a run of the real tool: by
 * a fixture that is captured again in every run, or in a test named here that expects a value of it. Two values where the
 * number can be foretold, since a metric that is always the same measures nothing.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runners } from '../../src/measure/runners.ts';

const TESTS = path.join(import.meta.dirname, '..');
const page = readFileSync(path.join(TESTS, '../docs/metrics.md'), 'utf8');

/** Tests that start the real tool themselves; after a `#`, the one `describe` in them that is about this runner. */
const REAL: Readonly<Record<string, readonly string[]>> = {
  'npm-audit': ['measure/tools/npm-audit.test.ts#the real npm'],
  'pip-audit': ['measure/tools/pip-audit.test.ts#the real pip-audit'],
  'trivy-fs': ['measure/tools/trivy.test.ts#trivy fs'],
  'trivy-image': ['measure/tools/trivy.test.ts#trivy image'],
  lockfile: ['measure/tools/npm-real.test.ts#lockfile'],
  dependencies: ['measure/tools/npm-real.test.ts#dependencies'],
  cycles: ['measure/tools/cycles.test.ts#a cycle'],
  bundle: [
    'measure/tools/bundle.test.ts#a bundle that is built here',
    'measure/tools/bundle.test.ts#a bundle that somebody else built',
  ],
  ruff: ['measure/tools/python-real.test.ts#ruff'],
  pylint: ['measure/tools/python-real.test.ts#pylint'],
  'mypy-config': ['measure/tools/python-real.test.ts#mypy-config'],
  'python-env': ['measure/tools/python-real.test.ts#python-env'],
  'python-lock': ['measure/tools/python-lock.test.ts#versions_locked'],
  'diff-rules': ['measure/change/rules.test.ts#all three'],
  unit: ['e2e/test-metrics.test.ts#every metric'],
  integration: ['e2e/test-metrics.test.ts#every metric'],
  suites: ['e2e/test-metrics.test.ts#every metric'],
  coverage: ['e2e/test-metrics.test.ts#every metric'],
  k6: ['e2e/performance.test.ts#k6'],
};

/** Where fixtures lie that are captured again: by `recorded.test.ts`, those of Playwright by `suites/real.test.ts`. */
const fixturesOf = (id: string): string =>
  path.join(TESTS, 'fixtures', id === 'e2e' ? 'suites/playwright' : `tools/${id}`);

interface Expected {
  readonly metrics?: Readonly<Record<string, unknown>>;
}

/** Values of a metric in the fixtures that are captured again. */
function recordedValues(id: string, metric: string): string[] {
  const folder = fixturesOf(id);
  const cases = existsSync(folder) ? readdirSync(folder) : [];
  return cases
    .filter((name) => existsSync(path.join(folder, name, 'input')))
    .map((name) => readFileSync(path.join(folder, name, 'expected.json'), 'utf8'))
    .map((text) => (JSON.parse(text) as Expected).metrics?.[metric])
    .filter((value) => value !== undefined && typeof value !== 'object')
    .map(String);
}

/** Values that the tests of a runner expect of a metric: `metric: 3`, `'unit.metric': expect.any(Number)`. */
function expectedValues(id: string, metric: string): string[] {
  const name = metric.replaceAll('.', String.raw`\.`);
  const value = String.raw`true|false|\d[\d._/ ]*|'[^']+'|expect\.\w+`;
  const pair = new RegExp(String.raw`(?<![\w.])'?${name}'?: (${value})`, 'g');
  return expectationsOf(id).flatMap((text) =>
    [...text.matchAll(pair)].map((found) => found[1]!.trim()),
  );
}

function expectationsOf(id: string): string[] {
  return (REAL[id] ?? []).flatMap((place) => {
    const [file = '', heading = ''] = place.split('#');
    const text = readFileSync(path.join(TESTS, file), 'utf8');
    const parts = text.split(/^(?=describe)/m).slice(1);
    const part = parts.find((one) => one.split('\n', 1)[0]!.includes(`('${heading}', `));
    expect(part, `${file} has no describe('${heading}'`).toBeDefined();
    return part!.match(/\bexpect\([^;]*;/g) ?? [];
  });
}

describe.each(runners.map((runner) => [runner.id, runner] as const))('%s', (id, runner) => {
  test('says what it needs', () => {
    expect(runner.needs).toMatch(/\S/);
  });

  test.each(Object.keys(runner.metrics))('%s has a row', (metric) => {
    expect(page).toMatch(new RegExp(`^\\| \`${metric}\` +\\| \`${id}\``, 'm'));
  });

  test.each(Object.keys(runner.metrics))('%s is shown by real runs', (metric) => {
    const values = new Set([...recordedValues(id, metric), ...expectedValues(id, metric)]);
    const isMeasured = [...values].some((value) => value.startsWith('expect.'));
    expect(isMeasured ? 2 : values.size, [...values].join(', ')).toBeGreaterThanOrEqual(2);
  });
});

test('no test is named for a runner that is not there', () => {
  const ids = runners.map(({ id }) => id);
  expect(Object.keys(REAL).filter((id) => !ids.includes(id))).toEqual([]);
});

/** Each number that the specification names, by its agent; where ours is called otherwise, by our names. */
const SPECIFIED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  CODE_001: byThatName(
    ...['eslint_errors', 'eslint_warnings', 'complexity_score', 'duplication'],
    ...['prettier_compliant', 'consistent_naming', 'import_order'],
    ...['no_secrets_exposed', 'no_sql_injection', 'no_xss_vulnerabilities', 'dependencies_safe'],
    ...['public_functions_documented', 'complex_logic_commented', 'readme_updated'],
    ...['type_errors', 'missing_tests_for_new_code'],
  ),
  BUILD_001: {
    'typescript.strict_mode': ['ts_strict'],
    'typescript.no_implicit_any': ['ts_no_implicit_any'],
    'typescript.target': ['ts_target'],
    'python.mypy_strict': ['mypy_strict'],
    'python.python_version': ['python_version'],
    bundle_size_limit: ['bundle_size', 'artifact_size_limit'],
    ...byThatName('tree_shaking', 'source_maps'),
    ...byThatName('all_resolved', 'no_circular', 'versions_locked', 'audit_clean'),
  },
  BUILD_002: {
    'npm.severity_threshold': severities('npm'),
    'pip.severity_threshold': severities('pip'),
    'docker.severity_threshold': severities('image'),
    vulnerability_response: severities(''),
  },
  TEST_001: {
    unit: ['unit.tests_failed'],
    'unit.coverage_threshold': ['unit.coverage'],
    integration: ['integration.tests_failed'],
    'integration.coverage_threshold': ['integration.coverage'],
    'e2e.retries': ['e2e.tests_failed', 'e2e.tests_flaky'],
    'performance.p95_latency': ofScenarios('p95_latency'),
    'performance.error_rate': ofScenarios('error_rate'),
    'coverage_gates.overall': ['coverage_overall'],
    'coverage_gates.critical_paths': ['coverage_critical_paths'],
    'coverage_gates.new_code': ['coverage_new_code'],
  },
};

function byThatName(...names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, [name]]));
}

function severities(of: string): readonly string[] {
  const prefix = of === '' ? '' : `${of}_`;
  return ['critical', 'high', 'moderate', 'low'].map((one) => `${prefix}vulnerabilities_${one}`);
}

function ofScenarios(metric: string): readonly string[] {
  return ['smoke', 'load', 'stress'].map((scenario) => `performance.${scenario}.${metric}`);
}

describe.each(Object.entries(SPECIFIED))('what the specification asks of %s', (agent, names) => {
  test.each(Object.entries(names))('%s is measured for it', (_, metrics) => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    for (const metric of metrics) {
      expect(
        runners.some((runner) => metric in runner.metrics),
        metric,
      ).toBe(true);
      const asked = rows.filter((row) => row.startsWith(`| \`${metric}\` `) && row.includes(agent));
      expect(asked, `a row of ${metric} that ${agent} asks for`).not.toEqual([]);
    }
  });
});
