/** Which commit a change is compared with, and what is said where there is none. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { askedHint, hintsOfCi } from '../../../src/measure/change/base.ts';
import { findBase } from '../../../src/measure/change/find-base.ts';
import { repository } from './repository.ts';

const sha = 'a'.repeat(40);

test.each([
  [{ GITHUB_BASE_REF: 'main' }, ['refs/remotes/origin/main', 'refs/heads/main']],
  [{ GITHUB_BASE_REF: '' }, undefined],
  [{ CI_MERGE_REQUEST_DIFF_BASE_SHA: sha }, [sha]],
  [{ CI_COMMIT_BEFORE_SHA: sha }, [sha]],
  [{ CI_COMMIT_BEFORE_SHA: '0'.repeat(40) }, undefined],
  [{ BITBUCKET_PR_DESTINATION_BRANCH: 'dev' }, ['refs/remotes/origin/dev', 'refs/heads/dev']],
  [
    { SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main' },
    ['refs/remotes/origin/main', 'refs/heads/main'],
  ],
  [{ CHANGE_TARGET: 'release/1.x' }, ['refs/remotes/origin/release/1.x', 'refs/heads/release/1.x']],
  [{ BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main' }, ['refs/remotes/origin/main', 'refs/heads/main']],
  [{ TRAVIS_BRANCH: 'main', TRAVIS_PULL_REQUEST: 'false' }, undefined],
  [
    { TRAVIS_BRANCH: 'main', TRAVIS_PULL_REQUEST: '7' },
    ['refs/remotes/origin/main', 'refs/heads/main'],
  ],
  [{ GITHUB_BASE_REF: '--output=/etc/passwd' }, undefined],
  [{ GITHUB_BASE_REF: 'a..b' }, undefined],
  [{ CI_COMMIT_BEFORE_SHA: '--all' }, undefined],
  [{}, undefined],
])('of %j the base is looked for at %j', (env, refs) => {
  expect(hintsOfCi(env, undefined)[0]?.refs).toEqual(refs);
});

test('the event of a push says what was there before it', () => {
  expect(hintsOfCi({}, { before: sha })).toMatchObject([{ refs: [sha], exact: true }]);
  expect(hintsOfCi({}, { before: { toString: 1 } })).toEqual([]);
  expect(hintsOfCi({}, { merge_group: { base_sha: sha } })).toMatchObject([{ refs: [sha] }]);
});

test.each(['-x', 'a b', 'a..b', '', 'a:b', 'HEAD^{/x}', 'a\nb'])('%j names no base', (ref) => {
  expect(askedHint(ref)).toBeUndefined();
});

test('what a person names is believed first, and a wrong name is told', async () => {
  const { root, commit } = repository({ a: '1' });
  const second = commit();
  commit();
  const env = { GITHUB_BASE_REF: 'main' };
  expect(await findBase({ root, env, asked: 'HEAD^' })).toMatchObject({
    base: { commit: second, by: '--base HEAD^' },
  });
  expect(await findBase({ root, env, asked: 'nowhere' })).toMatchObject({ kind: 'wrong' });
  expect(await findBase({ root, env, asked: '--help' })).toMatchObject({ kind: 'wrong' });
});

test('a branch is compared with where it left the default branch, whatever came there since', async () => {
  const { root, git, commit } = repository({ a: '1' }, 'trunk');
  const start = git('rev-parse', 'HEAD').trim();
  git('checkout', '-q', '-b', 'feature');
  commit('of the branch');
  git('checkout', '-q', 'trunk');
  commit();
  git('checkout', '-q', 'feature');
  expect(await findBase({ root, env: {} })).toEqual({
    kind: 'base',
    base: { commit: start, by: 'the merge base with trunk' },
  });
  const ci = await findBase({ root, env: { CHANGE_TARGET: 'trunk' } });
  expect(ci).toMatchObject({
    base: { commit: start, by: 'the merge base with CHANGE_TARGET trunk' },
  });
});

test('on the default branch it is the last good release, else the last tag, else nothing', async () => {
  const { root, git, commit } = repository({ a: '1' });
  const first = git('rev-parse', 'HEAD').trim();
  const why = /this is main itself, and no release is known; name it with --base/;
  expect(await findBase({ root, env: {} })).toMatchObject({
    kind: 'none',
    why: expect.stringMatching(why) as unknown,
  });
  git('tag', 'v1.0.0');
  commit();
  expect(await findBase({ root, env: {} })).toMatchObject({
    base: { commit: first, by: 'the last tag, v1.0.0' },
  });
  git('tag', 'v1.1.0');
  expect(await findBase({ root, env: {} })).toMatchObject({ base: { commit: first } });
  const lastGood = () => Promise.resolve({ commit: first, version: '1.0.0' });
  expect(await findBase({ root, env: {}, lastGood })).toMatchObject({
    base: { by: 'the last good release, 1.0.0' },
  });
});

test('a push event in a file is read, and one that is none is passed over', async () => {
  const { root, git, commit } = repository({ a: '1' });
  const first = git('rev-parse', 'HEAD').trim();
  commit();
  const file = path.join(root, '.git', 'event.json');
  writeFileSync(file, JSON.stringify({ before: first }));
  expect(await findBase({ root, env: { GITHUB_EVENT_PATH: file } })).toMatchObject({
    base: { commit: first, by: 'github.event.before' },
  });
  writeFileSync(file, '{');
  expect(await findBase({ root, env: { GITHUB_EVENT_PATH: file } })).toMatchObject({
    kind: 'none',
  });
});

/** Of a repository whose branch `feature` is one commit ahead of `main`. */
async function inClone(
  argv: readonly string[],
  work: (clone: string, git: (...argv: readonly string[]) => string) => Promise<void>,
): Promise<void> {
  const { root, git, commit } = repository({ a: '1' });
  commit();
  git('checkout', '-q', '-b', 'feature');
  commit();
  const clone = mkdtempSync(path.join(tmpdir(), 'nemesis-shallow-'));
  const inside = (...words: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], {
      cwd: clone,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    inside('clone', '-q', ...argv, `file://${root}`, '.');
    await work(clone, inside);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

const SHALLOW = ['--depth=1'];

test.each([
  [{ CI_COMMIT_BEFORE_SHA: sha }, `(CI_COMMIT_BEFORE_SHA ${'a'.repeat(9)})`],
  [{ GITHUB_BASE_REF: 'main' }, '(GITHUB_BASE_REF main)'],
])(
  'a clone without its history cannot tell, and says what would give it: %j',
  async (env, said) => {
    await inClone(SHALLOW, async (clone, git) => {
      git('commit', '-q', '--allow-empty', '-m', 'of this clone');
      expect(await findBase({ root: clone, env })).toMatchObject({
        kind: 'untold',
        why: `the base that the CI names ${said} is out of reach in this shallow clone`,
        help: expect.stringContaining('`fetch-depth: 0`') as unknown,
      });
      const asked = await findBase({ root: clone, env: {}, asked: 'HEAD~3' });
      expect(asked).toMatchObject({
        kind: 'wrong',
        help: expect.stringContaining('shallow') as unknown,
      });
    });
  },
);

test('a request of which only its merge was fetched cannot tell, as actions/checkout leaves it', async () => {
  await inClone(['--no-local'], async (clone, git) => {
    const merge = git('rev-parse', 'HEAD').trim();
    const from = git('remote', 'get-url', 'origin').trim();
    rmSync(path.join(clone, '.git'), { recursive: true });
    git('init', '-q');
    git('remote', 'add', 'origin', from);
    git('fetch', '-q', '--depth=1', 'origin', `+${merge}:refs/remotes/pull/1/merge`);
    git('checkout', '-q', '--force', 'refs/remotes/pull/1/merge');
    const found = await findBase({ root: clone, env: { GITHUB_BASE_REF: 'main' } });
    expect(found).toMatchObject({ kind: 'untold' });
  });
});

test('a branch that is fetched without its history has no commit in common', async () => {
  await inClone([...SHALLOW, '--no-single-branch'], async (clone) => {
    const found = await findBase({ root: clone, env: { GITHUB_BASE_REF: 'main' } });
    expect(found).toMatchObject({ kind: 'untold' });
  });
});

test('what a push replaced is no base of a request whose branch is out of reach', async () => {
  await inClone(['--depth=2'], async (clone, git) => {
    const before = git('rev-parse', 'HEAD^').trim();
    const file = path.join(clone, '.git', 'event.json');
    writeFileSync(file, JSON.stringify({ before }));
    const env = { GITHUB_BASE_REF: 'main', GITHUB_EVENT_PATH: file };
    expect(await findBase({ root: clone, env })).toMatchObject({ kind: 'untold' });
    expect(await findBase({ root: clone, env: { ...env, GITHUB_BASE_REF: '' } })).toMatchObject({
      base: { commit: before },
    });
  });
});

test('a shallow clone may hide what there is, and a base at its edge says so', async () => {
  await inClone(SHALLOW, async (clone, git) => {
    expect(await findBase({ root: clone, env: {} })).toMatchObject({
      kind: 'untold',
      why: 'nothing to compare with: this clone is shallow',
    });
    const edge = git('rev-parse', 'HEAD').trim();
    git('remote', 'set-head', 'origin', 'feature');
    git('commit', '-q', '--allow-empty', '-m', 'of this clone');
    expect(await findBase({ root: clone, env: {} })).toMatchObject({
      base: {
        commit: edge,
        by: 'the merge base with origin/feature, where this shallow clone begins',
      },
    });
  });
});

test('of a release that is not in a shallow clone no older tag takes the place', async () => {
  await inClone(SHALLOW, async (clone, git) => {
    git('tag', 'v0.9.0');
    git('commit', '-q', '--allow-empty', '-m', 'of this clone');
    git('remote', 'set-head', '--delete', 'origin');
    git('checkout', '-q', '--detach');
    git('branch', '-q', '-D', 'feature');
    git('update-ref', '-d', 'refs/remotes/origin/feature');
    const lastGood = () => Promise.resolve({ commit: sha, version: '1.0.0' });
    expect(await findBase({ root: clone, env: {}, lastGood })).toMatchObject({ kind: 'untold' });
    expect(await findBase({ root: clone, env: {} })).toMatchObject({
      base: { by: 'the last tag, v0.9.0' },
    });
  });
});

test('a branch that was never fetched is named, also in a whole clone', async () => {
  await inClone(['--single-branch'], async (clone) => {
    expect(await findBase({ root: clone, env: { GITHUB_BASE_REF: 'main' } })).toMatchObject({
      kind: 'untold',
      why: 'the base that the CI names (GITHUB_BASE_REF main) is not in this clone',
      help: 'fetch it: git fetch origin main:refs/remotes/origin/main',
    });
  });
});

test('of a commit that a forced push replaced the next is asked, and without one it cannot be told', async () => {
  const { root, git, commit } = repository({ a: '1' });
  const env = { CI_COMMIT_BEFORE_SHA: sha };
  expect(await findBase({ root, env })).toMatchObject({
    kind: 'untold',
    why: `the base that the CI names (CI_COMMIT_BEFORE_SHA ${'a'.repeat(9)}) is not in this clone`,
  });
  const start = git('rev-parse', 'HEAD').trim();
  git('checkout', '-q', '-b', 'feature');
  commit();
  expect(await findBase({ root, env })).toMatchObject({ base: { commit: start } });
});

test('before the first commit, and outside of git, there is nothing to compare with', async () => {
  const { root, git, change } = repository();
  git('update-ref', '-d', 'HEAD');
  expect(await findBase({ root, env: {} })).toMatchObject({ kind: 'none' });
  git('checkout', '-q', '--orphan', 'x');
  rmSync(path.join(root, '.git'), { recursive: true });
  expect(await change()).toEqual({ kind: 'none', why: 'this is no git work tree' });
});

test('what will be committed is compared with HEAD, whatever the branch', async () => {
  const { root, git, commit } = repository({ a: '1' });
  git('checkout', '-q', '-b', 'feature');
  const head = commit();
  const env = { GITHUB_BASE_REF: 'main' };
  expect(await findBase({ root, env, ofCommit: true })).toEqual({
    kind: 'base',
    base: { commit: head, by: 'HEAD: what is staged' },
  });
  expect(await findBase({ root, env, ofCommit: true, asked: 'HEAD^' })).toMatchObject({
    base: { by: '--base HEAD^' },
  });
});

test.each(['sha1', 'sha256'])('before the first commit everything is new (%s)', async (format) => {
  const { root, git, write, change } = repository();
  rmSync(path.join(root, '.git'), { recursive: true });
  git('init', '-q', `--object-format=${format}`);
  write({ 'src/a.js': 'one\ntwo\n', 'b.md': '# b\n' });
  git('add', '-A');
  const read = await change({ ofCommit: true });
  if (read.kind !== 'change') throw new Error(read.why);
  expect(read.change.base.by).toBe('nothing: there is no commit yet');
  expect(read.change.files).toMatchObject([
    { path: 'b.md', status: 'added' },
    { path: 'src/a.js', status: 'added', added: [{ text: 'one' }, { text: 'two' }] },
  ]);
  expect(await read.change.before('src/a.js')).toBeUndefined();
  expect(await read.change.wasKnown('one')).toBe(false);
});
