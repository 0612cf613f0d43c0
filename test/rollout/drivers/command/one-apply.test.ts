import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createProcessEngine } from '../../../../src/measure/process/engine.ts';
import { commandDriver } from '../../../../src/rollout/drivers/command/driver.ts';
import { alone } from '../../../../src/rollout/drivers/command/one-apply.ts';
import { lingering } from './lingering.ts';

const engine = createProcessEngine({ runId: 'one-apply' });
afterAll(() => engine.close());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-alone-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('lets many act one after the other, and forgets them', async () => {
  let acting = 0;
  const act = async () => {
    acting += 1;
    expect(acting).toBe(1);
    await sleep(5);
    acting -= 1;
  };
  const claims = path.join(folder, 'claims');
  const all = Array.from({ length: 8 }, () => alone(claims, { fence: 1, longestMs: 100 }, act));
  const kinds = (await Promise.all(all)).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['acted']));
  expect(readdirSync(claims)).toEqual([]);
});

it('tells a lower fence of the higher one under way', async () => {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const act = () => (begun.resolve(), end.promise);
  const first = alone(folder, { fence: 9, longestMs: 100 }, act);
  await begun.promise;
  const second = await alone(folder, { fence: 8, longestMs: 100 }, () => Promise.resolve());
  expect(second).toEqual({ kind: 'newer', fence: 9 });
  end.resolve();
  expect(await first).toMatchObject({ kind: 'acted' });
});

it('names the process that keeps it waiting where there is nothing to end', async () => {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const act = () => (begun.resolve(), end.promise);
  const first = alone(folder, { fence: 1, longestMs: 60_000 }, act);
  await begun.promise;
  const second = await alone(folder, { fence: 2, longestMs: 60_000 }, () => Promise.resolve());
  expect(second).toEqual({ kind: 'busy', pid: process.pid });
  end.resolve();
  await first;
});

it('waits no longer than it is wanted', async () => {
  const end = Promise.withResolvers<void>();
  const first = alone(folder, { fence: 1, longestMs: 60_000 }, () => end.promise);
  const signal = AbortSignal.timeout(100);
  const act = () => Promise.resolve();
  expect(await alone(folder, { fence: 1, longestMs: 1 }, act, signal)).toEqual({ kind: 'aborted' });
  end.resolve();
  await first;
});

it('ends one with a lower fence that goes on', async () => {
  const driver = commandDriver({ ...lingering(folder), run: engine.run });
  const first = driver.apply({ slots: [] }, 1);
  await begun(1);
  expect(await driver.apply({ slots: [] }, 2)).toMatchObject({ ok: true });
  expect(await first).toMatchObject({ failure: { kind: 'unreachable' } });
});

describe.skipIf(!existsSync('/proc/self/stat'))('an apply that outlived its nemesis', () => {
  it('is ended before another begins', async () => {
    const runId = `orphan-${path.basename(folder)}`;
    const host = path.join(import.meta.dirname, 'host.ts');
    const env = { ...process.env, TMPDIR: folder };
    const child = spawn(process.execPath, [host, folder, runId], { env, stdio: 'ignore' });
    const [orphan] = await begun(1);
    // Halted, so that it does not do this for us.
    const watchdog = watchdogOf(runId);
    process.kill(watchdog, 'SIGSTOP');
    try {
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(isAlive(orphan!)).toBe(true);
      const driver = commandDriver({ ...lingering(folder), run: engine.run });
      expect(await driver.apply({ slots: [] }, 1)).toMatchObject({ ok: true });
      expect(isAlive(orphan!)).toBe(false);
      expect((await begun(2)).length).toBe(2);
    } finally {
      process.kill(watchdog, 'SIGKILL');
    }
  });
});

/** The numbers of those that began, once there are so many. */
async function begun(count: number): Promise<number[]> {
  const file = path.join(folder, 'began');
  for (;;) {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    const pids = lines.filter((line) => line !== '').map(Number);
    if (pids.length >= count) return pids;
    await sleep(20);
  }
}

function watchdogOf(runId: string): number {
  const found = spawnSync('grep', ['-laF', `NEMESIS_RUN=${runId}`, ...commandLines()], {
    encoding: 'utf8',
  });
  return Number(/\d+/.exec(found.stdout)?.[0]);
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => `/proc/${pid}/cmdline`);
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}
