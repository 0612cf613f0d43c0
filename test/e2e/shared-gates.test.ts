/** An organisation's gates in an npm package: packed and installed by npm, hoisted, linked, named in part. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { eslintReport } from './reports.ts';
import { puppetProject, temporaryFolder, type Project } from './rig.ts';
import { writeFiles } from '../config/project.ts';

const GATE = [
  'agent_id: ACME_CODE_001',
  'name: Acme_House_Rules',
  'type: ephemeral',
  'trigger: on_push',
  'runners: [eslint]',
  'on_failed_check: block',
  'checks:',
  '  house:',
  '    - eslint_warnings == 0',
  '',
].join('\n');

/** `acme-gates-1.2.0.tgz`, as npm packs it. */
function packed(): string {
  const folder = temporaryFolder();
  writeFiles(folder, {
    'package.json': JSON.stringify({ name: '@acme/gates', version: '1.2.0', exports: {} }),
    'nemesis.config.yaml':
      'extends: nemesis/recommended\ngates: gates\nlimits: { coverage_overall: 60% }\n',
    'gates/code/house.yaml': GATE,
    'payments.yaml': 'extends: ./nemesis.config.yaml\nlimits: { coverage_overall: 90% }\n',
  });
  npm(folder, 'pack', '--pack-destination', folder);
  return path.join(folder, 'acme-gates-1.2.0.tgz');
}

function npm(cwd: string, ...argv: string[]): void {
  const ended = spawnSync('npm', [...argv, '--no-audit', '--no-fund', '--offline'], {
    cwd,
    encoding: 'utf8',
  });
  if (ended.status !== 0) throw new Error(`npm ${argv.join(' ')}: ${ended.stderr}`);
}

/** The package alone, as npm unpacks it, in the node_modules of a folder of its own. */
function installed(): string {
  const folder = temporaryFolder();
  writeFiles(folder, { 'package.json': '{ "name": "shop", "private": true }' });
  npm(folder, 'install', packed());
  return path.join(folder, 'node_modules', '@acme', 'gates');
}

function install(project: Project, folder = project.root): void {
  const target = path.join(folder, 'node_modules', '@acme');
  mkdirSync(target, { recursive: true });
  renameSync(installed(), path.join(target, 'gates'));
}

function warns(project: Project): void {
  const remark = {
    file: 'src/cart.js',
    line: 3,
    rule: 'no-var',
    message: 'var',
    severity: 1 as const,
  };
  project.puppet('eslint', { report: eslintReport(project.root, [remark]) });
}

const EXTENDS = { 'nemesis.config.yaml': "extends: '@acme/gates'\n" };

test('judge by the gates, limits and presets of the package, and name its version', async () => {
  const project = puppetProject();
  install(project);
  project.write(EXTENDS);
  warns(project);
  const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
  expect(stderr).toContain('nemesis.config.yaml, @acme/gates 1.2.0');
  expect(code).toBe(1);
  expect(stdout).toContain('eslint_warnings is 1');
  expect(stdout).toContain('node_modules/@acme/gates/gates/code/house.yaml:9');
  expect(project.kept().configuration).toBe('nemesis.config.yaml, @acme/gates 1.2.0');
  const { stdout: listed } = await project.nemesis(['gates:list']);
  expect(listed).toContain('coverage_overall >= 60%');
});

test('linked into a virtual store, as pnpm installs', async () => {
  const project = puppetProject();
  const store = path.join(project.root, 'node_modules/.pnpm/@acme+gates@1.2.0');
  install(project, store);
  mkdirSync(path.join(project.root, 'node_modules/@acme'));
  symlinkSync(
    '../.pnpm/@acme+gates@1.2.0/node_modules/@acme/gates',
    path.join(project.root, 'node_modules/@acme/gates'),
  );
  project.write(EXTENDS);
  warns(project);
  expect((await project.check()).code).toBe(1);
});

test('hoisted to the top of a monorepo', async () => {
  const project = puppetProject();
  install(project);
  project.write({
    'packages/web/package.json': '{ "name": "web", "version": "1.0.0" }',
    'packages/web/nemesis.config.yaml': EXTENDS['nemesis.config.yaml'],
    'packages/web/index.js': 'export const a = 1;\n',
  });
  const { stdout, code } = await project.nemesis(['gates:list'], {
    cwd: path.join(project.root, 'packages/web'),
  });
  expect(code).toBe(0);
  expect(stdout).toContain('ACME_CODE_001');
});

test('a file of the package', async () => {
  const project = puppetProject();
  install(project);
  for (const name of ['payments', 'payments.yaml']) {
    project.write({ 'nemesis.config.yaml': `extends: '@acme/gates/${name}'\n` });
    const { stdout } = await project.nemesis(['gates:list']);
    expect(stdout).toContain('coverage_overall >= 90%');
    expect(stdout).toContain('ACME_CODE_001');
  }
});

test.each([
  ['@acme/gates', 'install it: npm i -D @acme/gates'],
  ['@acme/gates/payments', 'install it: npm i -D @acme/gates'],
  ['@acme/../../etc', 'cannot be found'],
])('`%s` that is not there says how to get it', async (name, help) => {
  const project = puppetProject();
  project.write({ 'nemesis.config.yaml': `service: shop\nextends: '${name}'\n` });
  const { code, stderr } = await project.nemesis(['deploy:check']);
  expect(code).toBe(2);
  expect(stderr).toContain('nemesis.config.yaml:2:10');
  expect(stderr).toContain(help);
});
