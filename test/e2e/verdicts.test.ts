/** One planted fault at a time: the answer, the exit code, and whether a stranger can see why. */

import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eslintReport, mochaReport, NO_REGISTRY, type LintRemark } from './reports.ts';
import { emptyProject, inGit, puppetProject, type Project } from './rig.ts';

const REPOSITORY = path.dirname(path.dirname(import.meta.dirname));

/** Built here, so that no scanner finds a secret in this file. */
const SECRET = ['ghp', 'x7Kd92mQpL0vRt5WzYb3NcHf8JsAe1UgTq4M'].join('_');

function lintRemarks(count: number, remark: Partial<LintRemark>): LintRemark[] {
  const base = { file: 'src/cart.js', rule: 'no-undef', message: '`tax` is not defined' };
  return Array.from({ length: count }, (_, n) => ({ ...base, line: n + 12, ...remark }));
}

describe('with puppet tools', () => {
  test('nothing wrong is a yes', async () => {
    const project = puppetProject();
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(stdout).toContain('code passed · build passed · test passed');
    expect(stdout).toMatch(/^READY · score 100, 100 % measured · /m);
    expect(stderr).toMatch(/✔ unit \(mocha\) .* 3 passed/);
  });

  test('an error of the linter is a no, with its line, the rule that decided and where that stands', async () => {
    const project = puppetProject();
    project.puppet('eslint', { report: eslintReport(project.root, lintRemarks(1, {})), exit: 1 });
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(1);
    expect(stdout).toContain('✖ src/cart.js:12:7  no-undef: `tax` is not defined');
    expect(stdout).toMatch(/^blocked +code · eslint_errors is 1/m);
    expect(stdout).toMatch(/asked by +nemesis\/gates\/code\/quality\.yaml:\d+ +eslint_errors > 0/);
    expect(stdout).toContain('eslint/report.json');
    expect(stdout).toMatch(/^BLOCKED by eslint_errors > 0 · /m);
  });

  test('a failing test is a no, with the line it failed in', async () => {
    const project = puppetProject();
    const report = mochaReport(project.root, 2, ['cart sums twice the price']);
    project.puppet('mocha', { report, exit: 1 });
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(1);
    expect(stderr).toContain('2 passed, 1 failed');
    expect(stdout).toMatch(/✖ test\/cart\.test\.js:12/);
    expect(stdout).toContain('cart sums twice the price: expected 29.98, got 14.99');
    expect(stdout).toMatch(/asked by .*test\/suites\.yaml:\d+ +unit\.tests_failed == 0/);
  });

  test('a secret is a no, and is not shown', async () => {
    const project = puppetProject();
    const leak = {
      ...{ RuleID: 'github-pat', Description: 'a GitHub token', File: 'src/cart.js' },
      ...{ StartLine: 3, StartColumn: 9, Secret: SECRET, Match: SECRET, Author: 'Ada' },
    };
    project.puppet('gitleaks', { report: JSON.stringify([leak]), exit: 42 });
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(1);
    expect(stdout).toContain('✖ src/cart.js:3:9  github-pat: a GitHub token');
    expect(stdout).toContain('any(security)');
    expect(stdout + stderr).not.toContain(SECRET);
    expect(project.read('.nemesis/reports/gitleaks/report.json')).not.toContain(SECRET);
    expect(project.read('.nemesis/reports/check.json')).not.toContain(SECRET);
  });

  test('warnings alone are a yes that says what it warns of', async () => {
    const project = puppetProject();
    const remarks = lintRemarks(12, { severity: 1 });
    project.puppet('eslint', { report: eslintReport(project.root, remarks) });
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(stdout).toContain('code warned');
    expect(stdout).toMatch(/^warned +code · eslint_warnings is 12/m);
    expect(stdout).toContain('2 more findings of eslint');
  });

  test('a tolerated absence is caution: yes, and no for who is strict', async () => {
    const project = puppetProject();
    const { outage } = withoutRegistry(project);
    project.write({ 'nemesis.config.yaml': outage });
    const relaxed = await project.nemesis(['deploy:check']);
    expect(relaxed.code).toBe(0);
    expect(relaxed.stdout).toMatch(/^CAUTION because tolerated: npm-audit: backend_unavailable/m);
    expect(relaxed.stdout).toMatch(/nemesis\.config\.yaml:3/);
    const strict = await project.nemesis(['deploy:check', '--strict']);
    expect(strict.code).toBe(1);
  });

  test('what could not be measured and would block leaves it undecided', async () => {
    const project = puppetProject();
    project.puppet('eslint', { exit: 2, stderr: 'Oops! Something went wrong!\n' });
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^UNDECIDED because /m);
  });

  test.each([
    ['limits:\n  coverage_overal: 60%\n', 3, 'coverage_overall'],
    ['levels:\n  eslint_errors: blok\n', 3, 'expected block or warn'],
    ['mode:\n  tset: observe\n', 3, 'test'],
  ])('a wrong config is said with its place before anything runs: %j', async (text, line, said) => {
    const project = puppetProject();
    project.write({ 'nemesis.config.yaml': `service: shop\n${text}` });
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`^nemesis\\.config\\.yaml:${line}:\\d+ error: `));
    expect(stderr).toContain(said);
    expect(project.calls('eslint')).toEqual([]);
  });

  test('only what blocks decides: one blocked gate wins over another that is undecided', async () => {
    const project = puppetProject();
    project.puppet('eslint', { exit: 2 });
    project.puppet('mocha', { report: mochaReport(project.root, 0, ['cart sums']), exit: 1 });
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(1);
    expect(stdout).toContain('code cannot be told · build passed · test blocked');
  });
});

function withoutRegistry(project: Project): { readonly outage: string } {
  project.puppet(
    'npm',
    { when: 'audit', stdout: NO_REGISTRY, exit: 1 },
    { when: 'ls', stdout: '{"dependencies":{"eslint":{}}}' },
  );
  return {
    outage: 'service: shop\ntolerate:\n  npm-audit: [backend_unavailable]\n',
  };
}

/** A small TypeScript project measured by the tools this repository has installed. */
function realProject(changes: Readonly<Record<string, string>> = {}): Project {
  const project = emptyProject();
  const modules = path.join(project.root, 'node_modules');
  const packages = ['eslint', 'prettier', 'typescript', 'vitest'];
  mkdirSync(path.join(modules, '.bin'), { recursive: true });
  for (const name of packages) {
    symlinkSync(path.join(REPOSITORY, 'node_modules', name), path.join(modules, name));
  }
  for (const name of ['eslint', 'prettier', 'tsc', 'vitest']) {
    symlinkSync(
      path.join(REPOSITORY, 'node_modules', '.bin', name),
      path.join(modules, '.bin', name),
    );
  }
  project.write({
    'package.json': JSON.stringify({
      ...{ name: 'shop', version: '1.0.0', private: true, type: 'module' },
      scripts: { test: 'vitest run', lint: 'eslint src' },
      devDependencies: Object.fromEntries(packages.map((name) => [name, '*'])),
    }).concat('\n'),
    // Links stand in for installed packages, which npm ls would not believe.
    'pnpm-lock.yaml': '',
    '.prettierignore': 'package.json\ntsconfig.json\n',
    '.prettierrc': '{ "singleQuote": true }\n',
    '.gitignore': 'node_modules/\n',
    'eslint.config.js': "export default [{ rules: { 'no-undef': 'error' } }];\n",
    'tsconfig.json': `${JSON.stringify(
      {
        compilerOptions: {
          strict: true,
          target: 'es2024',
          module: 'nodenext',
          noEmit: true,
          types: [],
        },
        include: ['src'],
      },
      null,
      2,
    )}\n`,
    'src/cart.js': '/** How many. */\nexport const total = (prices) => prices.length;\n',
    'src/price.ts':
      '/** Two of it. */\nexport const twice = (price: number): number => price * 2;\n',
    'test/price.test.ts': [
      "import { expect, test } from 'vitest';",
      "import { twice } from '../src/price.ts';",
      '',
      "test('twice the price', () => {",
      '  expect(twice(2)).toBe(4);',
      '});',
      '',
    ].join('\n'),
    ...changes,
  });
  inGit(project);
  return project;
}

const FAULTS = [
  {
    fault: 'an ESLint error',
    gate: 'code',
    changes: { 'src/cart.js': 'export const total = (prices) => prices.length + tax;\n' },
    shown: /✖ src\/cart\.js:1:50 +no-undef: 'tax' is not defined/,
    asked: /code\/quality\.yaml:\d+ +eslint_errors > 0/,
  },
  {
    fault: 'a type error',
    gate: 'code',
    changes: { 'src/price.ts': "export const twice = (price: number): number => 'much';\n" },
    shown: /✖ src\/price\.ts:1:49 +TS2322: Type 'string' is not assignable/,
    asked: /code\/quality\.yaml:\d+ +type_errors > 0/,
  },
  {
    fault: 'a secret',
    gate: 'code',
    changes: { 'src/token.js': `export const token = '${SECRET}';\n` },
    shown: /✖ src\/token\.js:1:\d+\s+.*looks like a secret/,
    asked: /code\/quality\.yaml:\d+ +any\(security\)/,
  },
  {
    fault: 'a failing test',
    gate: 'test',
    changes: { 'src/price.ts': 'export const twice = (price: number): number => price * 3;\n' },
    shown: /✖ test\/price\.test\.ts:5\s+test-failed: twice the price: .*expected 6 to be 4/,
    asked: /test\/suites\.yaml:\d+ +unit\.tests_failed == 0/,
  },
];

describe('with the real tools', () => {
  test('nothing wrong is a yes', async () => {
    const project = realProject();
    const { code, stdout, stderr } = await project.nemesis(['deploy:check', '--jobs', '2']);
    expect(stdout + stderr).toContain('code passed');
    expect(stdout).toMatch(/^(READY|CAUTION)\b/m);
    expect(code).toBe(0);
  });

  test.each(FAULTS)('$fault is a no', async ({ gate, changes, shown, asked }) => {
    const project = realProject(changes);
    const { code, stdout, stderr } = await project.nemesis(['deploy:check', '--gate', gate]);
    expect(stdout).toMatch(shown);
    expect(stdout).toMatch(asked);
    expect(stdout).toMatch(/^BLOCKED by /m);
    expect(stdout + stderr).not.toContain(SECRET);
    expect(code).toBe(1);
  });
});
