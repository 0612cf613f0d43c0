/** What a check compares with, and what it says of a change, through the real command: refs, CI systems, cut clones. */

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CheckJson } from '../../src/report/json.ts';
import { puppetProject, runnerIn, type Project } from './rig.ts';

const COMMIT = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '--quiet'];
const CODE = ['--gate', 'code'];

/** Eight statements without a test. */
const FEATURE = Array.from({ length: 8 }, (_, at) => `globalThis.cart.push(${at});\n`).join('');
const RULE = 'missing_tests_for_new_code';

function commit(project: Project, files: Readonly<Record<string, string>>): string {
  project.write(files);
  project.git('add', '--all');
  project.git(...COMMIT, '--message', 'a change');
  return head(project);
}

const head = (project: Project, ref = 'HEAD'): string => project.git('rev-parse', ref).trim();

const ruleIn = (json: CheckJson) =>
  json.gates.flatMap(({ sentences }) => sentences).find(({ text }) => text.startsWith(RULE))
    ?.standing;

function baseIn(json: CheckJson): unknown {
  const { evidence } = runnerIn(json, 'diff-rules') as { evidence?: { base?: unknown } };
  return evidence?.base;
}

describe('rules about the change', () => {
  test('new code without a test is warned of in the code gate, and a test mends it', async () => {
    const project = puppetProject();
    project.git('checkout', '--quiet', '-b', 'feature');
    commit(project, { 'src/feature.js': FEATURE, 'README.md': '# Shop\n' });
    const { code, json } = await project.check(CODE);
    expect(json.metrics[RULE]).toMatchObject({ kind: 'measured', value: true });
    expect(ruleIn(json)).toEqual({ kind: 'bad' });
    expect(json.gates[0]).toMatchObject({ gate: 'code', verdict: 'warned' });
    expect(code).toBe(0);
    const { stdout } = await project.nemesis(['deploy:check', ...CODE]);
    expect(stdout).toContain('src/feature.js');
    expect(stdout).toContain('8 new statements here, and the change adds or changes no test');

    commit(project, { 'test/feature.test.js': 'it("pushes", () => {});\n' });
    const mended = await project.check(CODE);
    expect(ruleIn(mended.json)).toEqual({ kind: 'good' });
    expect(mended.json.metrics[RULE]).toMatchObject({ kind: 'measured', value: false });
  });

  test('what is not committed yet is part of it', async () => {
    const project = puppetProject();
    project.write({ 'src/feature.js': FEATURE });
    const { json } = await project.check(CODE);
    expect(ruleIn(json)).toEqual({ kind: 'bad' });
    expect(baseIn(json)).toEqual({
      ...{ commit: head(project), by: 'HEAD, which is on main: what is not committed yet' },
    });
  });
});

describe('--base', () => {
  test('a branch, a tag or a commit is compared with', async () => {
    const project = puppetProject();
    const first = head(project);
    project.git('tag', 'v1');
    commit(project, { 'src/feature.js': FEATURE });
    for (const ref of ['v1', 'HEAD^', first, first.slice(0, 10)]) {
      const { json } = await project.check([...CODE, '--base', ref]);
      expect(baseIn(json)).toEqual({ commit: first, by: `--base ${ref}` });
    }
  });

  test.each(['nowhere', '--help', 'a..b', ''])(
    '%j ends with 2 and one instruction',
    async (ref) => {
      const project = puppetProject();
      for (const command of ['deploy:check', 'test:coverage', 'test:all']) {
        const { code, stdout, stderr } = await project.nemesis([command, `--base=${ref}`]);
        expect(code).toBe(2);
        expect(stdout).toBe('');
        expect(stderr).toContain(`there is no commit \`${ref}\` here to compare with`);
        expect(stderr).toContain('name a branch, a tag or a commit of this repository');
        expect(stderr).not.toMatch(/^\s+at /m);
      }
    },
  );

  test('outside of git it is told to leave it out', async () => {
    const project = puppetProject();
    rmSync(path.join(project.root, '.git'), { recursive: true });
    const { code, stderr } = await project.nemesis(['deploy:check', ...CODE, '--base', 'main']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/this is no git work tree[^]*leave --base out/);
    const { json } = await project.check(CODE);
    expect(runnerIn(json, 'diff-rules')).toMatchObject({
      ...{ state: 'not_applicable', why: 'this is no git work tree' },
    });
  });
});

describe('in CI', () => {
  function branched(): { project: Project; parted: string } {
    const project = puppetProject();
    const parted = commit(project, { 'src/feature.js': FEATURE });
    project.git('branch', 'stable');
    project.git('checkout', '--quiet', '-b', 'feature');
    commit(project, { 'src/other.js': FEATURE });
    return { project, parted };
  }

  test('GitHub names the branch of a pull request, and the commit before a push', async () => {
    const { project, parted } = branched();
    const request = await project.check(CODE, { env: { GITHUB_BASE_REF: 'stable' } });
    expect(baseIn(request.json)).toEqual({ commit: parted, by: 'GITHUB_BASE_REF stable' });
    const event = path.join(project.home, 'event.json');
    writeFileSync(event, JSON.stringify({ before: head(project, 'HEAD~2') }));
    const push = await project.check(CODE, {
      env: { GITHUB_EVENT_PATH: event, GITHUB_BASE_REF: '' },
    });
    expect(baseIn(push.json)).toEqual({
      ...{ commit: head(project, 'HEAD~2'), by: 'github.event.before' },
    });
  });

  test('GitLab names the commit of a merge request, and the one before a push', async () => {
    const { project, parted } = branched();
    const sha = { CI_MERGE_REQUEST_DIFF_BASE_SHA: head(project, 'HEAD~2') };
    const request = await project.check(CODE, { env: { ...sha, CI_COMMIT_BEFORE_SHA: parted } });
    expect(baseIn(request.json)).toMatchObject({ commit: head(project, 'HEAD~2') });
    const push = await project.check(CODE, { env: { CI_COMMIT_BEFORE_SHA: parted } });
    expect(baseIn(push.json)).toEqual({ commit: parted, by: 'CI_COMMIT_BEFORE_SHA' });
    // A new branch has no commit before.
    const first = await project.check(CODE, { env: { CI_COMMIT_BEFORE_SHA: '0'.repeat(40) } });
    expect(baseIn(first.json)).toEqual({ commit: parted, by: 'the merge base with main' });
  });

  test('a clone without its history says what would give it', async () => {
    const { project } = branched();
    const clone = path.join(project.home, 'clone');
    project.git('clone', '--quiet', '--depth=1', `file://${project.root}`, clone);
    const { json } = await project.check(CODE, { cwd: clone, env: { GITHUB_BASE_REF: 'main' } });
    expect(runnerIn(json, 'diff-rules')).toMatchObject({
      state: 'backend_unavailable',
      why: 'the base that the CI names (GITHUB_BASE_REF main) is out of reach in this shallow clone',
      help: expect.stringContaining('fetch the whole history (`fetch-depth: 0`') as unknown,
    });
    const asked = ['deploy:check', ...CODE, '--base', 'HEAD^'];
    const { code, stderr } = await project.nemesis(asked, { cwd: clone });
    expect(code).toBe(2);
    expect(stderr).toContain('this clone is shallow: fetch the whole history');
  });
});

describe('where nobody names it', () => {
  test('on the default branch with everything committed there is nothing, and it says so', async () => {
    const project = puppetProject();
    const { json } = await project.check(CODE);
    expect(runnerIn(json, 'diff-rules')).toMatchObject({
      state: 'not_applicable',
      why: 'nothing to compare with: this is main itself, and no release is known; name it with --base',
    });
    expect(ruleIn(json)).toMatchObject({ kind: 'not_applicable' });
  });

  test('there it is the last good release, before a tag', async () => {
    const project = puppetProject();
    const released = head(project);
    const record = ['deploy:record', '--env', 'production', '--release', '1.0.0'];
    expect(await project.nemesis([...record, '--commit', released])).toMatchObject({ code: 0 });
    commit(project, { 'src/feature.js': FEATURE });
    project.git('tag', 'v1.1.0');
    commit(project, { 'src/other.js': FEATURE });
    const { json } = await project.check(CODE);
    expect(baseIn(json)).toEqual({ commit: released, by: 'the last good release, 1.0.0' });
    expect(ruleIn(json)).toEqual({ kind: 'bad' });
    writeFileSync(path.join(project.root, '.nemesis', 'history.sqlite'), 'no database');
    const unread = await project.check(CODE);
    expect(baseIn(unread.json)).toEqual({
      ...{ commit: head(project, 'v1.1.0'), by: 'the last tag, v1.1.0' },
    });
  });
});
