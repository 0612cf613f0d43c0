/** A Postgres of the test's own: a cluster in a temporary folder, on a loopback port and a socket. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface Cluster {
  readonly port: number;
  /** Where a database of this name is; made by `create`. */
  url(database: string, more?: { user?: string; port?: number }): string;
  create(database: string): void;
  sql(database: string, text: string): void;
  start(): Promise<void>;
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  remove(): Promise<void>;
}

/** Where initdb lies; undefined where Postgres is not installed. */
export function postgresBin(): string | undefined {
  const packaged = '/usr/lib/postgresql';
  const versions = existsSync(packaged)
    ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = [
    ...versions.map((version) => path.join(packaged, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(path.delimiter),
  ];
  const found = folders.find((folder) =>
    ['initdb', 'pg_ctl', 'psql'].every((name) => existsSync(path.join(folder, name))),
  );
  // initdb refuses root, who then needs somebody else to be.
  return found !== undefined && (!isRoot() || accountOf('postgres') !== undefined)
    ? found
    : undefined;
}

/** Whom the server runs as where the tests run as root; undefined where they do not. */
export function postgresOwner(): { readonly uid: number; readonly gid: number } | undefined {
  return isRoot() ? accountOf('postgres') : undefined;
}

/** @param settings further settings of the server, as `name=value` */
export async function startCluster(settings: readonly string[] = []): Promise<Cluster> {
  const bin = postgresBin();
  if (bin === undefined) throw new Error('Postgres is not installed');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-pg-'));
  const account = isRoot() ? accountOf('postgres') : undefined;
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = path.join(folder, 'data');
  const port = await freePort();
  const options = ['listen_addresses=127.0.0.1', 'max_connections=150', ...settings];

  const settingsOf = { cwd: folder, ...account };
  // No pipes here: the server would hold on to them.
  const run = async (name: string, args: readonly string[]) => {
    const child = spawn(path.join(bin, name), args, { ...settingsOf, stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`${name} ended with ${code}`);
  };
  const address = (database: string, more: { user?: string; port?: number } = {}) =>
    `postgres://${more.user ?? 'owner'}@127.0.0.1:${more.port ?? port}/${database}`;
  const sql = (database: string, text: string) => {
    const args = ['-qX', '-v', 'ON_ERROR_STOP=1', '-d', address(database), '-c', text];
    const done = spawnSync(path.join(bin, 'psql'), args, { ...settingsOf, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`psql: ${done.stderr}`);
  };

  const cluster: Cluster = {
    port,
    url: address,
    create: (database) => sql('postgres', `CREATE DATABASE ${database}`),
    sql,
    start: () =>
      run('pg_ctl', [
        ...['-D', data, '-w', '-s', '-l', path.join(folder, 'log')],
        ...['-o', [`-p ${port} -k ${folder}`, ...options.map((one) => `-c ${one}`)].join(' ')],
        'start',
      ]),
    stop: (mode) => run('pg_ctl', ['-D', data, '-w', '-s', '-m', mode, 'stop']),
    remove: async () => {
      try {
        await cluster.stop('immediate');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
  await run('initdb', [
    '-D',
    data,
    '-U',
    'owner',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
    '-N',
  ]);
  await cluster.start();
  return cluster;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function accountOf(name: string): { uid: number; gid: number } | undefined {
  const id = (flag: string) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [id('-u'), id('-g')];
  return uid > 0 ? { uid, gid } : undefined;
}
