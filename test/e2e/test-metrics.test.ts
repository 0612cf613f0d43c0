/** The metrics of the test gate, through the real binary: two suites of Node's own test runner, well and badly off. */

import { describe, expect, test } from 'vitest';
import type { CheckJson } from '../../src/report/json.ts';
import { emptyProject, inGit, valuesIn, type Project } from './rig.ts';

const COMMIT = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet'];

/** Seven lines and these steps; without an amount six of the lines are run. */
const linesOf = (name: string, steps: number): string =>
  [
    `export const ${name} = (amount) => {`,
    '  let sum = 1;',
    '  if (!amount) {',
    '    return sum;',
    '  }',
    ...Array.from({ length: steps }, (_, at) => `  sum += amount * ${at};`),
    '  return sum;',
    '};',
    '',
  ].join('\n');

const testsOf = (name: string, ...cases: readonly (readonly [number, number])[]): string =>
  [
    "import assert from 'node:assert';",
    "import test from 'node:test';",
    `import { ${name} } from '../src/${name}.js';`,
    ...cases.map(
      ([given, sum]) => `test('of ${given}', () => assert.equal(${name}(${given}), ${sum}));`,
    ),
    '',
  ].join('\n');

/** Prices are tested by the unit tests, stock by the integration tests; both are new, and prices are critical. */
function shop(tests: Readonly<Record<string, string>>): Project {
  const project = emptyProject();
  const scripts = {
    test: 'node --test unit/*.test.js',
    'test:integration': 'node --test integration/*.test.js',
  };
  project.write({
    '.gitignore': 'node_modules\n.nemesis\n',
    'package.json': JSON.stringify({ name: 'shop', type: 'module', scripts }),
    'nemesis.config.yaml': 'coverage:\n  critical_paths: [src/price.js]\n',
    'README.md': '# shop\n',
  });
  inGit(project);
  project.write({
    'src/price.js': linesOf('price', 5),
    'src/stock.js': linesOf('stock', 15),
    ...tests,
  });
  project.git('add', '--all');
  project.git(...COMMIT, '--message', 'prices and stock');
  return project;
}

async function measured(project: Project): Promise<Readonly<Record<string, unknown>>> {
  const { stdout, stderr } = await project.nemesis(['test:all', '--base', 'HEAD^', '--json']);
  expect(stdout, stderr).toMatch(/^\{/);
  return valuesIn(JSON.parse(stdout) as CheckJson);
}

describe('every metric', { timeout: 60_000 }, () => {
  test('where all tests pass and reach every line', async () => {
    const metrics = await measured(
      shop({
        'unit/price.test.js': testsOf('price', [0, 1], [2, 21]),
        'integration/stock.test.js': testsOf('stock', [0, 1], [2, 211]),
      }),
    );
    expect(metrics).toMatchObject({
      ...{ 'unit.tests_total': 2, 'unit.tests_passed': 2, 'unit.tests_failed': 0 },
      ...{ 'unit.tests_skipped': 0, 'unit.coverage': 1 },
      ...{ 'integration.tests_total': 2, 'integration.tests_passed': 2 },
      ...{ 'integration.tests_failed': 0, 'integration.tests_skipped': 0 },
      ...{ 'integration.coverage': 1 },
      ...{ tests_total: 4, tests_failed: 0, test_pass_rate: 1, coverage_overall: 1 },
      ...{ coverage_new_code: 1, coverage_critical_paths: 1 },
    });
  });

  test('where tests fail, are skipped and leave lines out', async () => {
    const later = "test.skip('later', () => {});\n";
    const metrics = await measured(
      shop({
        'unit/price.test.js': testsOf('price', [0, 1], [0, 2]) + later,
        'integration/stock.test.js': testsOf('stock', [0, 1], [0, 2], [0, 3]) + later + later,
      }),
    );
    expect(metrics).toMatchObject({
      ...{ 'unit.tests_total': 3, 'unit.tests_passed': 1, 'unit.tests_failed': 1 },
      ...{ 'unit.tests_skipped': 1, 'unit.coverage': 6 / 12 },
      ...{ 'integration.tests_total': 5, 'integration.tests_passed': 1 },
      ...{ 'integration.tests_failed': 2, 'integration.tests_skipped': 2 },
      ...{ 'integration.coverage': 6 / 22 },
      ...{ tests_total: 8, tests_failed: 3, test_pass_rate: 2 / 5, coverage_overall: 12 / 34 },
      ...{ coverage_new_code: 12 / 34, coverage_critical_paths: 6 / 12 },
    });
  });
});
