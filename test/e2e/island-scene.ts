/** A production with a bad release and the good one before it, as a finished rollout has left it; and the island started on it. */

import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import type { JournalRecord, ReleaseRecord } from '../../src/history/records.ts';
import type { Store } from '../../src/history/store.ts';
import { openSqlite } from '../../src/history/stores/sqlite.ts';
import type { Driver } from '../../src/rollout/driver.ts';
import { rememberEnvironment, type Change } from '../../src/rollout/last-good.ts';
import { openToy } from '../contracts/command-environments.ts';
import { isSettled, openRig, slot, type Rig } from '../rollout/drivers/local/rig.ts';

export const STREAM = { service: 'pay', environment: 'production' };

export interface Scene {
  /** The project, with a configuration and a history. */
  readonly project: string;
  /** Another one beside it, with the same configuration and nothing else. */
  readonly clone: string;
  /** A folder of nobody. */
  readonly elsewhere: string;
  /** `NEMESIS_HOME`. */
  readonly home: string;
  readonly driver: Driver;
  readonly good: ReleaseRecord;
  readonly bad: ReleaseRecord;
  /** Versions that have traffic now. */
  serving(): Promise<readonly string[]>;
  /** As if a rollout had noted it. */
  remember(change: Change): void;
  island(words?: readonly string[], options?: Starting): Promise<Ended>;
  store(): Promise<Store>;
  close(): Promise<void>;
}

export interface Starting {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Sends it SIGTERM so long after its start. */
  readonly endAfterMs?: number;
  /** Other words than those of the island. */
  readonly command?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

const CONFIG = 'service: pay\nextends: nemesis/recommended\n';

/** Both releases run, two instances each, as they do while a rollout is still validated. */
export async function localScene(): Promise<Scene & { readonly rig: Rig }> {
  const rig = await openRig({ ...STREAM, settings: { drainMs: 200 } });
  const good = await rig.release('1.8.2');
  const bad = await rig.release('1.9.0');
  await rig.apply(1024, slot(good, 2, 1));
  await rig.until(isSettled);
  await rig.apply(2048, slot(good, 2, 0), slot(bad, 2, 1));
  await rig.until((observed) => observed.slots.length === 2 && isSettled(observed));
  const ports = { home: rig.stateFolder, driver: rig.driver, good, bad };
  const scene = await sceneOf({ ...ports, close: () => rig.close() });
  return { ...scene, rig };
}

export async function commandScene(): Promise<Scene> {
  const toy = openToy();
  const { folder, home, old: good, next: bad } = toy;
  const file = path.join(folder, 'state.json');
  const read = () => JSON.parse(readFileSync(file, 'utf8')) as ToyState;
  const part = ({ version, artifact, commit }: ReleaseRecord, share: number) => {
    return { release: { version, artifact, commit }, instances: 2, healthy: 2, share };
  };
  const slots = [part(good, 0), part(bad, 1)];
  writeFileSync(file, JSON.stringify({ ...read(), fence: 2048, slots }));
  const { frozen } = toy.driver;
  const argv = (name: string) => ['node', toyScript(name), folder];
  const driver = {
    ...toy.driver,
    frozen: {
      ...frozen,
      ...STREAM,
      observe: argv('observe'),
      apply: argv('apply'),
    },
  };
  const serving = () => {
    const all = read().slots.filter(({ share }) => share > 0);
    return Promise.resolve(all.map(({ release }) => release.version));
  };
  const scene = await sceneOf({ home, driver, good, bad, close: () => toy.close() });
  return { ...scene, serving };
}

interface ToyState {
  readonly slots: readonly { readonly release: ReleaseRecord; readonly share: number }[];
}

const toyScript = (name: string): string =>
  path.resolve(import.meta.dirname, '../fixtures/drivers/toy', `${name}.mjs`);

type Given = Pick<Scene, 'home' | 'driver' | 'good' | 'bad' | 'close'>;

async function sceneOf({ home, driver, good, bad, close }: Given): Promise<Scene> {
  const real = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'nemesis-island-')));
  const [project, clone, elsewhere, bin] = ['project', 'clone', 'elsewhere', 'bin'].map((name) => {
    const folder = path.join(real, name);
    mkdirSync(folder);
    return folder;
  }) as [string, string, string, string];
  symlinkSync(process.execPath, path.join(bin, 'node'));
  for (const folder of [project, clone])
    writeFileSync(path.join(folder, 'nemesis.config.yaml'), CONFIG);
  mkdirSync(path.join(project, '.nemesis'), { mode: 0o700 });
  mkdirSync(path.join(clone, '.nemesis'), { mode: 0o700 });
  const history = path.join(project, '.nemesis', 'history.sqlite');
  const remember = (change: Change): void =>
    rememberEnvironment(
      home,
      {
        ...STREAM,
        driver: driver.frozen,
        store: { kind: 'place', where: history },
        ...{ root: project, instances: 2, ready_ms: 5_000 },
      },
      change,
      Date.now(),
    );
  const store = async (): Promise<Store> => {
    const opened = await openSqlite(history, {});
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    return opened.value;
  };
  await record(store, driver, [good, bad]);
  for (const release of [good, bad]) remember({ kind: 'succeeded', release });
  return {
    ...{ project, clone, elsewhere, home, driver, good, bad, remember, store },
    async serving() {
      const observed = await driver.observe();
      if (!observed.ok) throw new Error(JSON.stringify(observed.failure));
      const { slots } = observed.value;
      return slots.filter(({ share }) => share > 0).map(({ release }) => release.version);
    },
    island: (words = [], { cwd = project, env = {}, command, endAfterMs = 60_000 } = {}) =>
      start(
        command === undefined ? ['deploy:rollback', '--immediate', ...words] : [command, ...words],
        {
          ...{ cwd, timeout: endAfterMs },
          env: {
            PATH: process.env['PATH'],
            NEMESIS_HOME: home,
            HOME: elsewhere,
            USER: 'kim',
            ...env,
          },
        },
      ),
    async close() {
      await close();
      rmSync(real, { recursive: true, force: true });
    },
  };
}

/** A PATH with node on it and nothing else. */
export const bareBin = ({ project }: Scene): string => path.join(path.dirname(project), 'bin');

async function record(
  open: () => Promise<Store>,
  driver: Driver,
  releases: readonly ReleaseRecord[],
): Promise<void> {
  const store = await open();
  for (const release of releases) {
    const deployment = `d-${release.version}`;
    const records: JournalRecord[] = [
      {
        type: 'deployment_started',
        body: {
          ...{ deployment, kind: 'deploy', release, previous: null, takes_back: null },
          ...{ hotfix: false, strategy: 'blue_green', validation_ms: null },
        },
      },
      {
        type: 'rollout_planned',
        body: { deployment, plan: { schema: 'test' }, driver: { ...driver.frozen } },
      },
      {
        type: 'deployment_finished',
        body: { deployment, status: 'succeeded', reason: null, failure_detected_at: null },
      },
    ];
    const drafts = records.map(({ type, body }, index) => ({
      ...{ id: `${deployment}-${index}`, type, at: Date.now(), actor: 'ci', host: 'runner' },
      body: { ...body },
    }));
    const appended = await store.append(STREAM, drafts);
    if (!appended.ok) throw new Error(JSON.stringify(appended.failure));
  }
  await store.close();
}

function start(
  words: readonly string[],
  options: Required<Pick<Starting, 'cwd' | 'env'>> & { readonly timeout: number },
): Promise<Ended> {
  const bin = path.join(inject('packageRoot'), 'bin', 'nemesis.js');
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...words], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err, ms: performance.now() - began }));
  });
}
