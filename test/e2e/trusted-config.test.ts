/** `--trusted-config REF`: a change is judged by the gates it cannot touch, and what it would loosen is said. */

import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { eslintReport } from './reports.ts';
import { emptyProject, inGit, puppetProject, type Project } from './rig.ts';

const CONFIG = 'nemesis.config.yaml';
const WHO = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

function commit(project: Project, files: Readonly<Record<string, string>>): void {
  project.write(files);
  project.git('add', '--all');
  project.git(...WHO, 'commit', '--quiet', '--message', 'more');
}

function warns(project: Project, count: number): void {
  const remarks = Array.from({ length: count }, (_, n) => ({
    ...{ file: 'src/cart.js', line: n + 1, rule: 'no-var', message: 'var', severity: 1 as const },
  }));
  project.puppet('eslint', { report: eslintReport(project.root, remarks) });
}

/** A project whose main has strict gates of its own, on a branch that may change them. */
function guarded(): Project {
  const project = puppetProject();
  commit(project, {
    [CONFIG]: [
      'service: shop',
      'extends: ./shared/nemesis.config.yaml',
      'limits:',
      '  eslint_warnings: 10',
      'levels: { eslint_warnings: block }',
      'require: [gitleaks]',
      '',
    ].join('\n'),
    'shared/nemesis.config.yaml': 'extends: nemesis/recommended\ngates: gates\n',
    'shared/gates/code/size.yaml': [
      'agent_id: SHOP_CODE_001',
      'name: Size',
      'type: ephemeral',
      'trigger: on_push',
      'runners:',
      '  - id: size',
      '    run: "wc -c src/cart.js"',
      '    report: json',
      '    metrics: { cart_bytes: bytes }',
      'on_failed_check: warn',
      'checks:',
      '  size:',
      '    - cart_bytes < 100000',
      '',
    ].join('\n'),
  });
  project.git('checkout', '--quiet', '-b', 'change');
  return project;
}

const check = (project: Project, ...argv: string[]) =>
  project.nemesis(['deploy:check', '--trusted-config', 'main', ...argv]);

test('gates of the ref judge, and every way to loosen them is told with its line', async () => {
  const project = guarded();
  warns(project, 20);
  const day = new Date(Date.now() + 864e5 * 30).toISOString().slice(0, 10);
  project.write({
    [CONFIG]: [
      'service: shop',
      'extends: ./shared/nemesis.config.yaml',
      'limits:',
      '  eslint_warnings: 50',
      'levels: { eslint_warnings: warn, eslint_errors: warn }',
      'tolerate: { eslint: [crashed] }',
      'mode: { test: observe }',
      '',
    ].join('\n'),
    'nemesis.waivers.yaml': `waivers:\n  - finding: { tool: eslint, rule: no-var }\n    why: x\n    who: me\n    until: ${day}\n`,
    'shared/gates/code/size.yaml': project
      .read('shared/gates/code/size.yaml')
      .replace('wc -c src/cart.js', 'wc -l src/cart.js')
      .replace('cart_bytes < 100000', 'cart_bytes < 900000'),
    'package.json': project.read('package.json').replace('"mocha"', '"true || mocha"'),
  });
  const own = await project.nemesis(['deploy:check']);
  expect(own.stdout).not.toContain('eslint_warnings is 20');
  const { code, stdout, stderr } = await check(project);
  const said = stdout.replace(/\s+/g, ' ');
  expect(code, stderr).toBe(1);
  expect(stderr).toContain('nemesis.config.yaml of main (');
  expect(said).toContain('eslint_warnings is 20');
  expect(said).toContain(
    'this change loosens: eslint_warnings < 10 → eslint_warnings < 50, nemesis.config.yaml:4',
  );
  for (const line of [
    'loosens: `eslint_errors > 0` only warns, nemesis.config.yaml:5',
    'loosens: the test gate is only observed',
    'loosens: tolerates eslint: crashed, nemesis.config.yaml:6',
    `loosens: waives eslint no-var until ${day}, nemesis.waivers.yaml:2`,
    'loosens: gitleaks is required no longer',
    'loosens: cart_bytes < 100000 → cart_bytes < 900000, shared/gates/code/size.yaml:13',
    'changes: the command of size: wc -c src/cart.js → wc -l src/cart.js, shared/gates/code/size.yaml:6',
    'changes: script test: mocha → true || mocha, package.json',
  ])
    expect(said).toContain(line);
  expect(project.kept().trusted_config).toMatchObject({ ref: 'main' });
});

test('a change that only tightens, or touches no gate, is told nothing', async () => {
  const project = guarded();
  project.write({
    [CONFIG]: project.read(CONFIG).replace('eslint_warnings: 10', 'eslint_warnings: 3'),
  });
  const { stdout } = await check(project);
  expect(stdout).not.toMatch(/this change/);
});

test('gates that are gone, and a baseline that was loosened', async () => {
  const project = guarded();
  warns(project, 1);
  expect((await project.nemesis(['baseline:update'])).code).toBe(0);
  project.git('checkout', '--quiet', 'main');
  commit(project, {});
  project.git('checkout', '--quiet', 'change');
  project.git('merge', '--quiet', 'main');
  warns(project, 3);
  const loose = ['--all', '--reason', 'because'];
  expect((await project.nemesis(['baseline:update', ...loose])).code).toBe(0);
  project.git('rm', '--quiet', 'shared/gates/code/size.yaml');
  project.write({ 'shared/gates/.keep': '' });
  expect((await project.check()).json.metrics['new_findings']).toMatchObject({ value: 0 });
  const { code, stdout } = await check(project);
  expect(code).toBe(1);
  expect(stdout).toContain('new_findings is 2');
  expect(stdout).toContain('loosens: SHOP_CODE_001 is gone from code');
  expect(stdout).toContain('loosens: baseline of eslint_warnings: 1 → 3');
  expect(stdout).toContain('loosens: 2 more findings in the baseline');
});

test('a configuration that the change takes away still holds', async () => {
  const project = guarded();
  warns(project, 20);
  project.git('rm', '--quiet', CONFIG);
  const { code, stdout } = await check(project);
  expect(code).toBe(1);
  expect(stdout).toContain('eslint_warnings is 20');
});

test('a package of gates that no lock file seals is told as what cannot be compared', async () => {
  const project = puppetProject();
  const installed = 'node_modules/@acme/gates';
  const shared = (integrity?: string): Record<string, string> => ({
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: { [installed]: { version: '1.2.0', ...(integrity && { integrity }) } },
    }),
  });
  const { 'package-lock.json': sealed } = shared(
    `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
  );
  const { 'package-lock.json': open } = shared();
  project.write({
    [`${installed}/package.json`]: '{ "name": "@acme/gates", "version": "1.2.0" }\n',
    [`${installed}/nemesis.config.yaml`]: 'extends: nemesis/recommended\n',
  });
  commit(project, { [CONFIG]: 'service: shop\nextends: "@acme/gates"\n' });
  const told = async () => (await check(project)).stdout.replace(/\s+/g, ' ');
  const expected =
    'gates of @acme/gates 1.2.0 are read as they are installed here, and cannot be compared';
  expect(await told()).toContain(expected);
  commit(project, { 'package-lock.json': open! });
  expect(await told()).toContain(expected);
  commit(project, { 'package-lock.json': sealed! });
  expect(await told()).not.toContain('cannot be compared');
});

test('links in the ref are not followed', async () => {
  const project = guarded();
  symlinkSync('/etc', path.join(project.root, 'linked'));
  commit(project, { [CONFIG]: 'extends: ./linked/passwd\n' });
  project.git('branch', 'bad');
  commit(project, { [CONFIG]: 'service: shop\n' });
  const { code, stderr } = await project.nemesis(['deploy:check', '--trusted-config', 'bad']);
  expect(code).toBe(2);
  expect(stderr).not.toContain('root:');
});

test.each(['nowhere', '--help', 'main:package.json', '', 'HEAD~99'])(
  'a ref that is none (%j) is asked wrongly',
  async (ref) => {
    const project = guarded();
    const { code, stderr } = await project.nemesis(['deploy:check', `--trusted-config=${ref}`]);
    expect(code).toBe(2);
    expect(stderr).toContain('git fetch');
    expect(project.calls('eslint')).toEqual([]);
  },
);

test('a pipeline takes it too', async () => {
  const project = guarded();
  const argv = ['deploy:pipeline', '--until', 'test', '--trusted-config'];
  const wrong = await project.nemesis([...argv, 'nowhere']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('there is no commit `nowhere` here');
  warns(project, 20);
  project.write({
    [CONFIG]: project.read(CONFIG).replace('eslint_warnings: 10', 'eslint_warnings: 50'),
  });
  const { code, stderr } = await project.nemesis([...argv, 'main']);
  expect(code, stderr).toBe(1);
  expect(stderr.replace(/\s+/g, ' ')).toContain('loosens: eslint_warnings < 10');
});

test('outside git there is no ref', async () => {
  const project = emptyProject();
  project.write({ 'a.js': '' });
  expect((await check(project)).code).toBe(2);
  inGit(project);
  expect((await check(project)).code).not.toBe(2);
});

test('the work tree is left as it is', async () => {
  const project = guarded();
  const before = project.git('status', '--porcelain');
  await check(project);
  expect(project.git('status', '--porcelain')).toBe(before);
  expect(project.git('diff', '--cached', '--stat')).toBe('');
});
