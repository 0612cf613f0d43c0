/** Coverage of a change by real test runners: the number is what their own lcov says of the lines that git calls new. */

import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckJson } from '../../src/report/json.ts';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';
import { SYSTEM_PATH, TOOLS_FOLDER } from '../measure/process/system-path.ts';
import { emptyProject, inGit, runnerIn, type Project } from './rig.ts';

const INSTALLED = path.join(import.meta.dirname, '../../node_modules');
const COMMIT = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet'];

/** A function with a branch that is never taken: lines that run and lines that do not. */
const js = (name: string, branches: number, head = 'exports.'): string =>
  [
    `${head}${name} = (amount) => {`,
    '  let sum = amount;',
    ...Array.from(
      { length: branches },
      (_, at) => `  sum += ${at};\n  if (sum < 0) {\n    sum = ${at};\n  }`,
    ),
    '  return sum;',
    '};',
    '',
  ].join('\n');

const python = (name: string, branches: number): string =>
  [
    `def ${name}(amount):`,
    '    total = amount',
    ...Array.from(
      { length: branches },
      (_, at) => `    total += ${at}\n    if total < 0:\n        total = ${at}`,
    ),
    ...['    return total', '', ''],
  ].join('\n');

const manifest = (tool: string, script: string, packages: readonly string[]): string =>
  JSON.stringify({
    ...{ name: 'shop', version: '1.0.0', private: true, scripts: { test: script } },
    devDependencies: Object.fromEntries([tool, ...packages].map((name) => [name, '*'])),
  });

interface Framework {
  readonly name: string;
  readonly here: boolean;
  readonly path?: string;
  readonly before: Readonly<Record<string, string>>;
  readonly change: Readonly<Record<string, string>>;
  readonly lcov: string;
}

const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'jest',
    here: existsSync(path.join(INSTALLED, 'jest')),
    before: {
      'package.json': manifest('jest', 'jest', []),
      'src/price.js': js('price', 2),
      'test/price.test.js': `const { price } = require('../src/price.js');\ntest('price', () => { expect(price(1)).toBe(2); });\n`,
    },
    change: {
      'src/price.js': js('price', 2) + js('tax', 8),
      'src/cart.js': js('cart', 4),
      'test/cart.test.js': `const { cart } = require('../src/cart.js');\ntest('cart', () => { expect(cart(1)).toBe(7); });\n`,
    },
    lcov: '.nemesis/reports/unit/coverage/lcov.info',
  },
  {
    name: 'vitest',
    here: existsSync(path.join(INSTALLED, '@vitest', 'coverage-v8')),
    before: {
      'package.json': manifest('vitest', 'vitest run', ['@vitest/coverage-v8']),
      'vitest.config.js': 'export default { cacheDir: ".cache" };\n',
      'src/price.js': js('price', 2, 'export const '),
      'test/price.test.js': `import { expect, test } from 'vitest';\nimport { price } from '../src/price.js';\ntest('price', () => { expect(price(1)).toBe(2); });\n`,
    },
    change: {
      'src/price.js': js('price', 2, 'export const ') + js('tax', 8, 'export const '),
      'src/cart.js': js('cart', 4, 'export const '),
      'test/cart.test.js': `import { expect, test } from 'vitest';\nimport { cart } from '../src/cart.js';\ntest('cart', () => { expect(cart(1)).toBe(7); });\n`,
    },
    lcov: '.nemesis/reports/unit/coverage/lcov.info',
  },
  {
    name: 'pytest-cov',
    here: resolveBinary('pytest', path.join(TOOLS_FOLDER, 'python', 'bin')).ok,
    path: `${path.join(TOOLS_FOLDER, 'python', 'bin')}:${SYSTEM_PATH}`,
    before: {
      'pytest.ini': '[pytest]\npythonpath = .\naddopts = --cov=shop -p no:cacheprovider\n',
      'shop/__init__.py': '',
      'shop/price.py': python('price', 2),
      'tests/test_price.py':
        'from shop.price import price\n\n\ndef test_price():\n    assert price(1) == 2\n',
    },
    change: {
      'shop/price.py': python('price', 2) + python('tax', 8),
      'shop/cart.py': python('cart', 4),
      'tests/test_cart.py':
        'from shop.cart import cart\n\n\ndef test_cart():\n    assert cart(1) == 7\n',
    },
    lcov: '.nemesis/reports/unit/lcov.info',
  },
];

describe.each(FRAMEWORKS)('$name', (framework) => {
  test.skipIf(!framework.here)('tells of the new lines what its own report tells', async () => {
    const project = changedProject(framework);
    const env = framework.path === undefined ? {} : { PATH: framework.path };
    const asked = ['test:coverage', '--base', 'HEAD^'];
    const { code, stdout, stderr } = await project.nemesis([...asked, '--json'], { env });
    expect(code, stderr).toBe(1);
    const json = JSON.parse(stdout) as CheckJson;

    const { covered, total } = ownCount(project, framework.lcov);
    expect(total).toBeGreaterThanOrEqual(20);
    expect(covered).toBeGreaterThan(0);
    expect(covered).toBeLessThan(total);
    expect(json.metrics['coverage_new_code']).toMatchObject({
      ...{ kind: 'measured', value: covered / total },
    });
    expect(runnerIn(json, 'coverage')).toMatchObject({
      state: 'findings',
      summary: expect.stringMatching(`^${covered} of ${total} new lines since `) as unknown,
    });
    expect(project.git('status', '--short')).toBe('');

    const told = await project.nemesis(asked, { env });
    const lacking = Math.ceil(0.8 * total) - covered;
    expect(told.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `(${covered} of ${total} lines); to pass: cover ${lacking} more lines of ${total}`,
    );
    expect(told.stdout).toMatch(/^new lines that no test runs$/m);
    expect(told.stdout).toMatch(/^ {2}\w+\/price\.(js|py): \d+-\d+/m);
  });
});

function changedProject({ before, change, path: searched }: Framework): Project {
  const project = emptyProject();
  const ignored = ['node_modules', '.cache', '__pycache__', '.nemesis', ''].join('\n');
  project.write({ '.gitignore': ignored, 'nemesis.config.yaml': 'service: shop\n', ...before });
  if (searched === undefined) symlinkSync(INSTALLED, path.join(project.root, 'node_modules'));
  inGit(project);
  project.write(change);
  project.git('add', '--all');
  project.git(...COMMIT, '--message', 'a cart and a tax');
  return project;
}

/** Counted by hand: lines of the report among those that git calls new. */
function ownCount(project: Project, lcov: string): { covered: number; total: number } {
  const fresh = new Set<string>();
  for (const patch of project.git('diff', '-U0', 'HEAD^', 'HEAD').split(/^diff --git /m)) {
    const file = /^\+\+\+ b\/(.*)$/m.exec(patch)?.[1];
    for (const [, from, count = '1'] of patch.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)) {
      for (let at = 0; at < Number(count); at++) fresh.add(`${file}:${Number(from) + at}`);
    }
  }
  const hits: boolean[] = [];
  for (const record of project.read(lcov).split('end_of_record')) {
    const named = /^SF:(.*)$/m.exec(record)?.[1] ?? '';
    const file = path.relative(project.root, path.resolve(project.root, named));
    if (/^tests?\//.test(file)) continue;
    for (const [, line, count] of record.matchAll(/^DA:(\d+),(\d+)/gm)) {
      if (fresh.has(`${file}:${line}`)) hits.push(count !== '0');
    }
  }
  return { covered: hits.filter(Boolean).length, total: hits.length };
}
