/** `deploy:rollback --immediate` through the built program, on real processes. */

import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observed } from '../../src/rollout/driver.ts';
import { releaseFolder } from '../../src/rollout/drivers/local/folders.ts';
import { noteIn } from '../../src/rollout/journal.ts';
import { fenceOf, holdLease } from '../../src/rollout/hold-lease.ts';
import { slot, until, type Rig } from '../rollout/drivers/local/rig.ts';
import { commandScene, localScene, STREAM, type Scene } from './island-scene.ts';

let scene: Scene & { readonly rig: Rig };
beforeEach(async () => {
  scene = await localScene();
});
afterEach(() => scene.close());

const shape = ({ slots }: Observed) =>
  slots.map(({ release, instances, share }) => [release.version, instances, share]);

const spoolOf = ({ home }: Scene): readonly string[] => {
  const folder = path.join(home, 'spool');
  return existsSync(folder) ? readdirSync(folder) : [];
};

const historyOf = ({ project }: Scene): string => path.join(project, '.nemesis', 'history.sqlite');

describe('what it does', () => {
  it('brings the release before back, ends the bad one, records and pins it', async () => {
    const { code, out, err } = await scene.island(['--reason', 'errors everywhere']);
    expect([code, err.split('\n').slice(0, 2)]).toEqual([
      0,
      ['pay · production · local', '1.9.0 → 1.8.2 · as kim'],
    ]);
    expect(err).toMatch(/^\d\d:\d\d:\d\d switched to 1\.8\.2$/m);
    expect(err).toContain('to release: nemesis deploy:unfreeze production');
    expect(out).toMatch(
      /^✔ ROLLED BACK in \d+\.\d s, seen by observe · record [\w-]{8} · pinned: deploys now exit 8\n$/,
    );
    const observed = await scene.rig.until((seen) => seen.slots.length === 1);
    expect(shape(observed)).toEqual([['1.8.2', 2, 1]]);
    const store = await scene.store();
    const events = await store.read(STREAM, 6, 100);
    const rows = await store.current(STREAM);
    await store.close();
    const types = events.ok ? events.value.map(({ type, actor }) => [type, actor]) : [];
    expect(types).toEqual([
      ['deployment_started', 'kim'],
      ['trigger_fired', 'kim'],
      ['environment_pinned', 'kim'],
      ['deployment_finished', 'kim'],
    ]);
    const first = events.ok ? events.value[0]?.body : undefined;
    expect(first).toMatchObject({ kind: 'rollback', takes_back: 'd-1.9.0', previous: '1.9.0' });
    expect(rows.ok && rows.value.running()).toEqual([]);
    expect((await scene.island([], { command: 'history:verify' })).code).toBe(0);
  });

  it('says it as JSON', async () => {
    const { out } = await scene.island(['--json']);
    expect(JSON.parse(out)).toMatchObject({
      schema: 'nemesis.immediate-rollback/1',
      outcome: 'rolled_back',
      ...{ ...STREAM, from: '1.9.0', to: '1.8.2', pinned: true },
      record: { kind: 'store' },
    });
  });

  it('goes to the release that is named', async () => {
    const older = await scene.rig.release('1.7.0');
    await scene.rig.apply(2049, slot(older, 2, 0), slot(scene.good, 2, 0), slot(scene.bad, 2, 1));
    expect((await scene.island(['1.7.0'])).code).toBe(0);
    expect(await scene.serving()).toEqual(['1.7.0']);
  });

  it('starts the good release first where it does not run, and loses nothing meanwhile', async () => {
    await scene.rig.apply(2049, slot(scene.bad, 2, 1));
    await scene.rig.until((seen) => seen.slots.length === 1);
    const load = startLoad(scene.rig);
    const { code, err } = await scene.island();
    const answers = await load.end();
    expect(code).toBe(0);
    expect(err).toContain('starting 2 of 1.8.2 beside what serves');
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await scene.serving()).toEqual(['1.8.2']);
  });

  it('routes nothing to the bad release once it has switched, and loses no request of a steady load', async () => {
    const load = startLoad(scene.rig);
    await sleep(300);
    const { code } = await scene.island();
    const answers = await load.end();
    expect(code).toBe(0);
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const firstGood = answers.findIndex(({ version }) => version === '1.8.2');
    const late = answers.slice(firstGood).filter(({ version }) => version === '1.9.0');
    // What was under way at the switch may still be answered by the release it went to.
    expect(late.length).toBeLessThanOrEqual(1);
    const switchedAt = answers[firstGood]!.endedAt;
    expect(late.filter(({ startedAt }) => startedAt > switchedAt)).toEqual([]);
  });

  it('works while its daemon is not running', async () => {
    const daemon = JSON.parse(readFileSync(path.join(scene.rig.folder, 'daemon.json'), 'utf8')) as {
      pid: number;
    };
    process.kill(daemon.pid, 'SIGTERM');
    await until(
      () => isAlive(daemon.pid),
      (alive) => !alive,
    );
    const { code } = await scene.island();
    expect(code).toBe(0);
    expect(await scene.serving()).toEqual(['1.8.2']);
  });
});

describe('twice', () => {
  it('does not go back to the bad release, and says that it serves already', async () => {
    await scene.island();
    const again = await scene.island();
    expect(again.code).toBe(0);
    expect(again.out).toContain('1.8.2 serves production already');
    expect(await scene.serving()).toEqual(['1.8.2']);
    const store = await scene.store();
    const rollbacks = await store.newest(STREAM, ['deployment_started'], 10);
    await store.close();
    expect(rollbacks.ok && rollbacks.value.length).toBe(3);
  });

  it('nor after it was released, where nothing is known to have been before', async () => {
    await scene.island();
    expect((await scene.island(['production'], { command: 'deploy:unfreeze' })).code).toBe(0);
    const again = await scene.island();
    expect(again.code).toBe(7);
    expect(again.err).toContain('nothing is known to have served production before');
    expect(await scene.serving()).toEqual(['1.8.2']);
  });
});

describe('where there is no way', () => {
  it('leaves what serves alone when the release cannot be restored, and lists what can', async () => {
    await scene.rig.apply(2049, slot(scene.bad, 2, 1));
    await scene.rig.until((seen) => seen.slots.length === 1);
    rmSync(releaseFolder(scene.rig.folder, scene.good), { recursive: true });
    const before = await scene.rig.observe();
    const { code, err } = await scene.island();
    expect(code).toBe(7);
    expect(err).toContain('1.8.2 cannot be restored in production; what serves was left alone');
    expect(err).toContain(
      'nemesis deploy:rollback --immediate 1.9.0 --service pay --env production',
    );
    const after = await scene.rig.observe();
    expect([shape(after), after.fence]).toEqual([shape(before), before.fence]);
  });

  it('leaves what serves alone when the release does not start any more', async () => {
    const crash = await scene.rig.release('crash-1');
    await scene.rig.apply(2049, slot(scene.bad, 2, 1), slot(crash, 1, 0));
    scene.remember({ kind: 'succeeded', release: crash });
    scene.remember({ kind: 'succeeded', release: scene.bad });
    const island = scene.island(['crash-1']);
    await sleep(1500);
    expect(await scene.serving()).toEqual(['1.9.0']);
    const child = await island;
    expect(child.code).toBe(7);
    expect(child.err).toContain('what served was left alone');
    expect(await scene.serving()).toEqual(['1.9.0']);
  }, 120_000);

  it('is interrupted while the good release comes up, and leaves what serves alone', async () => {
    const hang = await scene.rig.release('hang-1');
    await scene.rig.apply(2049, slot(scene.bad, 2, 1), slot(hang, 1, 0));
    const { code } = await scene.island(['hang-1'], { endAfterMs: 1500 });
    expect(code).toBe(143);
    expect(await scene.serving()).toEqual(['1.9.0']);
  });

  it('has nothing to go back to after a first deployment that succeeded', async () => {
    rmSync(path.join(scene.home, 'environments'), { recursive: true });
    scene.remember({ kind: 'succeeded', release: scene.bad });
    renameSync(historyOf(scene), `${historyOf(scene)}.gone`);
    await scene.rig.apply(2049, slot(scene.bad, 2, 1));
    await scene.rig.until((seen) => seen.slots.length === 1);
    const { code, err } = await scene.island();
    expect(code).toBe(7);
    expect(err).toContain('nothing is known to have served production before');
    expect(await scene.serving()).toEqual(['1.9.0']);
  });

  it('withdraws a first deployment that is under way', async () => {
    rmSync(path.join(scene.home, 'environments'), { recursive: true });
    scene.remember({ kind: 'begun', candidate: scene.bad, stable: null, fence: 2048 });
    await scene.rig.apply(2049, slot(scene.bad, 2, 1));
    await scene.rig.until((seen) => seen.slots.length === 1);
    const { code, out } = await scene.island();
    expect([code, out]).toEqual([0, expect.stringContaining('WITHDRAWN')]);
    expect(out).toContain('nothing serves');
    expect((await scene.rig.observe()).slots).toEqual([]);
  });

  it('lists what it could mean', async () => {
    scene.remember({ kind: 'unpinned' });
    const folder = path.join(scene.home, 'environments');
    const [file = ''] = readdirSync(folder);
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const service of ['shop', 'mail'])
      writeFileSync(
        path.join(folder, `${service}.json`),
        JSON.stringify({ ...(JSON.parse(text) as object), service, root: null }),
      );
    const { code, err } = await scene.island([], { cwd: scene.elsewhere });
    expect(code).toBe(2);
    expect(err).toContain('nemesis deploy:rollback --immediate --service pay --env production');
    expect(err).toContain('nemesis deploy:rollback --immediate --service shop --env production');
    expect((await scene.island([], { cwd: scene.project })).code).toBe(0);
  });

  it('is asked wrongly', async () => {
    const { code, err } = await scene.island(['--drain', '5s']);
    expect([code, err]).toEqual([2, expect.stringContaining('there is no option --drain')]);
  });
});

describe('somebody else', () => {
  it('who deploys there is fenced out, in the environment and in the history', async () => {
    await scene.rig.apply(2049, slot(scene.good, 2, 0.5), slot(scene.bad, 2, 0.5));
    const store = await scene.store();
    const author = { actor: 'ci', host: 'runner', now: Date.now, newId: () => crypto.randomUUID() };
    const clock = { now: () => Date.now(), sleep: () => new Promise<void>(() => undefined) };
    const holder = { id: 'a', owner: 'ci', host: 'runner', step: 'canary' };
    let held = await holdLease(store, STREAM, holder, clock);
    while (held.ok && fenceOf(held.value.lease.token) <= 2049) {
      await store.release(STREAM, held.value.lease.token);
      held = await holdLease(store, STREAM, { ...holder, id: crypto.randomUUID() }, clock);
    }
    if (!held.ok) throw new Error('no lease');
    const { token } = held.value.lease;
    const note = noteIn(store, STREAM, author, token);
    const deployment = 'd-running';
    const release = scene.bad;
    await note([
      {
        type: 'deployment_started',
        body: {
          ...{ deployment, kind: 'deploy', release, previous: '1.8.2', takes_back: null },
          ...{ hotfix: false, strategy: 'canary', validation_ms: null },
        },
      },
    ]);
    await scene.rig.apply(fenceOf(token), slot(scene.good, 2, 0.5), slot(scene.bad, 2, 0.5));
    scene.remember({
      ...{ kind: 'begun', candidate: scene.bad, stable: scene.good, fence: fenceOf(token) },
    });

    expect((await scene.island()).code).toBe(0);
    const wish = { slots: [slot(scene.bad, 2, 1)] };
    expect(await scene.driver.apply(wish, fenceOf(token))).toMatchObject({
      ok: false,
      failure: { kind: 'fenced_out' },
    });
    expect(
      await note([{ type: 'deployment_stage', body: { deployment, stage: 'x' } }]),
    ).toMatchObject({ ok: false, failure: { kind: 'fenced_out' } });
    const rows = await store.current(STREAM);
    const row = rows.ok ? rows.value.running() : undefined;
    await store.close();
    expect(row).toEqual([]);
    expect(await scene.serving()).toEqual(['1.8.2']);
  });
});

describe('the record', () => {
  it('waits here while the history is down, and comes home with the next command', async () => {
    renameSync(historyOf(scene), `${historyOf(scene)}.gone`);
    const { code, out } = await scene.island();
    expect([code, out]).toEqual([0, expect.stringContaining('kept here')]);
    expect(spoolOf(scene)).toHaveLength(1);
    renameSync(`${historyOf(scene)}.gone`, historyOf(scene));
    const opened = await scene.island(
      ['--env', 'production', '--severity', 'warning', '--title', 'x'],
      {
        command: 'incident:open',
      },
    );
    expect(opened.err).toContain(
      'a rollback of production that was kept here is in the history now',
    );
    expect(spoolOf(scene)).toEqual([]);
    const history = await scene.island(['--json'], { command: 'deploy:history' });
    expect(history.out).toContain('"rollback"');
    const verified = await scene.island([], { command: 'history:verify' });
    expect([verified.code, verified.out + verified.err]).toEqual([0, expect.anything()]);
    const status = await scene.island(['--json'], { command: 'deploy:status' });
    expect(status.out).toContain('1.8.2');
  });
});

describe('a history that does not answer', () => {
  it.each([
    ['because nobody is there', 'postgres://127.0.0.1:1/pay'],
    ['because nothing comes back', 'postgres://192.0.2.1:5432/pay'],
  ])('%s is waited for no longer than three seconds', async (_, NEMESIS_STORE) => {
    const { code, out, ms } = await scene.island([], { env: { NEMESIS_STORE } });
    expect([code, out]).toEqual([0, expect.stringContaining('kept here')]);
    expect(ms).toBeLessThan(10_000);
    expect(await scene.serving()).toEqual(['1.8.2']);
  });

  it('because somebody else writes is waited for no longer', async () => {
    const other = new DatabaseSync(historyOf(scene));
    other.exec('BEGIN IMMEDIATE');
    const { code, out, ms } = await scene.island();
    other.exec('ROLLBACK');
    other.close();
    expect([code, out]).toEqual([0, expect.stringContaining('kept here')]);
    expect(ms).toBeLessThan(10_000);
  });
});

describe('without --immediate', () => {
  const inConfig = (text: string) =>
    writeFileSync(path.join(scene.project, 'nemesis.config.yaml'), text);
  const rollBack = () => scene.island([], { command: 'deploy:rollback' });

  it('it is asked wrongly where no environment is configured', async () => {
    expect((await rollBack()).code).toBe(2);
    inConfig('service: pay\n\t{{{');
    expect((await rollBack()).code).toBe(2);
  });

  it('it fails, and with no other exit code, where it cannot act', async () => {
    const production = { driver: 'local', listen: '127.0.0.1:9', start: 'node app.mjs' };
    inConfig(JSON.stringify({ service: 'pay', environments: { production } }));
    renameSync(historyOf(scene), `${historyOf(scene)}.gone`);
    writeFileSync(historyOf(scene), 'this is no history'.repeat(1000), { mode: 0o600 });
    expect((await rollBack()).code).toBe(7);
  });
});

describe('where no file tells', () => {
  it('goes by the environment itself', async () => {
    rmSync(path.join(scene.home, 'environments'), { recursive: true });
    const { code } = await scene.island([], { cwd: scene.elsewhere });
    expect(code).toBe(0);
    expect(await scene.serving()).toEqual(['1.8.2']);
  });

  it('goes by the history', async () => {
    const command = await commandScene();
    try {
      rmSync(path.join(command.home, 'environments'), { recursive: true });
      const { code, err } = await command.island();
      expect([code, err]).toEqual([0, expect.stringContaining('1.9.0 → 1.8.2')]);
      expect(await command.serving()).toEqual(['1.8.2']);
    } finally {
      await command.close();
    }
  });

  it('goes by the configuration, and asks for the release where nobody knows it', async () => {
    const command = await commandScene();
    try {
      rmSync(path.join(command.home, 'environments'), { recursive: true });
      rmSync(historyOf(command));
      const { observe, apply } = command.driver.frozen as unknown as Record<string, string[]>;
      const written = {
        driver: 'command',
        observe,
        apply,
        reach: 'machine',
        dials: ['instances', 'traffic'],
      };
      writeFileSync(
        path.join(command.project, 'nemesis.config.yaml'),
        JSON.stringify({ service: 'pay', environments: { production: written } }),
      );
      const unsure = await command.island();
      expect(unsure.code).toBe(2);
      expect(unsure.err).toContain('nemesis deploy:rollback --immediate 1.8.2 --service pay');
      expect((await command.island(['1.8.2'])).code).toBe(0);
      expect(await command.serving()).toEqual(['1.8.2']);
    } finally {
      await command.close();
    }
  });
});

interface Answer {
  readonly status: number;
  readonly version: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A hundred requests a second, each on a connection of its own, in order of their answers. */
function startLoad({ url }: Rig) {
  const answers: Answer[] = [];
  const open = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const asking = ask(url('/')).then((answer) => void answers.push(answer));
    open.add(asking);
    void asking.finally(() => open.delete(asking));
  }, 10);
  return {
    async end(): Promise<readonly Answer[]> {
      clearInterval(timer);
      await Promise.all(open);
      return answers;
    },
  };
}

function ask(url: string): Promise<Answer> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const done = (status: number, text: string) =>
      resolve({ status, version: text.split(' ')[0] ?? '', startedAt, endedAt: performance.now() });
    const request = http.get(url, { agent: false }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('end', () => done(response.statusCode ?? 0, text));
      response.on('error', () => done(0, ''));
    });
    request.on('error', () => done(0, ''));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
