/** What an environment says about itself is true, whatever its `apply` said or however it ended; asked again, it converges. */

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Driver } from '../../src/rollout/driver.ts';
import { slotSeen } from '../../src/rollout/shape.ts';
import {
  haproxyBin,
  openHaproxy,
  openToy,
  type CommandEnvironment,
} from './command-environments.ts';
import { release, settled, value, wish } from './driver-suite.ts';

let opened: CommandEnvironment;
afterEach(() => opened.close());

describe('on a toy', () => {
  it('that was killed half way, half is done; then all of it', async () => {
    opened = openToy();
    const { driver, old, next } = opened;
    const desired = wish([old, 1, 0.5], [next, 1, 0.5]);
    writeFileSync(path.join(opened.folder, 'die'), '');
    expect(await driver.apply(desired, 1)).toMatchObject({ failure: { kind: 'unreachable' } });
    const half = value(await driver.observe());
    expect(half.slots.map((slot) => slot.release.version)).toEqual([old.version]);
    value(await driver.apply(desired, 1));
    await settled(driver, desired);
  });

  it.each([
    ['did, and says no', 'unreachable', 2],
    ['did not, and says yes', undefined, 0],
    ['half', 'unreachable', 1],
    ['did, and hangs', 'unreachable', 2],
  ])('that %s, observe is believed', async (fault, kind, taken) => {
    const timeoutMs = fault.endsWith('hangs') ? 1_500 : 20_000;
    opened = openToy({ scripts: 'test/fixtures/drivers/faulty', settings: { timeoutMs } });
    const { driver, old, next } = opened;
    const desired = wish([old, 1, 0.5], [next, 1, 0.5]);
    writeFileSync(path.join(opened.folder, 'fault'), fault);
    const applied = await driver.apply(desired, 1);
    expect(applied.ok ? undefined : applied.failure.kind).toBe(kind);
    expect(value(await driver.observe()).slots).toHaveLength(taken);
    value(await driver.apply(desired, 1));
    await settled(driver, desired);
  });

  it.each([
    '1.0 "quoted" \'twice\'',
    '$(touch x);`id`&&|<>*?',
    'Zoë-🚢',
    '--help',
    '{"a":[1]}\\n',
    ' ',
  ])('the version %j is text like any other', async (version) => {
    const odd = release(version, 'sha256:$HOME');
    opened = openToy({}, [odd]);
    const { driver } = opened;
    value(await driver.apply(wish([odd, 1, 1]), 1));
    const observed = await settled(driver, wish([odd, 1, 1]));
    expect(slotSeen(observed, odd)?.release).toEqual(odd);
    expect(observed.restorable).toContainEqual(odd);
  });

  it.each(['a\nb', '\u001b[31mred', 'a\0b'])('the version %j is none', async (version) => {
    const odd = release(version);
    opened = openToy({}, [odd]);
    const { driver } = opened;
    const answers = [await driver.apply(wish([odd, 1, 1]), 1), await driver.observe()];
    const kinds = answers.map((answer) => (answer.ok ? 'ok' : answer.failure.kind));
    expect(kinds[1]).toBe('bad_answer');
    expect(['ok', 'refused']).toContain(kinds[0]);
  });
});

describe.skipIf(haproxyBin() === undefined)('on a real haproxy', () => {
  it('an apply that is killed at any point leaves what another can complete', async () => {
    opened = await openHaproxy();
    const { driver, old, next } = opened;
    const shapes = [wish([old, 3, 1]), wish([old, 1, 0.5], [next, 3, 0.5]), wish([next, 2, 1])];
    for (let round = 0; round < 9; round += 1) {
      const desired = shapes[round % shapes.length]!;
      const applied = driver.apply(desired, 1);
      await killScript(opened, 60 + 25 * round);
      await applied;
      value(await driver.observe());
      value(await driver.apply(desired, 1));
      const observed = await settled(driver, desired);
      expect(instancesOf(opened)).toBe(observed.slots.reduce((sum, one) => sum + one.instances, 0));
    }
  });

  it('that was restarted has forgotten all, says so, and is told again', async () => {
    const haproxy = await openHaproxy();
    opened = haproxy;
    const { driver, old, next } = opened;
    const desired = wish([old, 2, 0.75], [next, 1, 0.25]);
    value(await driver.apply(desired, 1));
    await settled(driver, desired);
    await haproxy.restart();
    const lost = value(await driver.observe());
    expect(lost.slots.map(({ healthy, share }) => ({ healthy, share }))).toEqual([
      { healthy: 0, share: 0 },
      { healthy: 0, share: 0 },
    ]);
    value(await driver.apply(desired, 1));
    await settled(driver, desired);
  });

  it('an instance that ended is told, and replaced when asked', async () => {
    opened = await openHaproxy();
    const { driver, old } = opened;
    const desired = wish([old, 2, 1]);
    value(await driver.apply(desired, 1));
    await settled(driver, desired);
    const [one] = Object.values(serversOf(opened));
    process.kill(one!.pid, 'SIGKILL');
    const problems = await until(driver, old.version);
    expect(problems.join()).toContain('has ended');
    value(await driver.apply(desired, 1));
    await settled(driver, desired);
  });
});

async function until(driver: Driver, version: string): Promise<readonly string[]> {
  for (;;) {
    const { slots } = value(await driver.observe());
    const slot = slots.find((one) => one.release.version === version);
    if (slot !== undefined && slot.problems.length > 0) {
      expect(slot).toMatchObject({ instances: 2, healthy: 1 });
      return slot.problems;
    }
    await sleep(20);
  }
}

/** Kills the script itself, so many ms after it was started; it may have ended by then. */
async function killScript({ home }: CommandEnvironment, afterMs: number): Promise<void> {
  for (let looks = 0; looks < 500; looks += 1) {
    const pid = scriptIn(path.join(home, 'applies'));
    if (pid !== undefined) {
      await sleep(afterMs);
      if (scriptIn(path.join(home, 'applies')) === pid) process.kill(pid, 'SIGKILL');
      return;
    }
    await sleep(2);
  }
}

function scriptIn(folder: string): number | undefined {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const claim = names.find((name) => name.endsWith('.json'));
    if (claim === undefined) return undefined;
    const text = readFileSync(path.join(folder, claim), 'utf8');
    return (JSON.parse(text) as { script?: { pid: number } }).script?.pid;
  } catch {
    return undefined;
  }
}

function serversOf({ folder }: CommandEnvironment) {
  const text = readFileSync(path.join(folder, 'state.json'), 'utf8');
  return (JSON.parse(text) as { servers: Record<string, { pid: number }> }).servers;
}

/** How many processes run in the folders of its releases. */
function instancesOf({ folder }: CommandEnvironment): number {
  const home = path.join(folder, 'releases');
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(home);
    } catch {
      return false;
    }
  }).length;
}
