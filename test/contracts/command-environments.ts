/** Environments for the command driver: a toy that is a file, and a real haproxy. Each with a folder and state of its own. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandSettings } from '../../src/config/environment.ts';
import { createProcessEngine } from '../../src/measure/process/engine.ts';
import { commandDriver } from '../../src/rollout/drivers/command/driver.ts';
import type { ReleaseRecord } from '../../src/history/records.ts';
import { freePort } from './cluster.ts';
import { release, type OpenedDriver } from './driver-suite.ts';

const top = path.join(import.meta.dirname, '..', '..');

export interface CommandEnvironment extends OpenedDriver {
  /** Where its scripts keep what they know. */
  readonly folder: string;
  /** `NEMESIS_HOME` of its driver. */
  readonly home: string;
}

interface Opening {
  readonly folder: string;
  /** Below the top of the repository. */
  readonly scripts: string;
  readonly settings?: Partial<CommandSettings>;
  readonly env?: Readonly<Record<string, string>>;
}

export function driverOf({ folder, scripts, settings, env }: Opening) {
  const home = path.join(folder, 'home');
  const engine = createProcessEngine();
  const driver = commandDriver({
    service: 'payments',
    environment: 'production',
    settings: {
      kind: 'command',
      observe: ['node', path.join(scripts, 'observe.mjs'), folder],
      apply: ['node', path.join(scripts, 'apply.mjs'), folder],
      secrets: [],
      reach: 'machine',
      dials: ['instances', 'traffic'],
      timeoutMs: 30_000,
      ...settings,
    },
    root: top,
    env: { PATH: process.env['PATH'], NEMESIS_HOME: home, ...env },
    run: (request, signal) => engine.run(request, signal),
  });
  return { driver, home, close: () => engine.close() };
}

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const RELEASES = {
  old: release('1.8.2', digest('a')),
  next: release('1.9.0', digest('b')),
  sick: release('1.9.1-sick', digest('c')),
};
const NAMED = { ...RELEASES, missing: release('7.7.7', digest('d')) };

export function openToy(more: Partial<Opening> = {}, extra: ReleaseRecord[] = []) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-toy-'));
  const registry = [...Object.values(RELEASES), ...extra].map(told);
  writeFileSync(path.join(folder, 'state.json'), JSON.stringify({ fence: 0, slots: [], registry }));
  const { driver, home, close } = driverOf({
    folder,
    scripts: 'test/fixtures/drivers/toy',
    ...more,
  });
  const opened: CommandEnvironment = {
    ...{ driver, folder, home, ...NAMED, url: '' },
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return opened;
}

const told = ({ version, artifact, commit }: ReleaseRecord) => ({ version, artifact, commit });

/** Where haproxy lies; undefined where it is not installed. The folder of system daemons is not on everybody's PATH. */
export function haproxyBin(): string | undefined {
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
  ];
  return folders.map((folder) => path.join(folder, 'haproxy')).find((file) => existsSync(file));
}

export async function openHaproxy(): Promise<
  CommandEnvironment & { restart: () => Promise<void> }
> {
  const bin = haproxyBin();
  if (bin === undefined) throw new Error('haproxy is not installed');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-ha-'));
  const example = path.join(top, 'examples', 'haproxy');
  for (const one of Object.values(RELEASES)) {
    const home = path.join(folder, 'releases', one.version);
    mkdirSync(home, { recursive: true });
    cpSync(path.join(example, 'server.mjs'), path.join(home, 'server.mjs'));
    writeFileSync(path.join(home, 'release.json'), JSON.stringify(told(one)));
  }
  const port = await freePort();
  const socket = path.join(folder, 'haproxy.sock');
  const url = `http://127.0.0.1:${port}/`;
  const start = async () => {
    const started = spawn(bin, ['-db', '-f', path.join(example, 'haproxy.cfg')], {
      env: { SOCKET: socket, LISTEN: `127.0.0.1:${port}` },
      stdio: 'ignore',
    });
    for (let looks = 0; !(await answers(url)); looks += 1) {
      if (looks > 200 || started.exitCode !== null) throw new Error('haproxy did not start');
      await sleep(50);
    }
    return started;
  };
  const stop = async (running: ChildProcess) => {
    const isOver = running.exitCode !== null || running.signalCode !== null;
    running.kill('SIGKILL');
    if (!isOver) await once(running, 'exit');
  };
  let proxy = await start();
  const { driver, home, close } = driverOf({ folder, scripts: 'examples/haproxy' });
  return {
    ...{ driver, folder, home, ...NAMED, url },
    restart: async () => {
      await stop(proxy);
      proxy = await start();
    },
    close: async () => {
      await close();
      await stop(proxy);
      for (const pid of instancesIn(folder)) endQuietly(pid);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Anything: without a server haproxy says 503. */
function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

function instancesIn(folder: string): number[] {
  const file = path.join(folder, 'state.json');
  if (!existsSync(file)) return [];
  const { servers } = JSON.parse(readFileSync(file, 'utf8')) as {
    servers: Record<string, { pid: number }>;
  };
  return Object.values(servers).map(({ pid }) => pid);
}

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
