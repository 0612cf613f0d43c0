/** A history that cannot be read or written: each command says so, by the exit code that is due, and never by a stack. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eslintReport } from './reports.ts';
import { hasProc, puppetProject, type Project } from './rig.ts';
import {
  asFolder,
  asPipe,
  fromTheFuture,
  ofAnotherProgram,
  settle,
  smallDisk,
  withFlippedBytes,
  withoutHeader,
  type SmallDisk,
} from './store-faults.ts';

const RECORD = ['deploy:record', '--env', 'production', '--release', '1.0.1'];
const STACK = /\n\s+at .*:\d+:\d+|has a defect|node:internal/;

type Env = Readonly<Record<string, string>>;

async function answer(project: Project, argv: readonly string[], env: Env = {}) {
  const { code, stdout, stderr } = await project.nemesis(argv, { env });
  expect(stdout + stderr).not.toMatch(STACK);
  return { code, stdout, stderr };
}

/** With one deployment and one whole check on record. */
async function recorded(env: Env = {}): Promise<Project> {
  const project = puppetProject();
  const made = await answer(
    project,
    ['deploy:record', '--env', 'production', '--release', '1.0.0'],
    env,
  );
  expect(made.code).toBe(0);
  expect((await answer(project, ['deploy:check'], env)).code).toBe(0);
  return project;
}

/** The verdict is told as ever; that nobody will remember it is told beside it, and is no yes. */
async function checkUnrecorded(project: Project, said: string, env: Env = {}) {
  const { code, stdout, stderr } = await answer(project, ['deploy:check', '--json'], env);
  const json = JSON.parse(stdout) as {
    readiness: { kind: string };
    gates: { verdict: string }[];
  };
  expect(json.gates.map(({ verdict }) => verdict)).toEqual(['passed', 'passed', 'passed']);
  expect(stderr).toContain('nemesis: the result of this check could not be recorded: ');
  expect(stderr).toContain(said);
  expect(code).toBe(3);
  const part = await answer(project, ['deploy:check', '--gate', 'code'], env);
  expect(part.stderr).toContain('could not be recorded: ');
  expect(part.code).toBe(0);
  return json.readiness.kind;
}

const UNREADABLE = [
  { name: 'a header of garbage', spoil: withoutHeader, said: 'it is damaged', verify: 1 },
  { name: 'flipped bytes', spoil: withFlippedBytes, said: 'it is damaged', verify: 1 },
  {
    ...{ name: "another program's database", spoil: ofAnotherProgram, verify: 3 },
    said: 'the file is the database of another program',
  },
  { name: 'a folder in its place', spoil: asFolder, said: 'is no file', verify: 3 },
  { name: 'a pipe in its place', spoil: asPipe, said: 'is no file', verify: 3 },
] as const;

describe.each(UNREADABLE)('$name', ({ spoil, said, verify }) => {
  test('nothing is read, nothing is added', async () => {
    const project = await recorded();
    const file = path.join(project.root, '.nemesis', 'history.sqlite');
    settle(file);
    spoil(file);
    for (const argv of [['deploy:status'], ['deploy:history'], RECORD]) {
      const { code, stdout, stderr } = await answer(project, argv);
      expect({ argv, code, stdout }).toEqual({ argv, code: 3, stdout: '' });
      expect(stderr).toMatch(/^nemesis: the history cannot be used: /);
      expect(stderr).toContain(said);
    }
    const verified = await answer(project, ['history:verify']);
    expect(verified.code).toBe(verify);
    expect(verified.stdout + verified.stderr).toContain(said);
    expect(await checkUnrecorded(project, said)).toBe('undecided');
  });
});

test('a history of a newer nemesis is read, and nothing is added to it', async () => {
  const project = await recorded();
  fromTheFuture(path.join(project.root, '.nemesis', 'history.sqlite'));
  await readsOn(project);
  const said = 'it has version 99, and this nemesis knows';
  const record = await answer(project, RECORD);
  expect(record.code).toBe(3);
  expect(record.stderr).toContain(`${said} `);
  expect(await checkUnrecorded(project, said)).toBe('ready');
});

async function readsOn(project: Project, env: Env = {}): Promise<void> {
  const status = await answer(project, ['deploy:status'], env);
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toContain('serves      1.0.0');
  const history = await answer(project, ['deploy:history'], env);
  expect(history).toMatchObject({ code: 0, stderr: '' });
  expect(history.stdout).toMatch(/production +1\.0\.0 +succeeded/);
  const verified = await answer(project, ['history:verify'], env);
  expect(verified.code).toBe(0);
  expect(verified.stdout).toContain('sound: 3 events in 2 chains');
}

test('a no stays a no', async () => {
  const project = await recorded();
  fromTheFuture(path.join(project.root, '.nemesis', 'history.sqlite'));
  const remark = {
    ...{ file: 'src/cart.js', line: 1, rule: 'no-undef', message: 'what is it' },
    severity: 2 as const,
  };
  project.puppet('eslint', { report: eslintReport(project.root, [remark]), exit: 1 });
  const { code, stdout, stderr } = await answer(project, ['deploy:check']);
  expect(stdout).toMatch(/^BLOCKED by eslint_errors > 0/m);
  expect(stderr).toMatch(/could not be recorded: .*\n {2}update nemesis/);
  expect(code).toBe(1);
});

test('a history that was cut is no evidence, and is not lengthened', async () => {
  const project = await recorded();
  const file = path.join(project.root, '.nemesis', 'history.sqlite');
  settle(file);
  writeFileSync(file, '');
  const { code, stdout } = await answer(project, ['deploy:check', '--json']);
  const { metrics } = JSON.parse(stdout) as { metrics: Record<string, { why: string }> };
  expect(metrics['change_failure_rate']).toMatchObject({
    ...{ kind: 'missing', state: 'backend_unavailable' },
    why: 'history: the history of shop in production was cut since it was seen last',
  });
  expect(code).toBe(3);
});

describe('what was said wrongly about the store', () => {
  const config = 'service: shop\nstore: { env: PAST }\n';

  test('is known before anything runs', async () => {
    const project = puppetProject();
    project.write({ 'nemesis.config.yaml': config });
    const { code, stdout, stderr } = await answer(project, ['deploy:check']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('the environment variable PAST, which `store` names, is not set');
    expect(project.calls('eslint')).toEqual([]);
  });

  test('does not keep a hook from its part', async () => {
    const project = puppetProject();
    project.write({ 'nemesis.config.yaml': config });
    const { code, stdout, stderr } = await answer(project, ['deploy:check', '--gate', 'code']);
    expect(stdout).toContain('PASSED');
    expect(stderr).toContain('could not be recorded: the environment variable PAST');
    expect(code).toBe(0);
  });
});

describe('a place of the state that is not only ours', () => {
  test('a folder that everybody can write is refused', async () => {
    const project = await recorded();
    chmodSync(path.join(project.root, '.nemesis'), 0o777);
    for (const argv of [['deploy:check'], RECORD]) {
      const { code, stdout, stderr } = await answer(project, argv);
      expect({ argv, code, stdout }).toEqual({ argv, code: 3, stdout: '' });
      expect(stderr).toContain('.nemesis can be written by everybody');
    }
    await readsOn(project);
  });

  test('a file that everybody can write is read, and nothing is added to it', async () => {
    const project = await recorded();
    chmodSync(path.join(project.root, '.nemesis', 'history.sqlite'), 0o666);
    await readsOn(project);
    expect((await answer(project, RECORD)).stderr).toContain('history.sqlite can be written by');
    await checkUnrecorded(
      project,
      'the history cannot be relied on: history.sqlite can be written',
    );
  });

  test('a file in place of the folder', async () => {
    const project = puppetProject();
    writeFileSync(path.join(project.root, '.nemesis'), 'a file');
    const { code, stderr } = await answer(project, ['deploy:check']);
    expect(code).toBe(3);
    expect(stderr).toContain('.nemesis cannot be written');
  });
});

test.skipIf(!hasProc)('a place where no file can be', async () => {
  const project = puppetProject();
  const env = { NEMESIS_STORE: '/proc/history.sqlite' };
  for (const argv of [['deploy:status'], ['deploy:history'], ['history:verify']])
    expect((await answer(project, argv, env)).code).toBe(0);
  expect((await answer(project, RECORD, env)).code).toBe(3);
  await checkUnrecorded(project, 'the history cannot be used: ', env);
});

const probe = smallDisk();
probe?.remove();
const mayMount = probe !== undefined;

describe.skipIf(!mayMount)(
  `on a small disk${mayMount ? '' : ' (skipped: this user may not mount one)'}`,
  () => {
    const disks: SmallDisk[] = [];
    afterEach(() => {
      for (const disk of disks.splice(0)) disk.remove();
    });
    const mounted = (folder?: string): SmallDisk => {
      const disk = smallDisk(folder)!;
      disks.push(disk);
      return disk;
    };

    test('that is full', async () => {
      const disk = mounted();
      const env = { NEMESIS_STORE: path.join(disk.folder, 'history.sqlite') };
      const project = await recorded(env);
      disk.fill();
      await readsOn(project, env);
      const record = await answer(project, RECORD, env);
      expect(record.code).toBe(3);
      expect(record.stderr).toContain('database or disk is full');
      expect(await checkUnrecorded(project, 'database or disk is full', env)).toBe('ready');
    });

    test('that cannot be written', async () => {
      const disk = mounted();
      const env = { NEMESIS_STORE: path.join(disk.folder, 'history.sqlite') };
      const project = await recorded(env);
      disk.makeReadOnly();
      await readsOn(project, env);
      const record = await answer(project, RECORD, env);
      expect(record.code).toBe(3);
      expect(record.stderr).toContain('make it writable for this user');
      expect(await checkUnrecorded(project, 'make it writable for this user', env)).toBe('ready');
    });

    test.each([
      ['cannot be written', (disk: SmallDisk) => disk.makeReadOnly()],
      ['is full', (disk: SmallDisk) => disk.fill()],
    ])('that holds the state folder and %s', async (_, spoil) => {
      const project = puppetProject();
      const folder = path.join(project.root, '.nemesis');
      mkdirSync(folder);
      const disk = mounted(folder);
      await answer(project, RECORD);
      await answer(project, ['deploy:check']);
      spoil(disk);
      const { code, stderr } = await answer(project, ['deploy:check']);
      expect(code).toBe(3);
      expect(stderr).toMatch(/nemesis: .*(cannot be written|full)/i);
      expect((await answer(project, ['deploy:status'])).stdout).toContain('serves      1.0.1');
    });
  },
);
