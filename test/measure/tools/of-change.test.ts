/** Runners that are asked about some files only, as a commit hook asks: by the tools themselves. */

import { expect, describe, test } from 'vitest';
import type { Runner } from '../../../src/measure/runner.ts';
import { leftOutBecause } from '../../../src/pipeline/left-out.ts';
import { black } from '../../../src/measure/tools/black.ts';
import { codeRules } from '../../../src/measure/tools/code-rules.ts';
import { isort } from '../../../src/measure/tools/isort.ts';
import { jscpd } from '../../../src/measure/tools/jscpd.ts';
import { npmAudit } from '../../../src/measure/tools/npm-audit.ts';
import { pipAudit } from '../../../src/measure/tools/pip-audit.ts';
import { pylint } from '../../../src/measure/tools/pylint.ts';
import { pythonRules } from '../../../src/measure/tools/python-rules.ts';
import { trivyFs } from '../../../src/measure/tools/trivy-fs.ts';
import { hasTool, measureIn, pythonProject } from '../python-rig.ts';
import { projectWith } from './support.ts';

const ask = (root: string, runner: Runner, ...concerned: string[]) =>
  measureIn(root, runner, undefined, concerned);
const filesOf = ({ findings }: { readonly findings: readonly { readonly file?: string }[] }) =>
  [...new Set(findings.map(({ file }) => file))].sort();

const UNFORMATTED = 'x = {  "a":1 }\n';
const UNSORTED = 'import sys\nimport os\n\nprint(os, sys)\n';
/** More than fits into one command. */
const crowd = Array.from({ length: 4000 }, (_, at) => `gone/${'x'.repeat(96)}${at}.py`);

describe.skipIf(!hasTool('black'))('black', () => {
  const names = ['a.py', 'b.py', 'deep/-odd name[1].py', 'left/out.py', 'ünï+(1).pyi'];
  const shop = (config = '') =>
    pythonProject({
      'pyproject.toml': `[tool.black]\nextend-exclude = "^/left/"\n${config}`,
      ...Object.fromEntries(names.map((name) => [name, UNFORMATTED])),
    });

  test('only those are judged, whatever their names, and none that its configuration leaves out', async () => {
    const root = shop();
    expect(filesOf(await ask(root, black, 'a.py'))).toEqual(['a.py']);
    const odd = ['deep/-odd name[1].py', 'ünï+(1).pyi'];
    expect(filesOf(await ask(root, black, ...odd))).toEqual(odd);
    expect(await ask(root, black, 'left/out.py')).toMatchObject({ state: 'nothing_measured' });
    expect(await ask(root, black, 'README.md')).toMatchObject({ state: 'nothing_measured' });
  });

  test.each([
    ['many of them', '', crowd],
    ['a project that says what is to be found', 'include = "[.]py$"\n', []],
  ])('with %s the others count as little', async (_, config, more) => {
    const root = shop(config);
    const one = await ask(root, black, 'a.py', ...more);
    expect(one).toMatchObject({ state: 'findings', metrics: { black_unformatted: 1 } });
    expect(filesOf(one)).toEqual(['a.py']);
    const none = await ask(root, black, 'gone.py', ...more);
    expect(none).toMatchObject({ state: 'clean', metrics: { black_compliant: true } });
  });
});

describe.skipIf(!hasTool('isort'))('isort', () => {
  test('only those are judged, and none that its configuration skips', async () => {
    const root = pythonProject({
      '.isort.cfg': '[settings]\nskip = old\n',
      'shop/a.py': UNSORTED,
      'shop/b.py': UNSORTED,
      'shop/-c d.py': 'import os\n',
      'old/a.py': UNSORTED,
    });
    expect(filesOf(await ask(root, isort, 'shop/a.py', 'old/a.py'))).toEqual(['shop/a.py']);
    const sorted = { state: 'clean', metrics: { import_order: 'sorted' } };
    expect(await ask(root, isort, 'shop/-c d.py')).toMatchObject(sorted);
    expect(await ask(root, isort, 'old/a.py')).toMatchObject({ state: 'nothing_measured' });
    expect(await ask(root, isort, 'shop/-c d.py', ...crowd)).toMatchObject(sorted);
    expect(await ask(root, isort, 'notes.md')).toMatchObject({ state: 'nothing_measured' });
  });
});

describe.skipIf(!hasTool('pylint'))('pylint', () => {
  const bad = (name: string) => `"""Module."""\n\nprint(${name})\n`;

  test.each([
    ['.pylintrc', '[MAIN]\nignore=old,\n  older\nignore-patterns=gen.*\n'],
    [
      'pyproject.toml',
      '[tool.pylint.main]\nignore = ["old", "older"]\nignore-patterns = ["gen.*"]\n',
    ],
  ])('only those are judged, and none in a folder that %s ignores', async (file, config) => {
    const ignored = ['old/a.py', 'shop/older/a.py', 'generated/a.py'];
    const root = pythonProject({
      [file]: config,
      'shop/__init__.py': '"""Shop."""\n',
      'shop/a.py': bad('one'),
      'shop/b.py': bad('two'),
      ...Object.fromEntries(ignored.map((name) => [name, bad('three')])),
    });
    const whole = await measureIn(root, pylint);
    expect(filesOf(whole)).toEqual(['shop/a.py', 'shop/b.py']);
    const one = await ask(root, pylint, 'shop/a.py', ...ignored);
    expect(filesOf(one)).toEqual(['shop/a.py']);
    expect(one.metrics).toMatchObject({
      pylint_errors: 1,
      no_circular: { notApplicable: 'a cycle is seen by who looks at every file' },
    });
    expect(await ask(root, pylint, ...ignored)).toMatchObject({ state: 'nothing_measured' });
    const many = await ask(root, pylint, 'shop/b.py', ...crowd);
    expect(filesOf(many)).toEqual(['shop/b.py']);
    expect(many.metrics).toMatchObject({ pylint_errors: 1 });
    expect(await ask(root, pylint, 'shop/__init__.py', ...crowd)).toMatchObject({ state: 'clean' });
  });
});

test('python-rules look at those alone', async () => {
  const broken = 'def f(:\n';
  const root = pythonProject({ 'setup.py': '', 'a.py': broken, 'b.py': broken, 'c.py': 'X = 1\n' });
  expect(filesOf(await ask(root, pythonRules, 'a.py'))).toEqual(['a.py']);
  expect((await ask(root, pythonRules, 'c.py')).metrics).toMatchObject({ code_unparseable: 0 });
  expect(await ask(root, pythonRules, 'notes.md')).toMatchObject({ state: 'nothing_measured' });
});

test('code-rules look at those alone', async () => {
  const text = 'export function Odd_Name() { return 1; }\n';
  const root = pythonProject({ 'src/a.js': text, 'src/[b] c.js': text, 'test/a.test.js': text });
  expect(filesOf(await ask(root, codeRules, 'src/[b] c.js'))).toEqual(['src/[b] c.js']);
  expect(await ask(root, codeRules, 'test/a.test.js')).toMatchObject({ state: 'nothing_measured' });
});

test('the share of copies is that of the whole; those the change has no part in are not named', async () => {
  const copied = (salt: string) =>
    Array.from(
      { length: 30 },
      (_, at) => `export const ${salt}${at} = read(${at}, "${salt}");`,
    ).join('\n');
  const root = pythonProject({
    'src/a.js': copied('one'),
    'src/b.js': copied('one'),
    'src/c.js': copied('two'),
    'src/d.js': copied('two'),
  });
  const whole = await measureIn(root, jscpd);
  const part = await ask(root, jscpd, 'src/a.js');
  expect(filesOf(whole)).toEqual(['src/b.js', 'src/d.js']);
  expect(filesOf(part)).toEqual(['src/b.js']);
  expect(part.metrics).toEqual(whole.metrics);
});

describe('what a hook leaves out', () => {
  const why = (runner: Runner, ...concerned: string[]) => {
    const project = projectWith({ concerned, files: concerned });
    const always = { ...runner, inPlay: () => ({ inPlay: true, because: 'asked' }) as const };
    const config = { require: [] as readonly string[] };
    const asked = { only: [], skip: [], project, config } as unknown as Parameters<
      typeof leftOutBecause
    >[1];
    return leftOutBecause(always, asked)?.why;
  };

  test.each([npmAudit, pipAudit])('$id asks the network', (runner) => {
    expect(why(runner, 'package-lock.json')).toBe('asks the network; not in a hook');
  });

  test.each([
    ['src/main.ts', false],
    ['README.md', false],
    ['package-lock.json', true],
    ['deep/requirements-dev.txt', true],
    ['services/pay/go.sum', true],
    ['Cargo.lock', true],
    ['.trivyignore', true],
  ])('trivy is asked because of %s: %s', (file, isAsked) => {
    const expected = isAsked ? undefined : 'nothing that is staged changes its answer';
    expect(why(trivyFs, file)).toBe(expected);
  });
});
