/** The traps of the frameworks, sprung on the real ones: what exits 0 and was no success, what exits 1 without a failed test. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
} from 'node:fs';
import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Measurement } from '../../../src/measure/runner.ts';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { readProject } from '../../../src/measure/project.ts';
import { suiteRunner } from '../../../src/measure/suites/suite.ts';
import { SYSTEM_PATH } from '../process/system-path.ts';
import { ROOT } from '../tools/support.ts';
import { contextFor } from './replay.ts';

const INSTALLED = path.join(import.meta.dirname, '../../../node_modules');
const CASES = path.join(import.meta.dirname, '../../fixtures/suites/playwright');
const scratch = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'nemesis-real-')));
const engine = createProcessEngine();
afterAll(async () => {
  await engine.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** A project of these files beside the installed packages, measured for real. */
async function measured(
  name: string,
  suite: 'unit' | 'e2e',
  manifest: object,
  files: Readonly<Record<string, string>>,
): Promise<Measurement> {
  const root = path.join(scratch, name.replaceAll(' ', '-'));
  mkdirSync(root, { recursive: true });
  symlinkSync(INSTALLED, path.join(root, 'node_modules'));
  writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name: 'shop', ...manifest }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  const project = await readProject({
    root,
    repositoryTop: undefined,
    env: { PATH: `${path.dirname(process.execPath)}:${SYSTEM_PATH}`, HOME: os.homedir() },
    suites: {},
    secrets: [],
    ownBinDirs: [],
  });
  const context = contextFor(project, engine, { timeoutMs: 120_000 });
  const measurement = await suiteRunner(suite).measure(context);
  return JSON.parse(JSON.stringify(measurement).replaceAll(root, ROOT)) as Measurement;
}

interface Framework {
  readonly manifest: object;
  /** Where a test file lies. */
  readonly file: string;
  readonly head: string;
  /** One that asks for more coverage than there is. */
  readonly threshold?: Readonly<Record<string, string>>;
  /** Where it can be told to ask for none, nothing is missed. */
  readonly missed?: Measurement['state'];
  /** Nothing in the report, a failed test, or a file that failed. */
  readonly unhandled: Measurement['state'];
  readonly noTests: Measurement['state'];
}

const FRAMEWORKS: Readonly<Record<string, Framework>> = {
  jest: {
    manifest: { scripts: { test: 'jest' }, devDependencies: { jest: '30' } },
    file: 'price.test.js',
    head: '',
    threshold: {
      'jest.config.js': `module.exports = { coverageThreshold: { './price.js': { lines: 100 } } };`,
    },
    missed: 'clean',
    unhandled: 'findings',
    noTests: 'nothing_measured',
  },
  vitest: {
    manifest: {
      ...{ type: 'module', scripts: { test: 'vitest run' } },
      devDependencies: { vitest: '5', '@vitest/coverage-v8': '5' },
    },
    file: 'price.test.js',
    head: `import { expect, test } from 'vitest';\n`,
    threshold: {
      'vitest.config.js': `export default { test: { coverage: { thresholds: { 'price.js': { lines: 100 } } } } };`,
    },
    unhandled: 'unexplained_failure',
    noTests: 'nothing_measured',
  },
  'node-test': {
    manifest: { type: 'module', scripts: { test: 'node --test' } },
    file: 'price.test.js',
    head: `import test from 'node:test';\nconst expect = () => ({ toBe() {} });\n`,
    unhandled: 'findings',
    noTests: 'nothing_measured',
  },
};

describe.each(Object.entries(FRAMEWORKS))('%s', (name, framework) => {
  const { manifest, file, head } = framework;
  const source = {
    'price.js':
      name === 'jest'
        ? 'module.exports = { a: () => 1,\n b: () => 2 };\n'
        : 'export const a = () => 1;\nexport const b = () => {\n  return 2;\n};\n',
  };
  const uses =
    name === 'jest'
      ? `const { a } = require('./price.js');\n`
      : `import { a } from './price.js';\n`;
  const good = `${head}${uses}test('has a price', () => { expect(a()).toBe(1); });\n`;

  test('an error after a test that passed is no success', async () => {
    const late = `${good}test('leaves something behind', async () => {\n  setTimeout(() => { throw new Error('too late'); }, 5);\n  await new Promise((resolve) => setTimeout(resolve, 100));\n});\n`;
    const { state, metrics } = await measured(`${name} unhandled`, 'unit', manifest, {
      ...{ ...source, [file]: late },
    });
    expect(state).toBe(framework.unhandled);
    if (state === 'findings') expect(metrics['unit.tests_failed']).toBeGreaterThan(0);
    else expect(metrics).toEqual({});
  });

  test('no tests is nothing measured', async () => {
    const { state, metrics } = await measured(`${name} none`, 'unit', manifest, source);
    expect({ state, metrics }).toEqual({ state: framework.noTests, metrics: {} });
  });

  test('a file that cannot be loaded counts as failed', async () => {
    const broken = `${head}${uses.replace('price', 'nowhere')}test('is never reached', () => {});\n`;
    const { state, metrics, findings } = await measured(`${name} loadfail`, 'unit', manifest, {
      ...{ ...source, [file]: good, 'broken.test.js': broken },
    });
    expect(state).toBe('findings');
    expect(metrics).toMatchObject({ 'unit.tests_passed': 1, 'unit.tests_failed': 1 });
    expect(findings).toMatchObject([{ rule: 'file-failed', file: 'broken.test.js' }]);
  });

  const { threshold } = framework;
  // node:test has no thresholds of its own.
  if (threshold !== undefined)
    test('a missed threshold of the project is no failed test', async () => {
      const { state, metrics, findings } = await measured(`${name} threshold`, 'unit', manifest, {
        ...{ ...source, [file]: good, ...threshold },
      });
      expect(state).toBe(framework.missed ?? 'findings');
      expect(metrics).toMatchObject({ 'unit.tests_passed': 1, 'unit.tests_failed': 0 });
      const told = [{ rule: 'coverage-threshold', severity: 'info' }];
      expect(findings).toMatchObject(state === 'clean' ? [] : told);
    });
});

describe('node:test where a file leaves before its tests are done', () => {
  const { manifest } = FRAMEWORKS['node-test']!;
  const head = `import test, { describe, it } from 'node:test';\n`;
  const leaves = `async () => { await new Promise((resolve) => setTimeout(resolve, 20)); process.exit(0); }`;
  const others = `${head}test('is good', () => {});\ntest.skip('is later', () => {});\n`;

  test('it has failed, and the tests nobody heard of are named', async () => {
    const { state, metrics, findings } = await measured('node-test leaves', 'unit', manifest, {
      'a#1 %.test.js': `${head}test('x', () => {});\ntest('never', ${leaves});\ntest('bad', () => { throw 1; });\n`,
      'b.test.js': others,
      'c.test.js': `${head}describe('many', () => {\n  it('one', () => {});\n  it('two', ${leaves});\n  it('two', () => {});\n  it('three', () => {});\n});\n`,
    });
    expect(state).toBe('findings');
    expect(metrics).toMatchObject({ 'unit.tests_passed': 3, 'unit.tests_failed': 2 });
    expect(findings).toMatchObject([
      {
        ...{ rule: 'file-failed', file: 'a#1 %.test.js', line: 3 },
        message: 'a#1 %.test.js: it ended before its tests did (never, bad)',
      },
      {
        ...{ rule: 'file-failed', file: 'c.test.js', line: 2 },
        message: 'c.test.js: it ended before its tests did (many, two, two, 1 more)',
      },
    ]);
  });

  test('one that left with an error is told once', async () => {
    const error = leaves.replace('exit(0)', 'exit(3)');
    const { metrics, findings } = await measured('node-test leaves badly', 'unit', manifest, {
      'a.test.js': `${head}test('x', () => {});\ntest('never', ${error});\n`,
      'b.test.js': others,
    });
    expect(metrics).toMatchObject({ 'unit.tests_passed': 2, 'unit.tests_failed': 1 });
    expect(findings).toMatchObject([{ rule: 'file-failed', file: 'a.test.js' }]);
  });

  test('tests that were chosen not to run are no such tests', async () => {
    const script = 'node --test --test-name-pattern=good';
    const chosen = { ...manifest, scripts: { test: script } };
    const { state, metrics } = await measured('node-test chosen', 'unit', chosen, {
      'a.test.js': `${others}test('left out', () => {});\ndescribe('x', () => { it('left out', () => {}); });\n`,
    });
    expect(state).toBe('clean');
    expect(metrics).toMatchObject({ 'unit.tests_passed': 1, 'unit.tests_failed': 0 });
  });
});

const hasChromium = existsSync('/usr/bin/chromium');

describe.skipIf(!hasChromium)('playwright', () => {
  const cases = readdirSync(CASES).filter((name) => existsSync(path.join(CASES, name, 'input')));
  test.each(cases)('%s is what the installed one still says', async (name) => {
    const folder = path.join(CASES, name);
    const json = (file: string) =>
      JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as object;
    const { command, project } = json('meta.json') as {
      command: string;
      project: { scripts: object };
    };
    const own = command.split(' ').slice(5).join(' ');
    const root = path.join(scratch, `playwright-${name}`);
    mkdirSync(root);
    cpSync(path.join(folder, 'input'), root, { recursive: true });
    const manifest = { ...project, scripts: { 'test:e2e': `playwright test ${own}` } };
    const { evidence: _, ...fresh } = await measured(`playwright-${name}`, 'e2e', manifest, {});
    expect(withoutPlaces(fresh)).toEqual(withoutPlaces(json('expected.json')));
  });
});

/** Where browsers are looked for is another place for every user, and every version. */
function withoutPlaces(measurement: object): unknown {
  const text = JSON.stringify(measurement).replace(
    /\/[\w/.-]*ms-playwright\/[\w/.-]+/g,
    '/browsers',
  );
  return JSON.parse(text) as unknown;
}
