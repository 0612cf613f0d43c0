import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processStartToken } from '../../../src/measure/process/process-table.ts';
import {
  canEscape,
  carriersOf,
  hasProc,
  isAlive,
  needsProcAndSetsid,
  until,
  watchdogsOf,
} from './rig.ts';
import { SYSTEM_PATH } from './system-path.ts';

const noProc = hasProc ? '' : ' (skipped: no /proc)';
let dir: string;
let runId: string;
let host: ChildProcess | undefined;
/** What a test started through the host; ended here also when it fails. */
const outliving: number[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nemesis-host-'));
  runId = randomUUID();
});
afterEach(() => {
  if (host?.exitCode === null && host.signalCode === null) host.kill('SIGKILL');
  for (const pid of outliving.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Starts the stand-in with nothing but the given environment. */
function start(what: string, env: Record<string, string> = {}): ChildProcess {
  const args = [join(import.meta.dirname, 'host.ts'), what, runId, dir];
  host = spawn(process.execPath, args, {
    env: { PATH: SYSTEM_PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return host;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split('\n', 1)[0] ?? '';
}

function written(name: string): number | undefined {
  try {
    const text = readFileSync(join(dir, name), 'utf8');
    return text.endsWith('\n') ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

async function pidIn(name: string): Promise<number> {
  await until(() => written(name) !== undefined);
  const pid = written(name) as number;
  outliving.push(pid);
  return pid;
}

describe('when nemesis is killed with SIGKILL', () => {
  test.skipIf(!canEscape)(`nothing of the run stays alive${needsProcAndSetsid}`, async () => {
    const child = start('busy', {
      SCRIPT: `trap '' TERM
        setsid sh -c 'trap "" TERM; echo $$ > escaped; sleep 600' &
        sh -c 'trap "" TERM; echo $$ > stubborn; sleep 600; sleep 600' &
        echo $$ > leader; sleep 600; sleep 600`,
    });
    const pids = [await pidIn('escaped'), await pidIn('stubborn'), await pidIn('leader')];
    expect(carriersOf(runId).length).toBeGreaterThanOrEqual(3);
    await kill(child);
    await until(() => carriersOf(runId).length === 0 && watchdogsOf(runId).length === 0);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('the group goes also when it has scrubbed its environment', async () => {
    const child = start('busy', {
      SCRIPT: `exec env -i /bin/sh -c 'echo $$ > scrubbed; exec /bin/sleep 600'`,
    });
    // Until the group is announced only the marker finds it, and that is what it has scrubbed.
    expect(await firstLine(child)).toBe('running');
    const pid = await pidIn('scrubbed');
    await kill(child);
    await until(() => !isAlive(pid));
  });

  test('it goes also when the user has next to nothing on PATH', async () => {
    const child = start('busy', {
      PATH: '/nonexistent',
      SCRIPT: 'echo $$ > bare; exec /bin/sleep 600',
    });
    const pid = await pidIn('bare');
    await kill(child);
    await until(() => !isAlive(pid));
  });

  test.skipIf(!hasProc)(`also in the tick in which a process started${noProc}`, async () => {
    await once(start('at once'), 'exit');
    await until(() => carriersOf(runId).length === 0 && watchdogsOf(runId).length === 0);
  });

  test.skipIf(!hasProc)(`a watchdog that was killed itself is replaced${noProc}`, async () => {
    const child = start('busy', { SCRIPT: 'echo $$ > guarded; exec sleep 600' });
    const pid = await pidIn('guarded');
    const [first] = watchdogsOf(runId);
    process.kill(first as number, 'SIGKILL');
    await until(() => watchdogsOf(runId).some((shell) => shell !== first));
    await kill(child);
    await until(() => !isAlive(pid));
  });

  test('a group taken off the list is left alone', async () => {
    const child = start('released');
    const { kept, released } = JSON.parse(await firstLine(child)) as Record<
      'kept' | 'released',
      number
    >;
    outliving.push(released);
    await kill(child);
    await until(() => !isAlive(kept));
    if (hasProc) await until(() => watchdogsOf(runId).length === 0);
    expect(isAlive(released)).toBe(true);
  });

  test('what was launched to live on does live on', async () => {
    const child = start('detached');
    const launch = JSON.parse(await firstLine(child)) as { pid: number; startToken?: string };
    outliving.push(launch.pid);
    expect(launch).toMatchObject({ kind: 'launched', startedAtMs: expect.any(Number) as number });
    const log = () => readFileSync(join(dir, 'log'), 'utf8');
    await until(() => /^PATH=/m.test(log()));
    await kill(child);
    if (hasProc) await until(() => watchdogsOf(runId).length === 0);
    expect(isAlive(launch.pid)).toBe(true);
    expect(log()).toMatch(/^hello$/m);
    expect(log()).not.toMatch(/^NEMESIS_/m);
    if (hasProc) {
      expect(launch.startToken).toBe(processStartToken(launch.pid));
      expect(socketsOf(launch.pid)).toEqual([]);
    }
  });
});

describe('when nemesis leaves', () => {
  test('closing does not change its exit code', async () => {
    expect(await once(start('close'), 'exit')).toEqual([0, null]);
    if (hasProc) expect(watchdogsOf(runId)).toEqual([]);
  });

  test('without closing: it is not held up, and the watchdog follows', async () => {
    expect(await once(start('exit without close'), 'exit')).toEqual([7, null]);
    if (hasProc) await until(() => watchdogsOf(runId).length === 0);
  });
});

/** The pipe to the watchdog must be nemesis' alone, or its end would never be seen. */
function socketsOf(pid: number): string[] {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return links.filter((link) => link.startsWith('socket:'));
}
