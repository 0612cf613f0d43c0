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

test('a clone without its history says what would give it', async () => {
  const { root, commit } = repository({ a: '1' });
  commit();
  const clone = mkdtempSync(path.join(tmpdir(), 'nemesis-shallow-'));
  try {
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${root}`, clone], { stdio: 'ignore' });
    const found = await findBase({ root: clone, env: { CI_COMMIT_BEFORE_SHA: sha } });
    expect(found).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('fetch-depth: 0') as unknown,
    });
    const asked = await findBase({ root: clone, env: {}, asked: 'HEAD^' });
    expect(asked).toMatchObject({
      kind: 'wrong',
      help: expect.stringContaining('shallow') as unknown,
    });
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
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
