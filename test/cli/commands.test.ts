/** The commands as a person uses them, one after the other, on a project of puppets. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckJson } from '../../src/report/json.ts';
import { eslintReport, mochaReport } from '../e2e/reports.ts';
import { emptyProject, puppetProject, runnerIn } from '../e2e/rig.ts';

describe('asked wrongly, with the project at hand', () => {
  test.each([
    ['deploy:check --jobs 0', '--jobs takes a number from 1 to 64, or auto; got 0'],
    ['deploy:check --jobs many', '--jobs takes a number from 1 to 64, or auto; got many'],
    ['deploy:check --jobs 65', '--jobs takes a number from 1 to 64, or auto; got 65'],
    ['deploy:check --gate cod', 'there is no gate `cod` to check\n  did you mean code?'],
    ['deploy:check --gate staging', 'gates to check: code, build, test'],
    ['deploy:check --only esslint', 'no runner is called `esslint`\n  did you mean eslint?'],
    ['deploy:check --skip eslint,zzz', 'no runner is called `zzz`\n  runners: '],
    ['explain eslint_eror', 'there is no metric `eslint_eror`\n  did you mean eslint_errors?'],
  ])('nemesis %s', async (words, said) => {
    const project = puppetProject();
    const { code, stdout, stderr } = await project.nemesis(words.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(project.calls('eslint')).toEqual([]);
  });
});

test('the baked answers are those of the program', async () => {
  const project = emptyProject();
  const baked = await project.nemesis(['--help']);
  const alone = await project.nemesis([]);
  expect(alone).toEqual(baked);
  expect(baked.stdout).toContain('deploy:check');
  const { version } = JSON.parse(
    (await project.check(['--gate', 'build'])).stdout.replace('"nemesis"', '"version"'),
  ) as { version: string };
  expect((await project.nemesis(['--version'])).stdout).toBe(`${version}\n`);
});

describe('init', () => {
  test('writes what is measured today, and the next check passes with it', async () => {
    const project = puppetProject();
    const warnings = Array.from({ length: 14 }, (_, n) => ({
      ...{ file: 'src/cart.js', line: n + 1, rule: 'no-var', message: 'use let' },
      severity: 1 as const,
    }));
    project.puppet('eslint', { report: eslintReport(project.root, warnings) });
    project.puppet('mocha', { report: mochaReport(project.root, 1, ['cart sums']), exit: 1 });
    const rates = Array.from({ length: 16 }, (_, n) => `  if (kind === ${n}) return rate * ${n};`);
    const tangled = `export function tax(kind, rate) {\n${rates.join('\n')}\n}\n`;
    project.write({ 'src/tax.js': tangled, 'src/copy.js': tangled });
    expect((await project.nemesis(['deploy:check'])).code).toBe(1);

    const init = await project.nemesis(['init']);
    expect(init.code).toBe(0);
    expect(init.stdout).toContain('wrote nemesis.config.yaml; now: nemesis deploy:check');
    const text = project.read('nemesis.config.yaml');
    expect(init.stdout).toContain(text);
    expect(text).toMatch(/^service: shop$/m);
    expect(text).toMatch(/^ {2}test: observe +# blocked today$/m);
    expect(text).toMatch(/^ {2}eslint_warnings: 15 +# today 14; nemesis\/strict asks .*10$/m);
    expect(text).toMatch(/^ {2}complexity_score: 18 +# today 17; nemesis\/strict asks .*15$/m);
    const [, limit, today] = /^ {2}duplication: (\d+)% +# today ([\d.]+) %/m.exec(text) ?? [];
    expect(Number(today)).toBeGreaterThan(30);
    expect(Number(limit)).toBe(Math.floor(Number(today)) + 1);

    const after = await project.check();
    expect(after.code).toBe(0);
    expect(after.json.gates.map(({ gate, mode }) => `${gate} ${mode}`)).toContain('test observe');
  });

  test('never writes twice, nor over what is there', async () => {
    const project = puppetProject();
    project.write({ 'nemesis.config.yaml': 'service: mine\n' });
    const { code, stderr } = await project.nemesis(['init']);
    expect(code).toBe(2);
    expect(stderr).toContain('nemesis.config.yaml exists already; init never overwrites');
    expect(project.read('nemesis.config.yaml')).toBe('service: mine\n');
    expect(existsSync(path.join(project.root, '.nemesis'))).toBe(false);
  });
});

describe('doctor', () => {
  test('everything there: yes, and no tool was started', async () => {
    const project = puppetProject();
    const { code, stdout } = await project.nemesis(['doctor']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok +eslint +eslint\.config\.js$/m);
    expect(stdout).toMatch(/^- +prettier +no Prettier/m);
    expect(project.calls('eslint')).toEqual([]);
  });

  test('something missing: undecided, with the one thing that mends it', async () => {
    const project = puppetProject();
    project.puppet('eslint');
    project.write({
      'package.json': project.read('package.json').replace('"eslint"', '"prettier"'),
      '.prettierrc': '{}\n',
    });
    const { code, stdout } = await project.nemesis(['doctor']);
    expect(code).toBe(3);
    expect(stdout).toMatch(/^MISSING +prettier +not installed/m);
    expect(stdout).toMatch(/1 of \d+ cannot be measured/);
    const { stdout: json } = await project.nemesis(['doctor', '--json']);
    const { runners } = JSON.parse(json) as { runners: { id: string; state: string }[] };
    expect(runners.find(({ id }) => id === 'prettier')?.state).toBe('missing');
  });
});

describe('explain', () => {
  test('before a run it says that there is none', async () => {
    const { code, stdout } = await puppetProject().nemesis(['explain', 'eslint_errors']);
    expect(code).toBe(0);
    expect(stdout).toContain('not known: run nemesis deploy:check first');
  });

  test('after a run: value, tool, command, exit code, report and where it is asked', async () => {
    const project = puppetProject();
    await project.nemesis(['deploy:check']);
    const { stdout } = await project.nemesis(['explain', 'eslint_errors']);
    for (const line of [
      /^eslint_errors: errors as ESLint counts them$/m,
      /^ {2}measured by +eslint$/m,
      /^ {2}value +0$/m,
      /^ {2}command +eslint .*--format json/m,
      /^ {2}exit code +0 \(clean\)$/m,
      /^ {2}report +\.nemesis\/reports\/eslint\/report\.json$/m,
      /code\/quality\.yaml:\d+ +eslint_errors > 0$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(existsSync(path.join(project.root, '.nemesis/reports/eslint/report.json'))).toBe(true);
  });

  test('a last run that cannot be read is none', async () => {
    const project = puppetProject();
    project.write({ '.nemesis/reports/check.json': '{"schema":"nemesis.check/1"}' });
    const { code, stderr } = await project.nemesis(['explain', 'eslint_errors']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

test('gates:list shows each sentence, its level and its line', async () => {
  const project = puppetProject();
  project.write({
    'nemesis.config.yaml': 'service: shop\nlimits:\n  eslint_warnings: 4\nmode:\n  test: observe\n',
  });
  const { code, stdout } = await project.nemesis(['gates:list']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^nemesis\.config\.yaml$/m);
  expect(stdout).toMatch(/^code {2}DEPLOY_CODE_001 {2}Code_Quality_Guardian$/m);
  expect(stdout).toMatch(/^test \(observed only\)/m);
  expect(stdout).toMatch(/^ {2}block must not +eslint_errors > 0 +:\d+$/m);
  expect(stdout).toMatch(/eslint_warnings < 4 +:\d+ +\(.*nemesis\.config\.yaml:3/);
  const { stdout: json } = await project.nemesis(['gates:list', '--json']);
  expect(JSON.parse(json)).toMatchObject({ schema: 'nemesis.gates/1' });
});

describe('deploy:check', () => {
  /** What may differ between two runs over the same files. */
  function timeless(json: CheckJson): unknown {
    const text = JSON.stringify(json, (key, value: unknown) =>
      /^(duration_?ms|started_at)$/i.test(key) ? 0 : value,
    );
    return JSON.parse(text.replace(/\.nemesis\/tmp\/[0-9a-f-]{36}/g, '.nemesis/tmp/RUN'));
  }

  test('--jobs 4 reports what --jobs 1 reports', async () => {
    const project = puppetProject();
    const remark = { file: 'src/cart.js', line: 1, rule: 'no-undef', message: 'not defined' };
    project.puppet('eslint', { report: eslintReport(project.root, [remark]), exit: 1 });
    // Without a past that the first would leave to the second.
    const env = { NEMESIS_STORE: 'memory:' };
    const one = await project.check(['--jobs', '1'], { env });
    const four = await project.check(['--jobs', '4'], { env });
    expect(timeless(four.json)).toEqual(timeless(one.json));
    const shown = async (jobs: string) => {
      const { stdout, stderr } = await project.nemesis(['deploy:check', '--jobs', jobs], { env });
      return `${stdout}${stderr}`.replace(/ +\d+\.\d s\b/g, ' T');
    };
    expect(await shown('4')).toBe(await shown('1'));
  });

  test('--fail-fast stops at the first blocked gate, and says so', async () => {
    const project = puppetProject();
    const remark = { file: 'src/cart.js', line: 1, rule: 'no-undef', message: 'not defined' };
    project.puppet('eslint', { report: eslintReport(project.root, [remark]), exit: 1 });
    const { code, stdout } = await project.nemesis(['deploy:check', '--fail-fast']);
    expect(code).toBe(1);
    expect(stdout).toContain('stopped at the first blocked gate');
    expect(project.calls('mocha')).toEqual([]);
  });

  test('a gate that is only observed is reported in full and never fails the exit code', async () => {
    const project = puppetProject();
    project.write({ 'nemesis.config.yaml': 'service: shop\nmode:\n  test: observe\n' });
    project.puppet('mocha', { report: mochaReport(project.root, 9, ['cart sums']), exit: 1 });
    const { code, stdout } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(stdout).toContain('test blocked (observed only)');
    expect(stdout).toContain('✖ test/cart.test.js:12');
    expect(stdout).not.toMatch(/^BLOCKED/m);
  });

  test('--only and --gate give a part, and no score', async () => {
    const { code, json } = await puppetProject().check(['--only', 'eslint', '--gate', 'code']);
    expect(json).toMatchObject({ score: null, readiness: { kind: 'ready' } });
    expect(json.partial).not.toBeNull();
    expect(code).toBe(0);
  });

  test('--skip leaves a hole that is seen', async () => {
    const { code, json } = await puppetProject().check(['--skip', 'eslint']);
    expect(runnerIn(json, 'eslint').state).toBe('skipped');
    expect(code).toBe(3);
  });
});

describe('the test commands', () => {
  test.each([
    ['test:all', ['unit', 'suites']],
    ['test:unit', ['unit']],
    ['test:coverage', ['unit', 'suites']],
  ])('%s runs the suites it names', async (command, ran) => {
    const project = puppetProject();
    const { stdout } = await project.nemesis([command, '--json']);
    const { runners } = JSON.parse(stdout) as CheckJson;
    expect(runners.filter(({ state }) => state === 'clean').map(({ id }) => id)).toEqual(ran);
    expect(project.calls('eslint')).toEqual([]);
  });

  test('a failing test is a no, and a passing one a yes', async () => {
    const project = puppetProject();
    expect((await project.nemesis(['test:unit'])).code).toBe(0);
    project.puppet('mocha', { report: mochaReport(project.root, 1, ['cart sums']), exit: 1 });
    expect((await project.nemesis(['test:unit'])).code).toBe(1);
    expect((await project.nemesis(['test:all'])).code).toBe(1);
  });

  test('a suite that is not there is no yes', async () => {
    const { code, stdout } = await puppetProject().nemesis(['test:integration']);
    expect(code).toBe(3);
    expect(stdout).not.toMatch(/passed/i);
  });
});
