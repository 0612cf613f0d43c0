/** Stopped in the middle: nothing lives on, the exit code says it, and nothing half-written is read later. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eslintReport } from './reports.ts';
import {
  eventually,
  hasProc,
  processesNaming,
  puppetProject,
  temporaryFolder,
  type Project,
} from './rig.ts';

/** TERM, then KILL after two seconds, then the sweep: with room for a busy machine. */
const LEFT_WITHIN_MS = 7000;

/** A Node that is too old to run nemesis itself; where this machine has none, one that only says so. */
function oldNode(): readonly string[] {
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(path.delimiter)];
  const found = folders
    .map((folder) => path.join(folder, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => {
      const version = spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout ?? '';
      const [major = 99, minor = 0] = version.replace('v', '').split('.').map(Number);
      return major < 22 || (major === 22 && minor < 18);
    });
  if (found !== undefined) return [found];
  const lie = path.join(temporaryFolder(), 'old.cjs');
  writeFileSync(
    lie,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });",
  );
  return [process.execPath, '--require', lie];
}

/** Its linter writes half a report, ignores TERM and has a child that does, too. */
function stubbornProject(): Project {
  const project = puppetProject();
  project.puppet('eslint', {
    ...{ hang: true, ignoreTerm: true, grandchild: true },
    report: eslintReport(project.root).slice(0, -5),
  });
  return project;
}

async function started(project: Project, node?: readonly string[]) {
  const running = project.start(['deploy:check'], node === undefined ? {} : { node });
  const isOver = () => running.child.exitCode !== null;
  await eventually('the linter runs', () => project.calls('eslint').length > 0 || isOver());
  if (isOver()) throw new Error(`nemesis ended by itself: ${(await running.ended).stderr}`);
  expect(processesNaming(project.root).length).toBeGreaterThanOrEqual(2);
  return running;
}

async function nothingIsLeft(project: Project): Promise<void> {
  const run = project.calls('eslint').at(-1)?.run ?? 'no run';
  const left = () => [...processesNaming(project.root), ...processesNaming(`NEMESIS_RUN=${run}`)];
  await eventually('every process is gone', () => left().length === 0, LEFT_WITHIN_MS);
}

/** What a later run says must come from that run alone. */
async function laterRunsAreRight(project: Project): Promise<void> {
  project.puppet('eslint', { report: eslintReport(project.root) });
  expect((await project.nemesis(['deploy:check'])).code).toBe(0);
  project.puppet('eslint', { exit: 0 });
  expect((await project.nemesis(['deploy:check'])).code).toBe(3);
}

const SIGNALS = [
  { signal: 'SIGINT', code: 130 },
  { signal: 'SIGTERM', code: 143 },
  { signal: 'SIGHUP', code: 129 },
] as const;

describe.skipIf(!hasProc)(`in the middle of a run${hasProc ? '' : ' (skipped: no /proc)'}`, () => {
  test.each(SIGNALS)('$signal ends everything and exits $code', async ({ signal, code }) => {
    const project = stubbornProject();
    const { child, ended } = await started(project);
    child.kill(signal);
    const { code: exit, stdout, stderr } = await ended;
    expect(exit).toBe(code);
    expect(stdout).toBe('');
    expect(stderr).toContain(`nemesis: interrupted by ${signal}`);
    await nothingIsLeft(project);
    expect(readdirSync(path.join(project.root, '.nemesis', 'tmp'))).toEqual([]);
    expect(existsSync(path.join(project.root, '.nemesis/reports/eslint'))).toBe(false);
    await laterRunsAreRight(project);
  });

  test('SIGKILL ends the tools, too', async () => {
    const project = stubbornProject();
    const { child, ended } = await started(project);
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    await nothingIsLeft(project);
    const unredacted = path.join(project.root, '.nemesis', 'tmp');
    expect(readdirSync(unredacted)).toHaveLength(1);
    await laterRunsAreRight(project);
    expect(readdirSync(unredacted)).toEqual([]);
  });
});

test('on an older Node it goes on with its own, and the exit code is the same', async () => {
  const project = puppetProject();
  const node = oldNode();
  const { code, stdout } = await project.nemesis(['deploy:check'], { node });
  expect(stdout).toMatch(/^READY/m);
  expect(code).toBe(0);
  expect((await project.nemesis(['nonsense'], { node })).code).toBe(2);
});

describe.skipIf(!hasProc)(
  `started on an older Node${hasProc ? '' : ' (skipped: no /proc)'}`,
  () => {
    test.each(SIGNALS)('$signal reaches the run and exits $code', async ({ signal, code }) => {
      const project = stubbornProject();
      const { child, ended } = await started(project, oldNode());
      child.kill(signal);
      expect((await ended).code).toBe(code);
      await nothingIsLeft(project);
    });

    test('SIGKILL of the starter ends the run', async () => {
      const project = stubbornProject();
      const { child, ended } = await started(project, oldNode());
      child.kill('SIGKILL');
      expect((await ended).signal).toBe('SIGKILL');
      await nothingIsLeft(project);
      await laterRunsAreRight(project);
    });
  },
);

describe('a reader that goes away early', () => {
  test.each(['stdout', 'stderr'] as const)('%s closed is no crash', async (name) => {
    const project = puppetProject();
    const { child, ended } = project.start(['deploy:check']);
    child[name]?.destroy();
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|defect|\bat .*:\d+:\d+/);
    expect(project.kept().readiness.kind).toBe('ready');
  });

  test.each(['--help', '--version', 'gates:list', 'deploy:check --help'])(
    'nemesis %s into a closed pipe',
    async (words) => {
      const { child, ended } = puppetProject().start(words.split(' '));
      child.stdout?.destroy();
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
    },
  );
});
