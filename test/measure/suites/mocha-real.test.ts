/** The installed mocha in each of the states that look like another one. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mocha } from '../../../src/measure/suites/mocha.ts';
import { suiteRunner } from '../../../src/measure/suites/suite.ts';
import { projectOf, run } from '../tools/real-project.ts';
import { projectWith } from '../tools/support.ts';

const unit = suiteRunner('unit');
const PASSES = `it('passes', () => {});\n`;
const FAILS = `it('fails', () => { throw new Error('too dear'); });\n`;
const WAITS = `it('waits', () => new Promise((resolve) => setTimeout(resolve, 50)));\n`;
const LEAVES = `it('leaves', () => { process.exit(0); });\n`;
const LOSES = `it('loses', () => { void Promise.reject(new Error('lost')); });\n`;
const LOSES_LATE = `it('loses', () => { setTimeout(() => Promise.reject(new Error('lost')), 50); });\n`;
const SKIPPED = `it('is written later');\nit.skip('is skipped', () => {});\n`;

type Files = Readonly<Record<string, string>>;

function shop(files: Files, script = 'mocha'): string {
  const manifest = { name: 'shop', scripts: { test: script }, devDependencies: { mocha: '12' } };
  return projectOf({ 'package.json': JSON.stringify(manifest), ...files });
}

const measure = (files: Files, script?: string) => run(unit, shop(files, script));

describe('numbers', () => {
  test('of tests that passed, failed and were skipped; it exits with how many failed', async () => {
    const { state, metrics, findings, evidence } = await measure({
      'test/a.js': PASSES + FAILS,
      'test/-b ü.js': FAILS + SKIPPED,
    });
    expect(state).toBe('findings');
    expect(metrics).toMatchObject({
      'unit.tests_total': 5,
      'unit.tests_passed': 1,
      'unit.tests_failed': 2,
      'unit.tests_skipped': 2,
      'unit.coverage': { notApplicable: expect.stringContaining('c8 or nyc') as string },
    });
    expect(findings.map(({ file, line }) => `${file}:${line}`).sort()).toEqual([
      'test/-b ü.js:1',
      'test/a.js:2',
    ]);
    expect(evidence).toMatchObject({ tool: 'mocha', exitCode: 2 });
  });

  test('are the same side by side', async () => {
    const files = { '.mocharc.json': '{ "parallel": true }', 'test/a.js': PASSES + SKIPPED };
    const { metrics } = await measure({ ...files, 'test/b.js': FAILS });
    expect(metrics).toMatchObject({
      'unit.tests_passed': 1,
      'unit.tests_failed': 1,
      'unit.tests_skipped': 2,
    });
  });

  test('of a test that is run again: it passed, or it failed once', async () => {
    const flaky = `let n = 0;\nit('is flaky', function () { this.retries(2); if (n++ < 1) throw new Error('once'); });\n`;
    const never = `it('never works', function () { this.retries(1); throw new Error('again'); });\n`;
    const { metrics, findings, summary } = await measure({ 'test/a.js': flaky + never });
    expect(metrics).toMatchObject({ 'unit.tests_passed': 1, 'unit.tests_failed': 1 });
    expect(findings).toMatchObject([{ message: 'never works: again' }]);
    expect(summary).toBe('1 passed, 1 failed, 1 only when run again');
  });

  test('are not better because mocha is told to exit 0', async () => {
    const measured = await measure({ 'test/a.js': FAILS }, 'mocha --pass-on-failing-test-suite');
    expect(measured).toMatchObject({ state: 'findings', metrics: { 'unit.tests_failed': 1 } });
    expect(measured.evidence?.exitCode).toBe(0);
  });
});

describe('an error outside the tests', () => {
  test.each([
    ['while another test runs', LOSES + WAITS, 'loses: lost'],
    ['in a `describe` that is async', `describe('x', async () => { throw new Error('lost'); });\n`],
    ['side by side', LOSES + WAITS, 'loses: lost', '{ "parallel": true }'],
  ])('a rejection nobody handles, %s, has failed', async (_, text, message = '', config = '{}') => {
    const { state, metrics, findings } = await measure({
      ...{ '.mocharc.json': config, 'test/a.js': PASSES + text, 'test/b.js': WAITS },
    });
    expect({ state, failed: metrics['unit.tests_failed'] }).toEqual({
      state: 'findings',
      failed: 1,
    });
    expect(findings[0]?.message).toContain(message);
  });

  test.each([
    ['a rejection', LOSES_LATE],
    [
      'an exception',
      `it('throws', () => { setTimeout(() => { throw new Error('lost'); }, 50); });\n`,
    ],
    [
      'a rejection in a teardown',
      `after(() => { void setTimeout(() => Promise.reject(new Error('lost')), 50); });\n`,
    ],
  ])('%s after the last test leaves no numbers, although the report is good', async (_, text) => {
    const measured = await measure({ 'test/a.js': PASSES + text });
    expect(measured).toMatchObject({ state: 'unexplained_failure', metrics: {} });
    expect(measured.why).toBe('mocha exited 7 and its report names no failed test: Error: lost');
  });

  test('a project that listens for rejections itself is left to it', async () => {
    const setup = `process.on('unhandledRejection', () => {});\n`;
    const files = { 'setup.js': setup, 'test/a.js': LOSES + WAITS };
    expect(await measure(files, 'mocha --require ./setup.js')).toMatchObject({
      state: 'clean',
      metrics: { 'unit.tests_passed': 2 },
    });
  });

  test('a global teardown that fails is no success', async () => {
    const setup = `exports.mochaGlobalTeardown = () => { throw new Error('still open'); };\n`;
    const files = { 'setup.js': setup, 'test/a.js': PASSES };
    const measured = await measure(files, 'mocha --require ./setup.js');
    expect(measured).toMatchObject({ state: 'unexplained_failure', metrics: {} });
    expect(measured.why).toContain('still open');
  });
});

describe('hooks that fail', () => {
  const hook = (name: string) => `${name}(() => { throw new Error('no database'); });\n`;

  test.each(['before', 'beforeEach', 'afterEach', 'after'])(
    '%s, told in its file',
    async (name) => {
      const orders = `describe('orders', () => {\n${hook(name)}${PASSES}${WAITS}});\n`;
      const { state, metrics, findings } = await measure({
        'test/a.js': orders,
        'test/b.js': PASSES,
      });
      expect(state).toBe('findings');
      expect(metrics['unit.tests_failed']).toBe(1);
      expect(findings).toMatchObject([{ file: 'test/a.js', line: 2 }]);
      expect(findings[0]?.message).toMatch(/^orders ".* hook for .*": no database$/);
    },
  );

  test('one for all files, too', async () => {
    const { metrics, findings } = await measure({ 'test/a.js': hook('before') + PASSES });
    expect(metrics).toMatchObject({ 'unit.tests_passed': 0, 'unit.tests_failed': 1 });
    expect(findings).toMatchObject([{ file: 'test/a.js', line: 1 }]);
  });

  test('a global setup that fails has no numbers', async () => {
    const setup = `exports.mochaGlobalSetup = () => { throw new Error('no database'); };\n`;
    const files = { 'setup.js': setup, 'test/a.js': PASSES };
    const measured = await measure(files, 'mocha --require ./setup.js');
    expect(measured).toMatchObject({ state: 'no_report', metrics: {} });
    expect(measured.why).toBe('mocha wrote no report and exited 1: Error: no database');
  });
});

describe('no numbers', () => {
  test.each<[string, Files, string, string]>([
    ['no file', { 'a.js': '' }, 'nothing_measured', 'mocha found no test files'],
    ['no test', { 'test/a.js': '' }, 'nothing_measured', 'mocha found no tests'],
    [
      'skipped tests only',
      { 'test/a.js': SKIPPED },
      'nothing_measured',
      'mocha ran none: 2 skipped',
    ],
    [
      'a test that skips itself',
      { 'test/a.js': `it('is not for here', function () { this.skip(); });\n` },
      ...(['nothing_measured', 'mocha ran none: 1 skipped'] as const),
    ],
    [
      'a test that ends the process with 0',
      { 'test/a.js': PASSES + LEAVES },
      ...(['no_report', 'mocha wrote no report and exited 0'] as const),
    ],
    [
      'a test that ends a process beside others',
      { '.mocharc.json': '{ "parallel": true }', 'test/a.js': LEAVES, 'test/b.js': PASSES },
      ...(['no_report', 'mocha wrote no report and exited 0'] as const),
    ],
    [
      'a teardown that ends it with 0 after a test failed',
      { 'test/a.js': `${FAILS}after(() => process.exit(0));\n` },
      ...(['no_report', 'mocha wrote no report and exited 0'] as const),
    ],
    [
      'a test file that ends it with 0',
      { 'test/a.js': PASSES, 'test/b.js': 'process.exit(0);\n' },
      ...(['no_report', 'mocha wrote no report and exited 0'] as const),
    ],
    [
      'a test that aborts it',
      { 'test/a.js': `${PASSES}it('aborts', () => process.abort());\n` },
      ...(['crashed', 'mocha was killed by SIGABRT'] as const),
    ],
    [
      'a test that prints a report and ends it',
      {
        'test/a.js': `it('lies', () => { console.log('{\\n  "stats": { "failures": 0 }, "pending": [], "failures": [], "passes": [{ "fullTitle": "x" }]\\n}'); process.exit(0); });\n`,
      },
      ...(['no_report', 'mocha wrote no report and exited 0'] as const),
    ],
    [
      'a syntax error',
      { 'test/a.js': PASSES, 'test/b.js': 'it((\n' },
      'crashed',
      'mocha could not load a test file, so it ran none: test/b.js:2: SyntaxError: ',
    ],
    [
      'a syntax error in a module',
      { 'test/a.js': PASSES, 'test/b.mjs': 'it((\n' },
      'crashed',
      'mocha could not load a test file, so it ran none: SyntaxError[ @test/b.mjs ]: ',
    ],
    [
      'a module that is not there',
      { 'test/a.js': PASSES, 'test/b.js': `require('./gone.js');\n` },
      'crashed',
      `mocha could not load a test file, so it ran none: Error: Cannot find module './gone.js'`,
    ],
    [
      'a `describe` that throws',
      {
        'test/a.js': PASSES,
        'test/b.js': `describe('x', () => { throw new Error('no price'); });\n`,
      },
      ...([
        'crashed',
        'mocha could not load a test file, so it ran none: Error: no price',
      ] as const),
    ],
    [
      'a configuration that is cut',
      { '.mocharc.json': '{ "spec":', 'test/a.js': PASSES },
      'bad_config',
      'mocha could not start: Error: Unable to read/parse .mocharc.json',
    ],
    [
      'a test that is the only one',
      {
        'test/a.js': `it.only('is looked at', () => {});\n${FAILS}`,
        'test/b.js': PASSES,
      },
      ...(['bad_config', '`.only` in test/a.js:1 keeps the other tests from running'] as const),
    ],
  ])('by %s', async (_, files, state, why) => {
    const measured = await measure(files);
    expect(measured).toMatchObject({ state, metrics: {}, findings: [] });
    expect(measured.why?.startsWith(why), measured.why).toBe(true);
  });

  test('by a test that is the only one of its file, side by side: the file has failed', async () => {
    const files = { '.mocharc.json': '{ "parallel": true }', 'test/b.js': PASSES };
    const measured = await measure({ ...files, 'test/a.js': `it.only('x', () => {});\n${FAILS}` });
    expect(measured).toMatchObject({ state: 'findings', metrics: { 'unit.tests_failed': 1 } });
    expect(measured.findings[0]?.message).toContain('`.only`');
  });

  test('by a run that ended early, whatever an earlier one reported', async () => {
    const report = {
      stats: { failures: 0 },
      passes: [{ fullTitle: 'old' }],
      pending: [],
      failures: [],
    };
    const old = { '.nemesis/reports/unit/report.json': JSON.stringify(report) };
    const measured = await measure({ ...old, 'test/a.js': PASSES + LEAVES });
    expect(measured).toMatchObject({ state: 'no_report', metrics: {} });
  });
});

describe('what the project’s configuration says otherwise', () => {
  test.each([
    ['a dry run, in which every test passes', { 'dry-run': true }],
    ['ending at the first failure', { bail: true }],
    ['watching', { watch: true }],
    ['tests that stand out', { 'forbid-only': false }],
    [
      'another report in another place',
      { reporter: 'dot', 'reporter-option': ['output=mine.json'] },
    ],
  ])('%s: the tests are run to the end, and reported to nemesis', async (_, config) => {
    const root = shop({
      '.mocharc.json': JSON.stringify(config),
      'test/a.js': FAILS + FAILS + PASSES,
    });
    const { state, metrics } = await run(unit, root);
    expect(state).toBe('findings');
    expect(metrics).toMatchObject({ 'unit.tests_passed': 1, 'unit.tests_failed': 2 });
    expect(existsSync(path.join(root, 'mine.json'))).toBe(false);
  });

  test('what it loads first is loaded, beside what nemesis loads', async () => {
    const files = {
      'setup.js': 'globalThis.price = 3;\n',
      '.mocharc.json': '{ "require": "./setup.js" }',
    };
    const asks = `it('is set up', () => { if (globalThis.price !== 3) throw new Error('no price'); });\n`;
    expect(await measure({ ...files, 'test/a.js': asks })).toMatchObject({ state: 'clean' });
  });
});

test('a mocha that can only print is not asked for a file, and read where it prints', () => {
  const asked = { project: projectWith(), workDir: '/work', args: [] };
  const way = { kind: 'none', why: 'nobody counts' } as const;
  const command = (version?: string) => mocha.command({ ...asked, coverage: way, version });
  expect(command('9.1.4').report).toBeUndefined();
  expect(command('9.1.4').argv.join(' ')).not.toContain('output=');
  for (const version of ['9.2.0', '12.0.3', undefined]) {
    expect(command(version)).toMatchObject({ report: 'report.json' });
  }
  const stdout = `listening\n{\n  "stats": { "failures": 0 },\n  "passes": [{ "fullTitle": "passes" }],\n  "pending": [],\n  "failures": []\n}\n`;
  const raw = { exitCode: 0, stdout, stderr: '', files: {}, root: '/project' };
  expect(mocha.read(raw)).toMatchObject({ kind: 'ran', run: { passed: 1 } });
  expect(mocha.read({ ...raw, report: undefined })).toMatchObject({ state: 'no_report' });
});
