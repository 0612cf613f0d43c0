/**
 * Every metric of the gates code, build and test has a row in docs/metrics.md, and its runner a run of the real tool:
 * fixtures that `recorded.test.ts` runs again and that hold a value for it, or one of the tests named here.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runners } from '../../src/measure/runners.ts';

const TESTS = path.join(import.meta.dirname, '..');
const FIXTURES = path.join(TESTS, 'fixtures/tools');
const page = readFileSync(path.join(TESTS, '../docs/metrics.md'), 'utf8');

/** Tests that start the real tool themselves: what it needs is made as it runs, or depends on the clock. */
const REAL: Readonly<Record<string, readonly string[]>> = {
  'npm-audit': ['measure/tools/npm-audit.test.ts'],
  'pip-audit': ['measure/tools/pip-audit.test.ts'],
  'trivy-fs': ['measure/tools/trivy.test.ts'],
  'trivy-image': ['measure/tools/trivy.test.ts'],
  lockfile: ['measure/tools/lockfile.test.ts'],
  dependencies: ['measure/tools/dependencies.test.ts'],
  cycles: ['measure/tools/cycles.test.ts'],
  bundle: ['measure/tools/bundle.test.ts'],
  ruff: ['measure/tools/python-real.test.ts'],
  'mypy-config': ['measure/tools/python-real.test.ts'],
  'python-env': ['measure/tools/python-real.test.ts'],
  'python-lock': ['measure/tools/python-lock.test.ts'],
  'diff-rules': ['measure/change/rules.test.ts'],
  unit: ['measure/suites/real.test.ts', 'measure/suites/pytest-real.test.ts'],
  integration: ['e2e/suite-setup.test.ts'],
  e2e: ['measure/suites/real.test.ts'],
  suites: ['measure/suites/suites.test.ts'],
  coverage: ['measure/suites/pytest-cov.test.ts'],
  k6: ['e2e/performance.test.ts'],
};

interface Expected {
  readonly metrics?: Readonly<Record<string, unknown>>;
}

/** Metrics with a value in some fixture that is captured again in every run. */
function recorded(id: string): ReadonlySet<string> {
  const folder = path.join(FIXTURES, id);
  const cases = existsSync(folder) ? readdirSync(folder) : [];
  return new Set(
    cases
      .filter((name) => existsSync(path.join(folder, name, 'input')))
      .flatMap((name) => {
        const text = readFileSync(path.join(folder, name, 'expected.json'), 'utf8');
        const { metrics = {} } = JSON.parse(text) as Expected;
        return Object.keys(metrics).filter((metric) => typeof metrics[metric] !== 'object');
      }),
  );
}

describe.each(runners.map((runner) => [runner.id, runner] as const))('%s', (id, runner) => {
  test('says what it needs', () => {
    expect(runner.needs).toMatch(/\S/);
  });

  test.each(Object.keys(runner.metrics))('%s has a row', (metric) => {
    expect(page).toMatch(new RegExp(`^\\| \`${metric}\` +\\| \`${id}\``, 'm'));
  });

  test('is shown by a real run', () => {
    const again = recorded(id);
    const tests = (REAL[id] ?? []).map((file) => readFileSync(path.join(TESTS, file), 'utf8'));
    const unseen = Object.keys(runner.metrics).filter((metric) => !again.has(metric));
    expect(tests.length > 0 || unseen.length === 0, `no real run of ${unseen.join(', ')}`).toBe(
      true,
    );
    for (const text of tests) expect(text).toContain(id === 'mypy-config' ? 'mypyStrictness' : id);
  });
});
