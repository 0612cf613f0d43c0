/** Odd surroundings: little on the PATH, no home, no git, nothing to write to, strange names, no terminal. */

import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eslintReport } from './reports.ts';
import { emptyProject, inGit, puppetProject, runnerIn, type Project } from './rig.ts';

/** Every file below a folder with its size and content, to see what a run changed. */
function snapshot(folder: string, leftOut: readonly string[] = []): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (relative: string): void => {
    for (const name of readdirSync(path.join(folder, relative))) {
      const file = path.join(relative, name);
      if (leftOut.includes(file)) continue;
      const stat = statSync(path.join(folder, file));
      if (stat.isDirectory()) walk(file);
      else found[file] = readFileSync(path.join(folder, file), 'latin1');
    }
  };
  walk('');
  return found;
}

/** No tool of its own: what nemesis brings along and what comes with Node have to do. */
function plainProject(): Project {
  const project = emptyProject();
  project.write({
    'package.json': JSON.stringify({
      ...{ name: 'shop', version: '1.0.0', private: true, type: 'module' },
      scripts: { test: 'node --test' },
    }),
    'src/cart.js': '/** How many. */\nexport const total = (prices) => prices.length;\n',
    'test/cart.test.js': [
      "import assert from 'node:assert';",
      "import { test } from 'node:test';",
      "import { total } from '../src/cart.js';",
      '',
      "test('counts', () => assert.equal(total([1, 2]), 2));",
      '',
    ].join('\n'),
  });
  inGit(project);
  return project;
}

// The rig's own PATH holds nothing but git, node, npm and sh, so every test of this folder says so, too.
test('git, node, npm and sh are enough', async () => {
  const project = plainProject();
  const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
  expect(stderr).toMatch(/unit \(node-test\).*1 passed/);
  expect(stdout).toContain('code passed · build passed · test passed');
  expect(code).toBe(0);
});

test('the reports say what a project without tests is missing, and the answer is undecided', async () => {
  const project = plainProject();
  rmSync(path.join(project.root, 'test'), { recursive: true });
  const { code, json } = await project.check();
  expect(runnerIn(json, 'unit')).toMatchObject({ state: 'nothing_measured' });
  expect(code).toBe(3);
});

describe('without', () => {
  test.each([
    ['a home', { HOME: undefined }],
    ['a home that is there', { HOME: '/dev/null/nobody' }],
    ['a locale', { LANG: undefined, LC_ALL: 'C' }],
  ])('%s it answers the same', async (_, env) => {
    const { code, stdout, stderr } = await puppetProject().nemesis(['deploy:check'], { env });
    expect(stdout, stderr).toMatch(/^READY/m);
    expect(code).toBe(0);
  });

  test('git it answers the same', async () => {
    const project = puppetProject();
    rmSync(path.join(project.root, '.git'), { recursive: true });
    const { code, json } = await project.check();
    expect(json).toMatchObject({ commit: null, dirty: null });
    expect(code).toBe(0);
  });

  test('anything in the folder it is undecided, and says that there is nothing to measure', async () => {
    const project = emptyProject();
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^nemesis: nothing to measure: .* holds no files$/m);
    const asJson = await project.nemesis(['deploy:check', '--json']);
    expect(asJson.code).toBe(3);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ readiness: { kind: 'undecided' } });
  });

  test('the folder that was asked for it was asked wrongly', async () => {
    const { code, stdout, stderr } = await emptyProject().nemesis([
      'deploy:check',
      ...['--cwd', 'nowhere'],
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('nemesis: nowhere is not a folder');
  });

  test('a folder to write to it cannot act', async () => {
    const project = puppetProject();
    // A file in its place: root may write to every folder, whatever its mode.
    writeFileSync(path.join(project.root, '.nemesis'), '');
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^nemesis: \.nemesis cannot be written: /);
    expect(project.calls('eslint')).toEqual([]);
  });

  test('the right to write it cannot act', async () => {
    const project = puppetProject();
    const state = path.join(project.root, '.nemesis');
    mkdirSync(path.join(state, 'tmp'), { recursive: true });
    chmodSync(state, 0o555);
    // Root may write to every folder, whatever its mode, but not into a file.
    if (process.getuid?.() === 0) writeFileSync(path.join(state, 'reports'), '');
    const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
    chmodSync(state, 0o755);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^nemesis: \.nemesis cannot be written: /);
  });

  test.each(['reports', 'tmp'])('a usable .nemesis/%s it cannot act', async (name) => {
    const project = puppetProject();
    mkdirSync(path.join(project.root, '.nemesis'));
    writeFileSync(path.join(project.root, '.nemesis', name), '');
    const { code, stderr } = await project.nemesis(['deploy:check']);
    expect(code).toBe(3);
    expect(stderr).not.toContain('defect');
    expect(stderr).toMatch(/nemesis: \.nemesis cannot be written: /);
  });
});

describe('a repository that holds links in place of .nemesis', () => {
  test.each(['.nemesis', '.nemesis/reports', '.nemesis/tmp'])(
    '%s is not followed',
    async (name) => {
      const project = puppetProject();
      const elsewhere = path.join(project.root, '..', 'elsewhere');
      mkdirSync(path.join(elsewhere, 'eslint'), { recursive: true });
      writeFileSync(path.join(elsewhere, 'eslint', 'precious'), 'kept');
      mkdirSync(path.dirname(path.join(project.root, name)), { recursive: true });
      symlinkSync(elsewhere, path.join(project.root, name));
      const { code, stderr } = await project.nemesis(['deploy:check']);
      expect(code).toBe(3);
      expect(stderr).toContain('is a link');
      expect(snapshot(elsewhere)).toEqual({ 'eslint/precious': 'kept' });
    },
  );
});

const ODD_NAMES = [
  'src/two words.js',
  'src/two\nlines.js',
  'src/größe-値.js',
  'src/-rf.js',
  'src/__proto__.js',
  '__proto__',
  'src/\u001b[31mred.js',
  'src/\u202egnp.js',
  'src/$(touch pwned).js',
];

test('strange file names are measured, shown escaped, and start nothing', async () => {
  const project = puppetProject();
  project.write(Object.fromEntries(ODD_NAMES.map((name) => [name, 'export default 1;\n'])));
  const remarks = ODD_NAMES.map((file) => ({
    ...{ file, line: 1, rule: 'no-odd\u001b]0;title\u0007' },
    message: 'odd\r\n::error::name',
  }));
  project.puppet('eslint', { report: eslintReport(project.root, remarks), exit: 1 });
  const { code, stdout, stderr } = await project.nemesis(['deploy:check']);
  expect(code).toBe(1);

  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(stdout).not.toMatch(/^::/m);
  for (const shown of ['two words.js', 'two lines.js', 'größe-値.js', '-rf.js', '__proto__.js']) {
    expect(stdout).toContain(`src/${shown}:1:7`);
  }
  expect(stdout).toContain('\\u001b[31mred.js');
  expect(stdout).toContain('\\u202egnp.js');
  expect(readdirSync(project.root)).not.toContain('pwned');
  const { findings } = runnerIn(project.kept(), 'eslint');
  expect(findings.map(({ file }) => file)).toEqual(ODD_NAMES);
});

test('the brought tools take strange names for files', async () => {
  const project = plainProject();
  project.write(Object.fromEntries(ODD_NAMES.map((name) => [name, 'export default 1;\n'])));
  const { json } = await project.check(['--gate', 'code']);
  expect(runnerIn(json, 'eslint').state).toBe('clean');
  expect(runnerIn(json, 'secretlint').state).toBe('clean');
  expect(readdirSync(project.root)).not.toContain('pwned');
});

describe('printed without a terminal', () => {
  test.each([
    ['nothing set', {}],
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
    ['TERM=xterm-256color', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }],
    ['CI=true', { CI: 'true', GITHUB_ACTIONS: 'true' }],
  ])('%s: no escape code', async (_, env) => {
    const project = puppetProject();
    project.puppet('eslint', { exit: 2, stderr: '\u001b[31mOops\u001b[0m no config\n' });
    const { stdout, stderr } = await project.nemesis(['deploy:check'], { env });
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout).toMatch(/^UNDECIDED/m);
  });

  test('FORCE_COLOR: colour, and nothing but colour', async () => {
    const env = { FORCE_COLOR: '1' };
    const { stdout, stderr } = await puppetProject().nemesis(['deploy:check'], { env });
    expect(stdout).toContain('\u001b[32m');

    expect((stdout + stderr).replace(/\u001b\[\d+m/g, '')).not.toContain('\u001b');
  });

  test('every line fits 80 columns, but for a word that does not', async () => {
    const project = puppetProject();
    project.puppet('eslint', { exit: 2, stderr: `Oops! ${'word '.repeat(60)}\n` });
    const remark = { file: 'src/cart.js', line: 1, rule: 'no-undef' };
    const { stdout, stderr } = await project.nemesis(['deploy:check']);
    project.puppet('eslint', {
      report: eslintReport(project.root, [{ ...remark, message: 'many words '.repeat(20) }]),
    });
    const found = await project.nemesis(['deploy:check']);
    const lines = [stdout, stderr, found.stdout, found.stderr].join('\n').split('\n');
    expect(lines.filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([]);
  });

  test('--json is one document on stdout and silence on stderr', async () => {
    const project = puppetProject();
    project.puppet('eslint', { exit: 2, stderr: 'Oops\n' });
    const { stdout, stderr } = await project.check();
    expect(stderr).toBe('');
    expect(stdout.endsWith('}\n')).toBe(true);
    expect(JSON.parse(stdout)).toEqual(project.kept());
  });

  test('--quiet is one line', async () => {
    const { stdout, stderr } = await puppetProject().nemesis(['deploy:check', '--quiet']);
    expect(stdout).toMatch(/^READY [^\n]*\n$/);
    expect(stderr).toBe('');
  });
});

describe('what a run leaves behind', () => {
  test('nothing in the project but .nemesis, which git does not see', async () => {
    const project = puppetProject();
    project.write({ 'src/cart.js': 'export const changed = 1;\n', 'notes.txt': 'untracked\n' });
    const status = project.git('status', '--porcelain');
    const calls = ['eslint', 'mocha', 'gitleaks', 'npm'].map((name) =>
      path.join('node_modules', '.bin', `${name}.calls`),
    );
    const before = snapshot(project.root, ['.nemesis', ...calls]);
    const { code } = await project.nemesis(['deploy:check']);
    expect(code).toBe(0);
    expect(snapshot(project.root, ['.nemesis', ...calls])).toEqual(before);
    expect(project.git('status', '--porcelain')).toBe(status);
    expect(readdirSync(path.join(project.root, '.nemesis', 'tmp'))).toEqual([]);
  });

  test('nothing in the home but a cache, which NEMESIS_HOME moves', async () => {
    const project = puppetProject();
    await project.nemesis(['deploy:check'], { env: { TMPDIR: project.home } });
    const written = Object.keys(snapshot(project.home, ['bin']));
    expect(written.filter((file) => !file.startsWith('.cache/nemesis/'))).toEqual([]);

    const other = puppetProject();
    const moved = path.join(other.root, '..', 'state');
    await other.nemesis(['deploy:check'], { env: { NEMESIS_HOME: moved, TMPDIR: other.home } });
    expect(Object.keys(snapshot(other.home, ['bin']))).toEqual([]);
    expect(readdirSync(moved).length).toBeGreaterThan(0);
  });

  test('files only the user may read', async () => {
    const project = puppetProject();
    await project.nemesis(['deploy:check']);
    const state = path.join(project.root, '.nemesis');
    expect(statSync(state).mode & 0o077).toBe(0);
    expect(statSync(path.join(state, 'reports', 'check.json')).mode & 0o077).toBe(0);
  });
});
