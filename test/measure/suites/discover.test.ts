/** Which framework a project's scripts, config and files stand for, and with which arguments. */

import { describe, expect, test } from 'vitest';
import type { Suites } from '../../../src/config/config.ts';
import { findSuite } from '../../../src/measure/suites/discover.ts';
import { suites } from '../../../src/measure/suites/suites.ts';
import { folderWith } from '../folder.ts';
import { projectWith } from '../tools/support.ts';

const found = (
  scripts: Record<string, string>,
  given: { suites?: Suites; dependencies?: string[]; files?: string[] } = {},
  name: 'unit' | 'integration' = 'unit',
) => {
  const { dependencies = [], ...rest } = given;
  const suite = findSuite(
    projectWith({ manifest: { scripts }, scripts, dependencies: new Set(dependencies), ...rest }),
    name,
  );
  return suite.kind === 'runnable'
    ? { framework: suite.framework.name, args: suite.args, env: suite.env, because: suite.because }
    : suite;
};

describe('a script', () => {
  test.each([
    ['vitest', 'vitest', []],
    ['vitest run --coverage --project unit', 'vitest', ['--project', 'unit']],
    ['vitest --run --reporter verbose --bail 1 src', 'vitest', ['src']],
    [
      'vitest run --coverage.include=src/** --coverage.reporter html',
      'vitest',
      ['--coverage.include=src/**'],
    ],
    ['vitest run --coverage.thresholds.lines 90 --update', 'vitest', []],
    ['tsc && vitest watch --ui', 'vitest', []],
    ['jest --watch --coverage --silent', 'jest', ['--silent']],
    ['jest --coverageReporters text lcov --runInBand', 'jest', ['--runInBand']],
    ['npx jest --ci --json --outputFile out.json test/unit', 'jest', ['test/unit']],
    ['pnpm exec jest', 'jest', []],
    ['c8 mocha -R spec --timeout 5000', 'mocha', ['--timeout', '5000']],
    ['nyc --reporter=lcov mocha -r ts-node/register', 'mocha', ['-r', 'ts-node/register']],
    ['node --test', 'node-test', []],
    [
      "node --import tsx --test --watch 'test/**/*.ts'",
      'node-test',
      ['--import', 'tsx', 'test/**/*.ts'],
    ],
    ['c8 node --test test/', 'node-test', ['test/']],
    ['node build.js && node --test', 'node-test', []],
    ['./node_modules/.bin/mocha', 'mocha', []],
  ])('%s', (script, framework, args) => {
    expect(found({ test: script })).toMatchObject({ framework, args });
  });

  test('may set variables, and hand flags to node', () => {
    expect(found({ test: 'TZ=UTC cross-env NODE_ENV=test vitest' })).toMatchObject({
      env: { TZ: 'UTC', NODE_ENV: 'test' },
    });
    const script = 'node --experimental-vm-modules node_modules/jest/bin/jest.js --coverage src';
    expect(found({ test: script })).toMatchObject({
      framework: 'jest',
      args: ['src'],
      env: { NODE_OPTIONS: '--experimental-vm-modules' },
    });
  });

  test('may tell c8 or nyc which files count', () => {
    const script = 'cross-env CI=1 c8 --all --include src/** -r html --lines 90 mocha test';
    expect(findSuite(projectWith({ scripts: { test: script } }), 'unit')).toMatchObject({
      args: ['test'],
      env: { CI: '1' },
      wrapperArgs: ['--all', '--include', 'src/**'],
    });
  });

  test('is followed through other scripts, and test:unit comes before test', () => {
    expect(
      found({ test: 'npm run check', check: 'eslint . && npm run spec', spec: 'jest' }),
    ).toMatchObject({ framework: 'jest', because: 'package.json scripts.test' });
    expect(found({ test: 'vitest run', 'test:unit': 'jest' })).toMatchObject({
      framework: 'jest',
      because: 'package.json scripts.test:unit',
    });
  });

  test.each([
    'turbo run test',
    'lerna run test',
    'ava',
    'tap test/*.js',
    'node test/run.js',
    'node --watch server.js',
    'vitest bench',
    'jest --listTests',
    './test.sh',
    'react-scripts test',
  ])('%s starts nothing that is read, and is not passed over', (script) => {
    expect(found({ test: script })).toMatchObject({
      kind: 'unreadable',
      state: 'nothing_measured',
      why: expect.stringContaining(`the test script \`${script}\` starts no runner`) as string,
    });
  });

  test.each(['echo "Error: no test specified" && exit 1', '', '   '])('%j is none', (script) => {
    expect(found({ test: script })).toEqual({
      kind: 'none',
      why: 'no test suite is declared here',
    });
  });
});

describe('without a readable script', () => {
  test('a declared framework with a config file is the unit suite', () => {
    const given = { dependencies: ['vitest'], files: ['vitest.config.ts'] };
    expect(found({}, given)).toMatchObject({ framework: 'vitest', because: 'vitest.config.ts' });
    expect(found({ test: 'turbo run test' }, given)).toMatchObject({ framework: 'vitest' });
    expect(found({}, { files: ['vitest.config.ts'] })).toMatchObject({ kind: 'none' });
    expect(found({}, given, 'integration')).toMatchObject({ kind: 'none' });
  });
});

describe('integration', () => {
  test('has scripts of its own, and is not the unit suite again', () => {
    const scripts = { test: 'vitest run', 'test:integration': 'vitest run --project integration' };
    expect(found(scripts, {}, 'integration')).toMatchObject({ args: ['--project', 'integration'] });
    expect(found({ test: 'vitest run', integration: 'npm test' }, {}, 'integration')).toEqual({
      kind: 'none',
      why: 'the integration script runs the unit suite',
    });
    expect(found({ test: 'vitest' }, {}, 'integration')).toMatchObject({ kind: 'none' });
  });
});

describe('the config', () => {
  const scripts = { test: 'turbo run test', spec: 'mocha --recursive' };

  test('says which framework, script and arguments', () => {
    expect(found(scripts, { suites: { unit: { script: 'spec' } } })).toMatchObject({
      framework: 'mocha',
      args: ['--recursive'],
    });
    expect(found(scripts, { suites: { unit: { framework: 'jest' } } })).toMatchObject({
      framework: 'jest',
      args: [],
      because: 'suites.unit in the config',
    });
    const both = {
      unit: { framework: 'mocha', script: 'spec', args: ['--reporter=dot', 'a.js'] },
    } as const;
    expect(found(scripts, { suites: both })).toMatchObject({ framework: 'mocha', args: ['a.js'] });
  });

  test('is wrong where it names what is not there', () => {
    expect(found(scripts, { suites: { unit: { script: 'unit' } } })).toMatchObject({
      kind: 'unreadable',
      state: 'bad_config',
      help: 'write one of: test, spec',
    });
    expect(found(scripts, { suites: { unit: { args: ['x'] } } })).toMatchObject({
      kind: 'unreadable',
      state: 'bad_config',
    });
    expect(found(scripts, { suites: { unit: { script: 'test' } } })).toMatchObject({
      state: 'nothing_measured',
    });
  });

  test('with only a timeout leaves the finding to nemesis', () => {
    expect(found({ test: 'jest' }, { suites: { unit: { timeoutMs: 5 } } })).toMatchObject({
      framework: 'jest',
      because: 'package.json scripts.test',
    });
  });
});

test('the sum of suites is in play when any suite is', () => {
  expect(suites.inPlay(projectWith())).toEqual({
    inPlay: false,
    why: 'no test suite is declared here',
  });
  expect(suites.inPlay(projectWith({ scripts: { test: 'jest' } }))).toEqual({
    inPlay: true,
    because: 'suites: unit',
  });
});

test.each([
  ['pyproject.toml', '[tool.ruff]\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n', true],
  ['setup.cfg', '[tool:pytest]\n', true],
  ['tox.ini', '[pytest]\n', true],
  ['pyproject.toml', '[tool.ruff]\n', false],
])('%s may declare pytest (%j)', (file, text, declares) => {
  const suite = findSuite(projectWith({ root: folderWith({ [file]: text }) }), 'unit');
  if (declares) expect(suite).toMatchObject({ framework: { name: 'pytest' }, because: file });
  else expect(suite).toMatchObject({ kind: 'none' });
});

test('arguments of the configuration reach Playwright, with its word in front or without', () => {
  for (const args of [
    ['-c', 'other.config.ts'],
    ['test', '-c', 'other.config.ts'],
  ]) {
    const suites = { e2e: { framework: 'playwright', args } } as const;
    const found = findSuite(projectWith({ suites }), 'e2e');
    expect(found).toMatchObject({ kind: 'runnable', args: ['-c', 'other.config.ts'] });
  }
});
