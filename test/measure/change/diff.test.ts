/** What git prints of a change, for every name and content a file can have; by git itself and not by memory. */

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseDiff } from '../../../src/measure/change/diff.ts';
import { changeBetween, repository } from './repository.ts';

const numbers = (lines: readonly { line: number }[]) => lines.map(({ line }) => line);

test('added and removed lines have the numbers of their own side', async () => {
  const { files } = await changeBetween(
    { 'a.js': 'one\ntwo\nthree\nfour\n' },
    { 'a.js': 'one\n2\n2b\nthree\nfour\nfive' },
  );
  expect(files).toEqual([
    {
      path: 'a.js',
      status: 'modified',
      added: [
        { line: 2, text: '2' },
        { line: 3, text: '2b' },
        { line: 6, text: 'five' },
      ],
      removed: [{ line: 2, text: 'two' }],
    },
  ]);
});

test('a line that looks like a header of git is a line', async () => {
  const text = '-- a/x\n++ b/x\ndiff --git a/y b/y\n@@ -1 +1 @@\n\\ No newline\n';
  const { files } = await changeBetween({ 'a.txt': 'x\n' }, { 'a.txt': text, 'b.txt': '-- x\n' });
  expect(files.map(({ path, added }) => [path, added.length])).toEqual([
    ['a.txt', 5],
    ['b.txt', 1],
  ]);
  expect(files[0]!.added.map((line) => `${line.text}\n`).join('')).toBe(text);
});

test.each([
  'with space.js',
  'tab\there.js',
  'quote"d.js',
  'back\\slash.js',
  'new\nline.js',
  'ümläut ✓.js',
  '-dash.js',
  'a b/c b/d.js',
  ' lead.js',
  'trail .js',
])('a file called %j keeps its name, new, changed, renamed and deleted', async (name) => {
  const body = Array.from({ length: 12 }, (_, index) => `line ${index}\n`).join('');
  const made = await changeBetween({ other: 'x' }, { [name]: body });
  expect(made.files).toMatchObject([{ path: name, status: 'added' }]);
  const changed = await changeBetween({ [name]: body }, { [name]: `${body}more\n` });
  expect(changed.files).toMatchObject([{ path: name, status: 'modified' }]);
  const moved = await changeBetween({ [name]: body }, { [name]: null, [`x/${name}`]: body });
  expect(moved.files).toEqual([
    { path: `x/${name}`, oldPath: name, status: 'renamed', added: [], removed: [] },
  ]);
  const gone = await changeBetween({ [name]: body, o: 'x' }, { [name]: null });
  expect(gone.files).toMatchObject([{ path: name, status: 'deleted', added: [] }]);
  const empty = await changeBetween({ o: 'x' }, { [name]: '' });
  expect(empty.files).toMatchObject([{ path: name, status: 'added', added: [] }]);
});

// macOS takes no such name.
const takesBytes = process.platform !== 'darwin';

test.skipIf(!takesBytes)('a name that is no UTF-8 is read, as it is and as it was', async () => {
  const { root, commit, change } = repository({ 'a.js': 'a\n' });
  const named = (name: string) =>
    Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
  mkdirSync(named('f\xe9'));
  writeFileSync(named('f\xe9/caf\xe9.js'), 'one\n');
  commit();
  writeFileSync(named('f\xe9/caf\xe9.js'), 'one\ntwo\n');
  writeFileSync(named('new\xff.js'), 'new\n');
  writeFileSync(named('twin\xfe.js'), 'a\n');
  writeFileSync(named('twin\xff.js'), 'b\n');
  const read = await change({ asked: 'HEAD' });
  if (read.kind !== 'change') throw new Error(read.why);
  const { files, now, before } = read.change;
  expect(files).toMatchObject([
    { path: 'f\uFFFD/caf\uFFFD.js', status: 'modified', added: [{ line: 2, text: 'two' }] },
    { path: 'new\uFFFD.js', status: 'added', added: [{ line: 1, text: 'new' }] },
    // Nobody can say which is which.
    { path: 'twin\uFFFD.js', binary: true },
    { path: 'twin\uFFFD.js', binary: true },
  ]);
  expect(now('f\uFFFD/caf\uFFFD.js')).toBe('one\ntwo\n');
  expect(await before('f\uFFFD/caf\uFFFD.js')).toBe('one\n');
  expect(await before('f\uFFFD/gone\uFFFD.js')).toBeUndefined();
});

test('a new mode, a binary file, a link and a commit of another repository have no lines of code', async () => {
  const { root, git, write, change } = repository({ 'run.js': 'x\n', 'logo.bin': 'a\0b' });
  git('update-index', '--chmod=+x', 'run.js');
  git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},library`);
  write({ 'logo.bin': 'a\0c' });
  git('add', 'logo.bin');
  mkdirSync(`${root}/library`);
  symlinkSync('run.js', `${root}/link.js`);
  chmodSync(`${root}/run.js`, 0o755);
  git('add', 'link.js', 'run.js');
  git('commit', '-q', '-m', 'odd');
  const read = await change({ asked: 'HEAD^' });
  const files = read.kind === 'change' ? read.change.files : [];
  const by = Object.fromEntries(files.map((file) => [file.path, file]));
  expect(by['run.js']).toMatchObject({ status: 'modified', added: [] });
  expect(by['logo.bin']).toMatchObject({ binary: true, added: [] });
  expect(by['link.js']).toMatchObject({ special: true });
  expect(by['library']).toMatchObject({ special: true });
});

test('line ends of Windows and a missing last one are no part of a line', async () => {
  const { files } = await changeBetween({ 'a.js': 'a\r\nb\r\n' }, { 'a.js': 'a\r\nc\r\nd' });
  expect(files[0]!.added).toEqual([
    { line: 2, text: 'c' },
    { line: 3, text: 'd' },
  ]);
});

test('what is not committed counts, staged or not, tracked or not; what is ignored does not', async () => {
  const { git, write, change } = repository({ 'a.js': 'a\n', '.gitignore': 'out\n' });
  write({ 'a.js': 'a\nb\n', 'staged.js': 's\n', 'new.js': 'n\nm', out: 'o' });
  git('add', 'staged.js');
  const read = await change();
  expect(read).toMatchObject({
    kind: 'change',
    change: { base: { by: expect.stringMatching(/^HEAD, which is on main/) as unknown } },
  });
  const files = read.kind === 'change' ? read.change.files : [];
  expect(files.map(({ path, added }) => [path, numbers(added)])).toEqual([
    ['a.js', [2]],
    ['staged.js', [1]],
    ['new.js', [1, 2]],
  ]);
});

test('settings of the user and of the repository change nothing', async () => {
  const { git, write, commit, change } = repository({ 'a.js': 'a\n', 'b c.js': 'b\n' });
  for (const [name, value] of [
    ['diff.noprefix', 'true'],
    ['diff.mnemonicPrefix', 'true'],
    ['color.diff', 'always'],
    ['diff.external', 'false'],
    ['core.quotePath', 'true'],
    ['diff.interHunkContext', '9'],
  ] as const)
    git('config', name, value);
  // Hiding the lines of a source file would hide it from every rule.
  write({ 'a.js': 'a\nx\n', 'b c.js': 'b\ny\n', '.gitattributes': 'a.js -diff\n' });
  commit();
  const read = await change({ asked: 'HEAD^' });
  const files = read.kind === 'change' ? read.change.files : [];
  const lines = Object.fromEntries(files.map(({ path, added }) => [path, numbers(added)]));
  expect(lines).toMatchObject({ 'a.js': [1, 2], 'b c.js': [2] });
});

test('only what lies below the root is the change of this project', async () => {
  const { root, write, commit } = repository({ 'app/a.js': 'a\n', 'other/b.js': 'b\n' });
  write({ 'app/a.js': 'a\nx\n', 'other/b.js': 'b\ny\n' });
  commit();
  const { changeReader } = await import('../../../src/measure/change/change.ts');
  const read = await changeReader({ root: `${root}/app`, asked: 'HEAD^', env: {} })();
  expect(read).toMatchObject({ change: { files: [{ path: 'a.js', added: [{ line: 2 }] }] } });
  expect(read.kind === 'change' && (await read.change.before('a.js'))).toBe('a\n');
});

test.each([
  ['cut in a hunk', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,3 @@\n-a\n+b\n'],
  ['cut in a line', 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\nb'],
  ['no patch', 'fatal: bad object\n'],
])('%s is no change that can be told', (_, text) => {
  expect(parseDiff(text)).toBeUndefined();
});
