/** `deploy:check --staged`: what is staged decides, and nothing of the user's is touched. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyProject, eventually, inGit, runnerIn, type Project } from './rig.ts';

const WHO = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
const STAGED = ['deploy:check', '--staged'];
/** An error by the rules that nemesis brings along. */
const WRONG = 'export const isNone = (value) => value === NaN;\n';
const RIGHT = 'export const isNone = (value) => Number.isNaN(value);\n';

/** Plain JavaScript in git: nemesis' own rules and the scan for secrets measure it. */
function shop(files: Readonly<Record<string, string>> = {}): Project {
  const project = emptyProject();
  project.write({
    'package.json': '{ "name": "shop", "version": "1.0.0", "private": true }\n',
    '.gitignore': 'node_modules/\nbuilt/\n',
    'src/cart.js': 'export const total = 0;\n',
    'README.md': '# shop\n',
    ...files,
  });
  inGit(project);
  return project;
}

/** Names, kinds, modes and bytes of everything but `.nemesis` and packages; `.git` with all that is in it. */
function fingerprint({ root }: Project): string {
  const hash = createHash('sha256');
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const name = entry.name.toString('latin1');
      if (name === '.nemesis' || name === 'node_modules') continue;
      const file = path.join(folder, entry.name.toString());
      const { mode } = lstatSync(file);
      hash.update(`${file} ${mode}\0`);
      if (entry.isDirectory()) visit(file);
      else hash.update(entry.isSymbolicLink() ? readlinkSync(file) : readFileSync(file));
    }
  };
  visit(root);
  return hash.digest('hex');
}

/** The answer; nothing of the user's may have changed. */
async function staged(project: Project, argv: readonly string[] = [], env = {}) {
  const before = fingerprint(project);
  const ended = await project.nemesis([...STAGED, ...argv], { env });
  expect(fingerprint(project)).toBe(before);
  return ended;
}

describe('only what is staged decides', () => {
  test('an error that is staged is a no, although the work tree is right again', async () => {
    const project = shop();
    project.write({ 'src/cart.js': WRONG });
    project.git('add', '--all');
    project.write({ 'src/cart.js': RIGHT });
    const { code, stdout, stderr } = await staged(project);
    expect(code).toBe(1);
    expect(stdout).toContain('✖ src/cart.js:1:');
    expect(stdout).toContain('BLOCKED by eslint_errors > 0 · only what is staged asked, in code');
    expect(stderr).toContain('nemesis 0.1.0 · shop ·');
    expect(stdout + stderr).not.toContain(project.home);
  });

  test('an error that is not staged is none', async () => {
    const project = shop();
    project.write({ 'src/cart.js': RIGHT });
    project.git('add', '--all');
    project.write({ 'src/cart.js': WRONG, 'src/other.js': WRONG });
    const { code, stdout } = await staged(project);
    expect(code).toBe(0);
    expect(stdout).toContain('PASSED');
  });

  test('an old error in a file that is not part of the change is none', async () => {
    const project = shop({ 'src/old.js': WRONG });
    project.write({ 'src/new.js': RIGHT });
    project.git('add', '--all');
    expect((await staged(project)).code).toBe(0);
  });

  test('a file that is only announced is not part of it', async () => {
    const project = shop();
    project.write({ 'src/soon.js': WRONG, 'src/cart.js': RIGHT, 'src/empty.js': '' });
    project.git('add', 'src/cart.js', 'src/empty.js');
    project.git('add', '--intent-to-add', 'src/soon.js');
    const ended = await project.check(['--staged']);
    expect(ended.code).toBe(0);
    expect(runnerIn(ended.json, 'eslint').summary).toContain('in 2 files');
  });

  test('the configuration is the staged one', async () => {
    const project = shop();
    project.write({ 'src/cart.js': WRONG, 'nemesis.config.yaml': 'mode: { code: observe }\n' });
    project.git('add', '--all');
    project.write({ 'nemesis.config.yaml': 'mode: { code: nonsense }\n' });
    expect((await staged(project)).code).toBe(0);
  });

  test('a secret is found in what is staged, and is not shown', async () => {
    const secret = ['ghp', 'x7Kd92mQpL0vRt5WzYb3NcHf8JsAe1UgTq4M'].join('_');
    const project = shop();
    project.write({ 'deploy.env': `TOKEN=${secret}\n` });
    project.git('add', '--all');
    rmSync(path.join(project.root, 'deploy.env'));
    const { code, stdout, stderr } = await staged(project);
    expect(code).toBe(1);
    expect(stdout).toContain('deploy.env');
    expect(stdout + stderr).not.toContain(secret);
  });
});

describe('what can be staged', () => {
  test('nothing: a yes, with a word', async () => {
    const project = shop();
    project.write({ 'src/cart.js': WRONG });
    const { code, stdout } = await staged(project);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'nothing is staged, so there is nothing to measure\n',
    });
    const json = await staged(project, ['--json']);
    expect(JSON.parse(json.stdout)).toEqual({ schema: 'nemesis.staged/1', staged: [] });
  });

  test('only deletions, and nothing is left to measure', async () => {
    const project = shop();
    project.git('rm', '--quiet', 'src/cart.js');
    const { code, stdout } = await staged(project);
    expect(code).toBe(0);
    expect(stdout).toContain('PASSED');
  });

  test('names of every kind, modes, links and renames', async () => {
    const names = ['a b.js', 'new\nline.js', '-dash.js', 'ünï.js', '[id].js', '!no.js', '@at.js'];
    const project = shop({ 'src/move.js': RIGHT, 'run.sh': 'true\n' });
    project.write(Object.fromEntries(names.map((name) => [name, RIGHT])));
    symlinkSync('src/cart.js', path.join(project.root, 'link.js'));
    symlinkSync('/etc', path.join(project.root, 'away'));
    chmodSync(path.join(project.root, 'run.sh'), 0o755);
    project.git('mv', 'src/move.js', 'src/moved.js');
    project.git('add', '--all');
    const ended = await project.check(['--staged']);
    expect(ended.code).toBe(0);
    expect(runnerIn(ended.json, 'eslint').summary).toContain(`in ${names.length + 1} files`);
    project.write({ '-dash.js': WRONG });
    project.git('add', '--all');
    const { code, stdout } = await staged(project);
    expect(code).toBe(1);
    expect(stdout).toContain('✖ -dash.js:1');
  });

  test('a folder where a file was, and a file where a folder was', async () => {
    const project = shop({ 'one/deep/x.js': RIGHT, two: 'file\n' });
    project.write({ 'src/cart.js': RIGHT });
    project.git('add', '--all');
    expect((await staged(project)).code).toBe(0);
    rmSync(path.join(project.root, 'one'), { recursive: true });
    rmSync(path.join(project.root, 'two'));
    project.write({ one: 'file\n', 'two/deep/y.js': WRONG });
    project.git('add', '--all');
    const { code, stdout } = await staged(project);
    expect(code).toBe(1);
    expect(stdout).toContain('✖ two/deep/y.js:1');
  });

  test('the first commit of all', async () => {
    const project = emptyProject();
    project.write({ 'package.json': '{ "name": "shop" }\n', 'src/cart.js': WRONG });
    project.git('init', '--quiet', '--initial-branch=main');
    project.git('add', '--all');
    expect((await staged(project)).code).toBe(1);
    project.write({ 'src/cart.js': RIGHT });
    project.git('add', '--all');
    expect((await staged(project)).code).toBe(0);
  });

  test('the rules about the change: beside HEAD, and before it everything is new', async () => {
    const project = emptyProject();
    const lines = Array.from({ length: 8 }, (_, at) => `export const price${at} = ${at};\n`);
    project.write({ 'package.json': '{ "name": "shop" }\n', 'src/cart.js': lines.join('') });
    project.git('init', '--quiet');
    project.git('add', '--all');
    const untested = 'missing_tests_for_new_code';
    const first = await staged(project);
    expect(first.stdout).toContain(untested);
    project.git(...WHO, 'commit', '--quiet', '-m', 'first');
    project.write({ 'src/cart.js': `${lines.join('')}export const more = 1;\n` });
    project.git('add', '--all');
    project.write({
      'src/cart.js': `${lines.join('')}${lines.join('').replaceAll('price', 'tax')}`,
    });
    const second = await staged(project);
    expect(second.stdout).not.toContain(untested);
    expect(second.stdout).not.toContain('nothing to compare with');
  });

  test('a submodule', async () => {
    const inner = shop();
    const project = shop();
    project.git(
      ...['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add'],
      inner.root,
      'sub',
    );
    expect((await staged(project)).code).toBe(0);
    project.git(...WHO, 'commit', '--quiet', '--message', 'sub');
    project.git('submodule', '--quiet', 'deinit', '--force', 'sub');
    project.write({ 'src/cart.js': WRONG });
    project.git('add', 'src');
    expect((await staged(project)).code).toBe(1);
  });

  test('a thousand files', async () => {
    const many = Array.from({ length: 1000 }, (_, at) => [`src/f${at}.js`, RIGHT]);
    const project = shop();
    project.write(Object.fromEntries(many) as Record<string, string>);
    project.git('add', '--all');
    const ended = await project.check(['--staged']);
    expect(ended.code).toBe(0);
    expect(runnerIn(ended.json, 'eslint').summary).toContain('in 1000 files');
  });
});

describe('in the middle of something', () => {
  function diverged(theirs: string): Project {
    const project = shop();
    project.git('checkout', '--quiet', '-b', 'theirs');
    project.write({ 'src/cart.js': theirs });
    project.git(...WHO, 'commit', '--quiet', '--all', '--message', 'theirs');
    project.git('checkout', '--quiet', 'main');
    project.write({ 'src/cart.js': 'export const total = 1;\n' });
    project.git(...WHO, 'commit', '--quiet', '--all', '--message', 'ours');
    return project;
  }

  test.each([
    ['merge', ['merge', 'theirs']],
    ['rebase', ['rebase', 'theirs']],
    ['cherry-pick', ['cherry-pick', 'theirs']],
  ])('a %s: in conflict it says so, resolved it is measured', async (_, argv) => {
    const project = diverged('export const total = 2;\n');
    expect(() => project.git(...WHO, ...argv)).toThrow();
    const { code, stdout, stderr } = await staged(project);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('what is staged is in conflict: src/cart.js');
    expect(stderr).toContain('git add');
    project.write({ 'src/cart.js': WRONG });
    project.git('add', '--all');
    expect((await staged(project)).code).toBe(1);
    project.write({ 'src/cart.js': RIGHT });
    project.git('add', '--all');
    expect((await staged(project)).code).toBe(0);
  });
});

describe('where the repository lies', () => {
  test('a second work tree', async () => {
    const project = shop();
    const folder = path.join(project.home, 'second');
    project.git('worktree', 'add', '--quiet', folder);
    writeFileSync(path.join(folder, 'src/cart.js'), WRONG);
    project.git('-C', folder, 'add', '--all');
    expect((await project.nemesis([...STAGED, '--cwd', folder])).code).toBe(1);
    expect((await staged(project)).stdout).toContain('nothing is staged');
  });

  test('a project in a folder of the repository: only what is staged in it', async () => {
    const project = shop({ 'packages/pay/package.json': '{ "name": "pay" }\n' });
    project.write({ 'src/cart.js': WRONG });
    project.git('add', '--all');
    const none = await staged(project, ['--cwd', 'packages/pay']);
    expect(none.code).toBe(0);
    expect(none.stdout).toContain('nothing is staged');
    project.write({ 'packages/pay/card.js': WRONG });
    project.git('add', '--all');
    const { code, stdout } = await staged(project, ['--cwd', 'packages/pay']);
    expect(code).toBe(1);
    expect(stdout).toContain('✖ card.js:1');
    expect(stdout).not.toContain('cart.js');
  });

  test('a sparse checkout', async () => {
    const project = shop({ 'far/away.js': WRONG });
    project.git('sparse-checkout', 'set', 'src');
    project.write({ 'src/cart.js': RIGHT });
    project.git('add', 'src');
    expect((await staged(project)).code).toBe(0);
  });

  test('no repository', async () => {
    const project = emptyProject();
    project.write({ 'package.json': '{}' });
    const { code, stderr } = await project.nemesis(STAGED);
    expect(code).toBe(2);
    expect(stderr).toContain('is in no git repository, so nothing is staged');
  });
});

describe('what git ignores is there for the tools', () => {
  /** Passes where the module it imports can be found. */
  const PROBE = 'import "./built/api.mjs";\nimport "tax";\nimport "@shop/money";\n';

  test('packages, workspaces as staged, and what was built', async () => {
    const project = shop({
      'packages/money/package.json': '{ "name": "@shop/money", "exports": "./money.mjs" }\n',
      'packages/money/money.mjs': 'throw new Error("as committed");\n',
    });
    mkdirSync(path.join(project.root, 'node_modules/@shop'), { recursive: true });
    symlinkSync('../../packages/money', path.join(project.root, 'node_modules/@shop/money'));
    project.write({
      'node_modules/tax/package.json': '{ "name": "tax", "exports": "./tax.mjs" }',
      'node_modules/tax/tax.mjs': '',
      'built/api.mjs': '',
      'probe.mjs': PROBE,
      'packages/money/money.mjs': '// as staged\n',
    });
    project.git('add', '--all');
    project.write({ 'packages/money/money.mjs': 'throw new Error("in the work tree");\n' });
    expect((await staged(project)).code).toBe(0);
    const [kept] = readdirSync(path.join(project.home, '.cache/nemesis/staged'));
    const tree = path.join(project.home, '.cache/nemesis/staged', kept!, 'tree');
    const probe = spawnSync(process.execPath, ['probe.mjs'], { cwd: tree, encoding: 'utf8' });
    expect({ status: probe.status, stderr: probe.stderr }).toEqual({ status: 0, stderr: '' });
    expect(project.git('-C', tree, 'status', '--porcelain', '--untracked-files=all')).toBe(
      project.git('diff', '--cached', '--name-status').replaceAll(/^(.)\t/gm, '$1  '),
    );
  });
});

describe('as a hook of git', () => {
  function withHook(project: Project): void {
    const bin = path.join(path.dirname(path.dirname(import.meta.dirname)), 'bin', 'nemesis.js');
    const file = path.join(project.root, '.git/hooks/pre-commit');
    writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${bin}" deploy:check --staged\n`);
    chmodSync(file, 0o755);
  }
  const commit = (project: Project, ...argv: readonly string[]): string =>
    project.git(...WHO, 'commit', '--message', 'x', ...argv);

  test('a commit of all, of one file, and an amended one see what each commits', () => {
    const project = shop({ 'src/other.js': 'export const other = 1;\n' });
    withHook(project);
    project.write({ 'src/cart.js': WRONG });
    expect(() => commit(project, '--all')).toThrow(/eslint/);
    project.write({ 'src/other.js': RIGHT });
    expect(commit(project, 'src/other.js')).toContain('1 file changed');
    project.git('add', '--all');
    project.write({ 'src/other.js': `${RIGHT}\n` });
    expect(commit(project, 'src/other.js')).toContain('1 file changed');
    expect(() => commit(project, '--amend')).toThrow(/eslint/);
    project.write({ 'src/cart.js': RIGHT });
    expect(commit(project, '--all', '--amend')).toContain('2 files changed');
    expect(project.git('status', '--porcelain')).toBe('');
  });
});

describe('interrupted', () => {
  test('killed half-way it leaves the work tree alone, and the next run begins anew', async () => {
    const project = shop();
    project.write({ 'src/cart.js': WRONG, 'eslint.config.js': 'export default [];\n' });
    project.write({
      'package.json': '{ "name": "shop", "devDependencies": { "eslint": "10" } }\n',
    });
    project.git('add', '--all');
    project.puppet('eslint', { hang: true });
    const before = fingerprint(project);
    const running = project.start(STAGED);
    await eventually('eslint runs', () => project.calls('eslint').length > 0);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(fingerprint(project)).toBe(before);
    project.puppet('eslint', { report: '[]' });
    const ended = await project.nemesis(STAGED);
    expect(ended.code).toBe(0);
  });

  test('what a tool or a person did to the tree is undone', async () => {
    const project = shop();
    project.write({ 'src/cart.js': RIGHT });
    project.git('add', '--all');
    await staged(project);
    const folder = path.join(project.home, '.cache/nemesis/staged');
    const place = path.join(folder, readdirSync(folder)[0]!);
    writeFileSync(path.join(place, 'tree/src/cart.js'), WRONG);
    writeFileSync(path.join(place, 'tree/src/left.js'), WRONG);
    rmSync(path.join(place, 'tree/README.md'));
    writeFileSync(path.join(place, 'git/index.lock'), '');
    writeFileSync(path.join(place, 'lock'), '999999999');
    expect((await staged(project)).code).toBe(0);
    expect(readFileSync(path.join(place, 'tree/src/cart.js'), 'utf8')).toBe(RIGHT);
    expect(existsSync(path.join(place, 'tree/src/left.js'))).toBe(false);
    expect(existsSync(path.join(place, 'tree/README.md'))).toBe(true);
    writeFileSync(path.join(place, 'listing'), '{ "entr');
    expect((await staged(project)).code).toBe(0);
  });

  test('beside another run, and without a home, it works in .nemesis and leaves nothing there', async () => {
    const project = shop();
    project.write({ 'src/cart.js': WRONG });
    project.git('add', '--all');
    expect((await staged(project, [], { HOME: undefined })).code).toBe(1);
    expect(readdirSync(path.join(project.root, '.nemesis/tmp'))).toEqual([]);
    await staged(project);
    const folder = path.join(project.home, '.cache/nemesis/staged');
    writeFileSync(path.join(folder, readdirSync(folder)[0]!, 'lock'), String(process.pid));
    mkdirSync(path.join(project.root, '.nemesis/tmp/staged-999999999/tree'), { recursive: true });
    expect((await staged(project)).code).toBe(1);
    expect(readdirSync(path.join(project.root, '.nemesis/tmp'))).toEqual([]);
  });
});

test('other gates are measured elsewhere', async () => {
  const project = shop();
  const { code, stderr } = await staged(project, ['--gate', 'code,test']);
  expect(code).toBe(2);
  expect(stderr).toContain('--staged measures the code gate only; got test');
});

test('filters of git do not run: what is committed is a pointer', async () => {
  const project = shop();
  project.write({ '.gitattributes': '*.big.js filter=far\n', 'x.big.js': RIGHT });
  project.git('config', '--global', 'filter.far.smudge', 'touch smudged; cat');
  project.git('config', '--global', 'filter.far.clean', 'cat');
  project.git('config', 'filter.far.required', 'true');
  project.git('add', '--all');
  expect((await staged(project)).code).toBe(0);
  expect(existsSync(path.join(project.root, 'smudged'))).toBe(false);
});
