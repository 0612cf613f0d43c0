/** `hooks:install`: every commit is judged; nobody else's hook is touched. */

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';
import { emptyProject, inGit, type Project } from './rig.ts';

const INSTALL = ['hooks:install'];
const WRONG = 'export const isNone = (value) => value === NaN;\n';
const RIGHT = 'export const isNone = (value) => Number.isNaN(value);\n';

function shop(files: Readonly<Record<string, string>> = {}): Project {
  const project = emptyProject();
  project.write({
    'package.json': '{ "name": "shop", "private": true }\n',
    '.gitignore': 'node_modules/\n',
    ...files,
  });
  inGit(project);
  return project;
}

const hookOf = ({ root }: Project): string => path.join(root, '.git/hooks/pre-commit');

/** `git commit --all` as a person's client starts it. */
function commit(project: Project, env: Readonly<Record<string, string | undefined>> = {}) {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  const git = resolveBinary('git', process.env['PATH'] ?? '');
  if (!git.ok) throw new Error('there is no git');
  return spawnSync(git.file, [...who, 'commit', '--quiet', '--all', '--message', 'x'], {
    cwd: project.root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: project.home, ...env },
  });
}

test('a commit is stopped, says what to do, and can be skipped', async () => {
  const project = shop({ 'cart.js': RIGHT });
  const { code, stdout } = await project.nemesis(INSTALL);
  expect(code).toBe(0);
  expect(stdout).toContain('wrote .git/hooks/pre-commit: every commit is judged from now on');
  expect(stdout).toContain('NEMESIS_SKIP=1 git commit, or git commit --no-verify');
  expect(statSync(hookOf(project)).mode & 0o777).toBe(0o755);

  project.write({ 'cart.js': WRONG });
  const stopped = commit(project);
  expect(stopped.status).toBe(1);
  expect(stopped.stderr).toContain('✖ cart.js:1:');
  expect(stopped.stderr).toContain('nemesis: the commit is stopped. Mend what is named above');
  expect(stopped.stderr).toContain('Skip it once: NEMESIS_SKIP=1 git commit, or git commit --no-');
  expect(stopped.stderr.split('\n').filter((line) => line.length > 80)).toEqual([]);

  expect(commit(project, { NEMESIS_SKIP: '1' }).status).toBe(0);
  project.write({ 'cart.js': RIGHT });
  expect(commit(project, { NEMESIS_SKIP: '0' }).status).toBe(0);
  expect(project.git('status', '--porcelain')).toBe('');
});

test('without a PATH it finds the Node it was installed with, or says what is the matter', async () => {
  const project = shop({ 'cart.js': RIGHT });
  await project.nemesis(INSTALL);
  project.write({ 'cart.js': WRONG });
  const bare = commit(project, { PATH: '/usr/bin:/bin' });
  expect(bare.stderr).toContain('✖ cart.js:1:');
  const hook = readFileSync(hookOf(project), 'utf8');
  const lost = hook.replaceAll(path.dirname(process.execPath), '/nowhere');
  writeFileSync(hookOf(project), lost.replace(':/usr/local/bin:/opt/homebrew/bin', ''));
  const sh = path.join(project.home, 'only');
  mkdirSync(sh);
  const { status, stderr } = spawnSync('/bin/sh', [hookOf(project)], {
    cwd: project.root,
    encoding: 'utf8',
    env: { PATH: sh, HOME: project.home },
  });
  expect(status).toBe(1);
  expect(stderr).toContain('nemesis: node is not on the PATH of this program');
  expect(stderr).toContain('git commit --no-verify');
});

test("the project's own nemesis comes first", async () => {
  const project = shop({ 'cart.js': RIGHT });
  await project.nemesis(INSTALL);
  const own = path.join(project.root, 'node_modules/.bin/nemesis');
  mkdirSync(path.dirname(own), { recursive: true });
  writeFileSync(own, '#!/bin/sh\necho "own: $*"\nexit 3\n');
  chmodSync(own, 0o755);
  project.write({ 'cart.js': WRONG });
  const { status, stderr } = commit(project);
  expect(status).toBe(1);
  expect(stderr).toContain('own: deploy:check --staged --gate code --cwd .');
  expect(stderr).toContain('the commit is stopped, for it could not be judged');
});

test('twice is once, and what was installed is taken out again', async () => {
  const project = shop({ "it's/package.json": '{ "name": "pay" }\n' });
  const first = await project.nemesis(INSTALL);
  expect(first.code).toBe(0);
  const text = readFileSync(hookOf(project), 'utf8');
  const again = await project.nemesis(INSTALL);
  expect(again.stdout).toBe('.git/hooks/pre-commit judges what is staged already\n');
  expect(readFileSync(hookOf(project), 'utf8')).toBe(text);

  await project.nemesis([...INSTALL, '--cwd', "it's"]);
  const both = readFileSync(hookOf(project), 'utf8');
  expect(both).toContain("\njudge '.'\njudge 'it'\\''s'\n");
  expect(spawnSync('/bin/sh', ['-n', hookOf(project)]).status).toBe(0);
  await project.nemesis(['hooks:uninstall', '--cwd', "it's"]);
  expect(readFileSync(hookOf(project), 'utf8')).toBe(text);

  writeFileSync(hookOf(project), `${text}echo mine\n`);
  await project.nemesis(['hooks:uninstall']);
  expect(readFileSync(hookOf(project), 'utf8')).toBe('#!/bin/sh\necho mine\n');
  const none = await project.nemesis(['hooks:uninstall']);
  expect(none.stdout).toBe('no hook of nemesis is installed here\n');
  writeFileSync(hookOf(project), text);
  expect((await project.nemesis(['hooks:uninstall'])).stdout).toContain('removed');
  expect(existsSync(hookOf(project))).toBe(false);
});

describe("what is another's stays so, and what to add is told", () => {
  test('a hook somebody wrote', async () => {
    const project = shop();
    writeFileSync(hookOf(project), '#!/bin/sh\necho mine\n');
    const { code, stderr } = await project.nemesis(INSTALL);
    expect(code).toBe(2);
    expect(stderr).toContain('is there already, and is not ours');
    expect(stderr).toContain(
      'npx --no-install nemesis deploy:check --staged --gate code || exit 1',
    );
    expect(readFileSync(hookOf(project), 'utf8')).toBe('#!/bin/sh\necho mine\n');
  });

  test('a link that leads nowhere', async () => {
    const project = shop();
    symlinkSync('../../not/yet/there', hookOf(project));
    const { code, stderr } = await project.nemesis(INSTALL);
    expect(code).toBe(2);
    expect(stderr).toContain('is there already, and is not ours');
    expect(readlinkSync(hookOf(project))).toBe('../../not/yet/there');
  });

  test.each([
    ['husky', '.husky/pre-commit', 'add this line to .husky/pre-commit:'],
    ['lefthook', 'lefthook.yml', 'add this to lefthook.yml:'],
    ['pre-commit', '.pre-commit-config.yaml', 'add this to .pre-commit-config.yaml:'],
  ])('%s', async (name, file, said) => {
    const project = shop({ [file]: '\n' });
    const { code, stderr } = await project.nemesis(INSTALL);
    expect(code).toBe(2);
    expect(stderr).toContain(`in the hands of ${name}`);
    expect(stderr).toContain(said);
    expect(stderr).toContain('npx --no-install nemesis deploy:check --staged --gate code');
    expect(existsSync(hookOf(project))).toBe(false);
  });

  test('a folder that many repositories share', async () => {
    const project = shop();
    const shared = path.join(project.home, 'hooks');
    project.git('config', '--global', 'core.hooksPath', shared);
    const { code, stderr } = await project.nemesis(INSTALL);
    expect(code).toBe(2);
    expect(stderr).toContain('other repositories may use it');
    expect(existsSync(shared)).toBe(false);
  });
});

test('a folder of hooks in the work tree, and a second work tree', async () => {
  const project = shop();
  const second = path.join(project.home, 'second');
  project.git('worktree', 'add', '--quiet', second);
  expect((await project.nemesis([...INSTALL, '--cwd', second])).code).toBe(0);
  expect(existsSync(hookOf(project))).toBe(true);
  project.git('config', 'core.hooksPath', 'tools/hooks');
  expect((await project.nemesis(INSTALL)).stdout).toContain('wrote tools/hooks/pre-commit');
});

test('no repository', async () => {
  const { code, stderr } = await emptyProject().nemesis(INSTALL);
  expect(code).toBe(2);
  expect(stderr).toContain('is in no git repository');
});
