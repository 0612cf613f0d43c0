/** Local environments from outside, with real processes: what is asked comes to be, and what is said about it is true. */

import {
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isRunning, processStartToken } from '../../../../src/measure/process/process-table.ts';
import { daemonOf } from '../../../../src/rollout/drivers/local/list.ts';
import {
  downLocal,
  listLocal,
  thawLocalDriver,
} from '../../../../src/rollout/drivers/local/index.ts';
import type { Observed, ObservedSlot } from '../../../../src/rollout/driver.ts';
import { isSettled, openRig, slot, until, type Rig, type RigOptions } from './rig.ts';

const rigs: Rig[] = [];
const rig = async (options?: RigOptions): Promise<Rig> => {
  const opened = await openRig(options);
  rigs.push(opened);
  return opened;
};
afterEach(async () => {
  for (const one of rigs.splice(0)) await one.close();
});

const said = async (url: string): Promise<string> => (await fetch(url)).text();
const of = ({ slots }: Observed, version: string): ObservedSlot | undefined =>
  slots.find(({ release }) => release.version === version);
const healthy =
  (version: string, count: number) =>
  (now: Observed): boolean =>
    of(now, version)?.healthy === count;
/** Tells later whether that very process runs; a zombie does not. */
const watched = (pid: number): (() => boolean) => {
  const token = processStartToken(pid);
  return () => isRunning(pid, token);
};
const pidAt = async (one: Rig): Promise<number> =>
  Number((await fetch(one.url('/'))).headers.get('x-pid'));

/** A program of somebody else's that has the port; a dead one may still hold it for a moment. */
async function occupy(port: number): Promise<net.Server> {
  const server = net.createServer();
  const tryIt = (): Promise<boolean> =>
    new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
  await until(tryIt, (is) => is);
  return server;
}

/** Sends a request that takes long; gives its answer to be, once an instance has got it. */
async function begin(one: Rig, ms: number): Promise<{ readonly text: Promise<string> }> {
  const text = said(one.url(`/slow?ms=${ms}`));
  const folders = contentsOf(one);
  await until(
    () => folders.some((folder) => existsSync(path.join(folder, 'began'))),
    (is) => is,
  );
  return { text };
}

function contentsOf({ folder }: Rig): string[] {
  const all = path.join(folder, 'releases');
  return readdirSync(all).map((name) => path.join(all, name, 'content'));
}

describe('an environment', () => {
  test('that was never used is empty, and nothing is started to say so', async () => {
    const { driver, stateFolder } = await rig();
    expect(await driver.observe()).toEqual({
      ok: true,
      value: { fence: 0, slots: [], restorable: [] },
    });
    expect(listLocal(stateFolder)).toEqual([]);
    expect(existsSync(stateFolder)).toBe(false);
  });

  test('starts a release, gives it requests, and replaces it', async () => {
    const one = await rig();
    const [first, second] = [await one.release('1.0.0'), await one.release('1.1.0')];
    await one.apply(1, slot(first, 2, 1));
    const settled = await one.until((now) => isSettled(now) && healthy('1.0.0', 2)(now));
    expect(settled).toMatchObject({
      fence: 1,
      slots: [{ release: first, instances: 2, healthy: 2, share: 1, problems: [] }],
    });
    expect(await said(one.url('/'))).toMatch(/^1\.0\.0 [12]$/);

    await one.apply(2, slot(first, 2, 1), slot(second, 1, 0));
    await one.until(healthy('1.1.0', 1));
    expect(await said(one.url('/'))).toMatch(/^1\.0\.0/);
    await one.apply(3, slot(second, 1, 1));
    expect(await said(one.url('/'))).toBe('1.1.0 1');
    const after = await one.until((now) => now.slots.length === 1);
    expect(after.restorable).toEqual([second, first]);
    expect(listLocal(one.stateFolder)).toMatchObject([
      {
        ...{ service: 'shop', environment: 'staging', fence: 3, daemon: daemonOf(one.folder) },
        desired: { slots: [{ release: second }] },
      },
    ]);
  });

  test('gives instances what they need and what they are allowed', async () => {
    const one = await rig({
      env: { TOKEN_FOR_SHOP: 'given', TOKEN_FOR_OTHERS: 'kept back' },
      settings: { env: { GREETING: '!' }, passEnv: ['TOKEN_FOR_SHOP', 'NOT_THERE'] },
    });
    await one.apply(1, slot(await one.release('1.0.0'), 1, 1));
    await one.until(healthy('1.0.0', 1));
    const env = (await (await fetch(one.url('/env'))).json()) as Record<string, string>;
    expect(env).toMatchObject({
      HOST: '127.0.0.1',
      VERSION: '1.0.0',
      INSTANCE: '1',
      GREETING: '!',
    });
    expect(env['TOKEN_FOR_SHOP']).toBe('given');
    expect(Object.keys(env)).not.toContain('TOKEN_FOR_OTHERS');
    expect(Object.keys(env)).not.toContain('NOT_THERE');
    const kept = path.join(one.folder, 'releases');
    const record = path.join(kept, readdirSync(kept)[0]!, 'release.json');
    expect(statSync(record).mode & 0o777).toBe(0o600);
    expect(statSync(one.folder).mode & 0o777).toBe(0o700);
  });

  test.each(['../../etc', 'with space', 'ünïcode 🚀', 'a\nb', '-rf', 'x'.repeat(300), 'a:b\\c"d'])(
    'may be called %j',
    async (environment) => {
      const one = await rig({ environment, service: `@team/${environment}` });
      await one.apply(1, slot(await one.release('1.0.0'), 1, 1));
      await one.until(healthy('1.0.0', 1));
      expect(listLocal(one.stateFolder)).toMatchObject([{ environment }]);
      expect(path.dirname(one.folder)).toBe(path.join(one.stateFolder, 'local'));
    },
  );

  test('may lie in a folder whose name leaves no room for a socket', async () => {
    const one = await rig({ stateName: 'state'.repeat(30) });
    await one.apply(1, slot(await one.release('1.0.0'), 1, 1));
    await one.until(healthy('1.0.0', 1));
    expect(await said(one.url('/'))).toBe('1.0.0 1');
  });
});

describe('a fence', () => {
  test('that is lower than one before changes nothing; the same again is fine', async () => {
    const one = await rig();
    const [first, second] = [await one.release('1.0.0'), await one.release('1.1.0')];
    await one.apply(5, slot(first, 1, 1));
    await one.apply(5, slot(first, 1, 1));
    expect(await one.driver.apply({ slots: [slot(second, 1, 1)] }, 4)).toEqual({
      ok: false,
      failure: { kind: 'fenced_out', fence: 4, newest: 5 },
    });
    const after = await one.until(healthy('1.0.0', 1));
    expect(after.fence).toBe(5);
    expect(after.restorable).toEqual([first]);
    expect(await downLocal(one.local, 4)).toMatchObject({ failure: { kind: 'fenced_out' } });
  });

  test('that is higher does not wait for a lower one that copies its artifact, and wins', async () => {
    const one = await rig();
    const first = await one.release('1.0.0');
    await one.apply(1, slot(first, 1, 1));
    await one.until(healthy('1.0.0', 1));
    const files = Array.from({ length: 1500 }, (_, n) => [`file-${n}`, String(n)] as const);
    const large = await one.release('2.0.0', Object.fromEntries(files));
    let isSlowDone = false;
    const slow = one.driver.apply({ slots: [slot(large, 1, 1)] }, 2).finally(() => {
      isSlowDone = true;
    });
    await until(
      () => readdirSync(path.join(one.folder, 'releases')),
      (names) => names.some((name) => name.startsWith('.')),
    );
    expect(await thawLocalDriver(one.local).apply({ slots: [slot(first, 1, 1)] }, 3)).toMatchObject(
      {
        ok: true,
      },
    );
    expect(isSlowDone).toBe(false);
    expect(await slow).toMatchObject({ failure: { kind: 'fenced_out', fence: 2, newest: 3 } });
    expect(await one.observe()).toMatchObject({ fence: 3, slots: [{ release: first }] });
  });

  test('outlives the daemon and the end of everything', async () => {
    const one = await rig();
    const first = await one.release('1.0.0');
    await one.apply(7, slot(first, 1, 1));
    await one.until(healthy('1.0.0', 1));
    const pid = await pidAt(one);
    const runs = watched(pid);
    expect(await downLocal(one.local)).toEqual({ ok: true, value: undefined });
    expect([runs(), daemonOf(one.folder)]).toEqual([false, undefined]);
    expect(await one.observe()).toEqual({ fence: 7, slots: [], restorable: [first] });
    expect(daemonOf(one.folder)).toBe(undefined);
    const lower = await one.driver.apply({ slots: [slot(first, 1, 1)] }, 6);
    expect(lower).toMatchObject({ failure: { kind: 'fenced_out', newest: 7 } });
    await one.apply(8, slot(first, 1, 1));
    await one.until(healthy('1.0.0', 1));
  });
});

describe('refused, with nothing changed', () => {
  test('a port that another program has', async () => {
    const one = await rig();
    const other = await occupy(one.port);
    const applied = await one.driver.apply({ slots: [slot(await one.release('1.0.0'), 1, 1)] }, 1);
    await new Promise((resolve) => other.close(resolve));
    expect(applied).toEqual({
      ok: false,
      failure: {
        kind: 'refused',
        message: `port ${one.port} on 127.0.0.1 is taken by another program`,
      },
    });
    expect(await one.observe()).toMatchObject({ fence: 0, slots: [] });
  });

  test('a release that is neither kept nor at hand; an artifact that is another one; a link that leads out', async () => {
    const one = await rig();
    const [unknown, changed, leading] = [
      await one.release('1.0.0'),
      await one.release('1.1.0'),
      await one.release('1.2.0'),
    ];
    one.artifacts.delete('1.0.0');
    writeFileSync(path.join(one.artifacts.get('1.1.0')!, 'app.mjs'), '// something else');
    symlinkSync('/etc/passwd', path.join(one.artifacts.get('1.2.0')!, 'link'));
    const messages = [];
    for (const release of [unknown, changed, leading]) {
      const applied = await one.driver.apply({ slots: [slot(release, 1, 1)] }, 1);
      messages.push(applied.ok ? 'taken' : 'message' in applied.failure && applied.failure.message);
    }
    expect(messages).toEqual([
      '1.0.0 is not kept here, and there is no artifact to make it from',
      expect.stringMatching(/^the artifact of 1\.1\.0 is not the one released: sha256:/),
      '1.2.0: the link link leads out of the artifact, to /etc/passwd',
    ]);
    expect(await one.observe()).toEqual({ fence: 0, slots: [], restorable: [] });
    expect(readdirSync(path.join(one.folder, 'releases'))).toEqual([]);
  });

  test('shares that make no whole, a release twice, requests for nobody, no program', async () => {
    const one = await rig({ settings: { start: ['no-such-program'] } });
    const release = await one.release('1.0.0');
    const wishes = [
      [slot(release, 1, 0.5)],
      [slot(release, 1, 0.5), slot(release, 1, 0.5)],
      [slot(release, 0, 1)],
      [slot(release, 1, 1)],
    ];
    for (const slots of wishes)
      expect(await one.driver.apply({ slots }, 1)).toMatchObject({ failure: { kind: 'refused' } });
    expect((await one.observe()).fence).toBe(0);
  });

  test('a kept release whose files are not what they were', async () => {
    const one = await rig();
    const [first, second] = [await one.release('1.0.0'), await one.release('1.1.0')];
    await one.apply(1, slot(first, 1, 1));
    await one.until(healthy('1.0.0', 1));
    await one.apply(2, slot(second, 1, 1));
    await one.until((now) => healthy('1.1.0', 1)(now) && now.slots.length === 1);
    for (const content of contentsOf(one))
      writeFileSync(path.join(content, 'app.mjs'), 'process.exit(1)');
    const thawed = thawLocalDriver(one.local);
    expect(await thawed.apply({ slots: [slot(first, 1, 1)] }, 3)).toMatchObject({
      failure: {
        kind: 'refused',
        message: expect.stringContaining('1.0.0 is not any more') as string,
      },
    });
    expect(await said(one.url('/'))).toBe('1.1.0 1');
    // With the artifact at hand it is made anew.
    await one.apply(3, slot(first, 1, 1));
    await one.until(healthy('1.0.0', 1));
  });
});

describe('releases', () => {
  test('that do not run are kept, so many of them, and come back without their artifact', async () => {
    const one = await rig({ settings: { keep: 1 } });
    const all = [];
    for (const [index, version] of ['1.0.0', '1.1.0', '1.2.0', '1.3.0'].entries()) {
      all.push(await one.release(version));
      await one.apply(index + 1, slot(all[index]!, 1, 1));
      await one.until((now) => healthy(version, 1)(now) && now.slots.length === 1);
    }
    const kept = await one.until(({ restorable }) => restorable.length === 2);
    expect(kept.restorable.map(({ version }) => version)).toEqual(['1.3.0', '1.2.0']);
    const thawed = thawLocalDriver(one.local);
    expect(await thawed.apply({ slots: [slot(all[2]!, 1, 1)] }, 9)).toEqual({
      ok: true,
      value: undefined,
    });
    await one.until(healthy('1.2.0', 1));
    expect(await said(one.url('/'))).toBe('1.2.0 1');
  });
});

describe('instances', () => {
  test('that end are started again, and what they said last is told', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('1.0.0'), 2, 1));
    await one.until(healthy('1.0.0', 2));
    await fetch(one.url('/die')).catch(() => undefined);
    const hurt = await one.until((now) => of(now, '1.0.0')!.healthy === 1);
    expect(of(hurt, '1.0.0')!.problems).toEqual([
      expect.stringMatching(/^instance [12] exited with 7/),
    ]);
    const well = await one.until(healthy('1.0.0', 2));
    expect(of(well, '1.0.0')!.problems).toEqual([]);
  });

  test('that never come up are tried again, and requests for them are errors of their release', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('crash-1'), 1, 1));
    const seen = await one.until((now) => /exited/.test(of(now, 'crash-1')!.problems.join()));
    expect(of(seen, 'crash-1')).toMatchObject({
      healthy: 0,
      problems: ['instance 1 exited with 3: port in use, or so it says'],
    });
    expect((await fetch(one.url('/'))).status).toBe(503);
    const { traffic } = of(await one.observe(), 'crash-1')!;
    expect(traffic).toMatchObject({ requests: 1, errors: 1 });
  });

  test.each([
    ['hang-1', /does not answer its health check within 100 ms/],
    ['flap-1', /answers its health check with 503/],
    ['die-1', /exited with 9/],
  ])('%s: a health check that is never good enough', async (version, problem) => {
    const health = { path: '/healthz', intervalMs: 20, timeoutMs: 100, unhealthyAfter: 1 };
    const one = await rig({ settings: { health: { ...health, healthyAfter: 5 } } });
    await one.apply(1, slot(await one.release(version), 1, 1));
    const seen = await one.until((now) => problem.test(of(now, version)!.problems.join()));
    expect(of(seen, version)!.healthy).toBe(0);
    expect((await fetch(one.url('/'))).status).toBe(503);
  });

  test('that fall sick get no more requests, and get them again when they are well', async () => {
    const one = await rig();
    const release = await one.release('1.0.0');
    await one.apply(1, slot(release, 2, 1));
    await one.until(healthy('1.0.0', 2));
    const sick = path.join(contentsOf(one)[0]!, 'sick');
    writeFileSync(sick, '1');
    const hurt = await one.until(healthy('1.0.0', 1));
    expect(of(hurt, '1.0.0')).toMatchObject({ instances: 2 });
    for (let n = 0; n < 6; n += 1) expect(await said(one.url('/'))).toBe('1.0.0 2');
    writeFileSync(sick, '');
    await one.until(healthy('1.0.0', 2));
  });

  test('that do not want to end are killed after their time', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('stubborn-1'), 1, 1));
    await one.until(healthy('stubborn-1', 1));
    const pid = await pidAt(one);
    const runs = watched(pid);
    await one.apply(2, slot(await one.release('1.0.0'), 1, 1));
    const ending = await one.observe();
    expect(of(ending, 'stubborn-1')).toMatchObject({ instances: 1, share: 0, healthy: 0 });
    await one.until((now) => now.slots.length === 1);
    expect(runs()).toBe(false);
  });

  test('take with them all that they have started, also what ran away', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('forks-1'), 1, 1));
    await one.until(healthy('forks-1', 1));
    const runs = watched(Number(await said(one.url('/child'))));
    expect(runs()).toBe(true);
    await one.apply(2, slot(await one.release('1.0.0'), 1, 1));
    await one.until((now) => now.slots.length === 1);
    expect(runs()).toBe(false);
  });

  test('answer what they have begun before they end', async () => {
    const one = await rig();
    const [first, second] = [await one.release('1.0.0'), await one.release('1.1.0')];
    await one.apply(1, slot(first, 1, 1), slot(second, 1, 0));
    await one.until((now) => healthy('1.0.0', 1)(now) && healthy('1.1.0', 1)(now));
    const slow = await begin(one, 700);
    await one.apply(2, slot(second, 1, 1));
    expect(await said(one.url('/'))).toBe('1.1.0 1');
    expect(await slow.text).toBe('1.0.0 1');
    await one.until((now) => now.slots.length === 1);
  });

  test('that drain are taken back when they are wanted again', async () => {
    const one = await rig({ settings: { drainMs: 20_000 } });
    const [first, second] = [await one.release('1.0.0'), await one.release('1.1.0')];
    await one.apply(1, slot(first, 1, 1), slot(second, 1, 0));
    await one.until((now) => healthy('1.0.0', 1)(now) && healthy('1.1.0', 1)(now));
    const pid = await pidAt(one);
    const slow = await begin(one, 1000);
    await one.apply(2, slot(second, 1, 1));
    await one.apply(3, slot(first, 1, 1));
    expect(await pidAt(one)).toBe(pid);
    expect(await slow.text).toBe('1.0.0 1');
    await one.until((now) => now.slots.length === 1 && healthy('1.0.0', 1)(now));
  });
});

describe('requests', () => {
  test('are all answered while releases are switched under load', async () => {
    const one = await rig();
    const [first, second] = [await one.release('1.0.0'), await one.release('1.1.0')];
    await one.apply(1, slot(first, 2, 1), slot(second, 2, 0));
    await one.until((now) => healthy('1.0.0', 2)(now) && healthy('1.1.0', 2)(now));
    let isOver = false;
    const answers = new Map<string, number>();
    const client = async (): Promise<void> => {
      while (!isOver) {
        const response = await fetch(one.url('/slow?ms=5'), { method: 'POST', body: 'hello' });
        const text = await response.text();
        const key = `${response.status} ${text.split(' ')[0]}`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let fence = 2; fence < 8; fence += 1) {
      const [on, off] = fence % 2 === 0 ? [second, first] : [first, second];
      await one.apply(fence, slot(on, 2, 1));
      await one.until((now) => now.slots.length === 1);
      await one.apply(fence, slot(on, 2, 1), slot(off, 2, 0));
      await one.until((now) => now.slots.every((each) => each.healthy === 2));
    }
    isOver = true;
    await Promise.all(clients);
    expect([...answers.keys()].sort()).toEqual(['200 1.0.0', '200 1.1.0']);
    const { slots } = await one.observe();
    expect(slots.map(({ traffic }) => traffic?.errors)).toEqual([0, 0]);
  });
});

describe('a daemon that is killed', () => {
  const killDaemon = async (one: Rig): Promise<number> => {
    const pid = daemonOf(one.folder)!;
    const runs = watched(pid);
    process.kill(pid, 'SIGKILL');
    await until(runs, (is) => !is);
    return pid;
  };

  test('leaves its instances running; the next takes them over with weights, fence and counts', async () => {
    const one = await rig();
    const [first, second] = [await one.release('1.0.0'), await one.release('1.1.0')];
    await one.apply(3, slot(first, 1, 0.75), slot(second, 1, 0.25));
    await one.until((now) => healthy('1.0.0', 1)(now) && healthy('1.1.0', 1)(now));
    for (let n = 0; n < 8; n += 1) await said(one.url('/'));
    const before = await one.observe();
    expect(before.slots.map(({ traffic }) => traffic?.requests)).toEqual([6, 2]);
    const pid = await pidAt(one);
    const runs = watched(pid);
    await killDaemon(one);
    expect(runs()).toBe(true);
    const after = await one.observe();
    expect(after.fence).toBe(3);
    await one.until((now) => isSettled(now) && now.slots.length === 2);
    const pids = new Map<number, number>();
    for (let n = 0; n < 8; n += 1) {
      const each = await pidAt(one);
      pids.set(each, (pids.get(each) ?? 0) + 1);
    }
    expect([...pids.values()].sort()).toEqual([2, 6]);
    expect(pids.has(pid)).toBe(true);
    const counts = (await one.observe()).slots.map(({ traffic }) => traffic!.requests);
    expect(counts[0]! + counts[1]!).toBeGreaterThanOrEqual(16);
  });

  test('comes back by itself, and the requests with it', async () => {
    const one = await rig();
    await one.apply(4, slot(await one.release('1.0.0'), 1, 1));
    await one.until(healthy('1.0.0', 1));
    const pid = await pidAt(one);
    const log = path.join(one.folder, 'daemon.log');
    await until(
      () => readFileSync(log, 'utf8'),
      (text) => text.includes('a successor stands by'),
    );
    const before = await killDaemon(one);
    const after = await until(
      () => pidAt(one).catch(() => NaN),
      (found) => found > 0,
    );
    expect(after).toBe(pid);
    expect(daemonOf(one.folder)).not.toBe(before);
    expect((await one.observe()).fence).toBe(4);
  });

  test('an instance that died meanwhile is started anew', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('1.0.0'), 1, 1));
    await one.until(healthy('1.0.0', 1));
    const pid = await pidAt(one);
    const runs = watched(pid);
    await killDaemon(one);
    process.kill(pid, 'SIGKILL');
    await until(runs, (is) => !is);
    await one.until(healthy('1.0.0', 1));
    expect(await pidAt(one)).not.toBe(pid);
  });

  test('serves again once somebody asks, also where many ask at once: there is only one', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('1.0.0'), 1, 1));
    await one.until(healthy('1.0.0', 1));
    await killDaemon(one);
    const all = await Promise.all(Array.from({ length: 6 }, () => one.driver.observe()));
    expect(all.every(({ ok }) => ok)).toBe(true);
    const starts = readFileSync(path.join(one.folder, 'daemon.log'), 'utf8').match(
      / daemon \d+ for /g,
    );
    expect(starts).toHaveLength(2);
  });

  test('can be ended for good all the same', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('1.0.0'), 2, 1));
    await one.until(healthy('1.0.0', 2));
    const pid = await pidAt(one);
    const runs = watched(pid);
    await killDaemon(one);
    expect(await downLocal(one.local)).toEqual({ ok: true, value: undefined });
    expect([runs(), daemonOf(one.folder)]).toEqual([false, undefined]);
  });

  test('that is asked to end leaves its instances, too', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('1.0.0'), 1, 1));
    await one.until(healthy('1.0.0', 1));
    const pid = await pidAt(one);
    const runs = watched(pid);
    const daemon = daemonOf(one.folder)!;
    process.kill(daemon, 'SIGTERM');
    await until(
      () => daemonOf(one.folder),
      (found) => found === undefined,
    );
    expect(runs()).toBe(true);
    await one.until(healthy('1.0.0', 1));
    expect(await pidAt(one)).toBe(pid);
  });

  test('waits for its port where another program has taken it, and says so', async () => {
    const one = await rig();
    await one.apply(1, slot(await one.release('1.0.0'), 1, 1));
    await one.until(healthy('1.0.0', 1));
    process.kill(daemonOf(one.folder)!, 'SIGTERM');
    const other = await occupy(one.port);
    const told = `port ${one.port} on 127.0.0.1 is taken by another program`;
    await one.until((now) => now.slots[0]!.problems.includes(told));
    await new Promise((resolve) => other.close(resolve));
    await one.until((now) => now.slots[0]!.problems.length === 0);
    expect(await said(one.url('/'))).toBe('1.0.0 1');
  });
});
