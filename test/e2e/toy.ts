/** A small service with two local environments, released for real by the staged nemesis. */

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';

const SERVER = `
const http = require('node:http');
const { name, bad = 0, sick = false } = require('./release.json');
let asked = 0;
http.createServer((request, response) => {
  const isHealth = request.url === '/healthz';
  asked += isHealth ? 0 : 1;
  const fails = isHealth ? sick : bad > 0 && asked % Math.round(1 / bad) === 0;
  response.statusCode = fails ? 500 : 200;
  response.end(name);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** Steady requests until it is told to end; asked for in place of users. */
const LOAD = `
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const timer = setInterval(() => {
  http.get(process.env.NEMESIS_URL, { agent }, (answer) => answer.resume()).on('error', () => {});
}, 4);
process.on('SIGTERM', () => { clearInterval(timer); process.exit(0); });
`;

const SMOKE = `
fetch(process.env.NEMESIS_URL).then(async (answer) => {
  const said = await answer.text();
  console.log('answers as ' + said);
  process.exit(answer.ok && said === process.env.NEMESIS_VERSION ? 0 : 1);
});
`;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Toy {
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  git(...argv: readonly string[]): string;
  readonly staging: number;
  readonly production: number;
  /** Writes the next release: its name is its version. */
  release(release: { readonly name: string; readonly bad?: number; readonly sick?: boolean }): void;
  nemesis(...argv: readonly string[]): Promise<Ran>;
  /** As a job of its own: with more variables, in another checkout, with something on its standard input. */
  job(job: Job, ...argv: readonly string[]): Promise<Ran>;
  /** What answers on a port now: the name of a release. */
  asks(port: number): Promise<string>;
  config(more: string): void;
}

export interface Job {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
}

export interface ToyOptions {
  /** What every wait is divided by. */
  readonly speed?: number;
}

export async function toy({ speed = 600 }: ToyOptions = {}): Promise<Toy> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nemesis-toy-'));
  const root = path.join(folder, 'service');
  const [staging, production] = [await freePort(), await freePort()];
  mkdirSync(path.join(root, 'app'), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
  write('app/server.js', SERVER);
  write('load.js', LOAD);
  write('smoke.js', SMOKE);
  const environment = (port: number, instances: number, steps: string, more = '') => `
    driver: local
    listen: ${port}
    instances: ${instances}
    start: node server.js
    health: { path: /healthz, interval: 100ms }
    ready_within: 5s
    drain: 1s
    load: node load.js
    steps: { ${steps} }${more}`;
  const smoke = 'node smoke.js';
  // Half a second a batch, on a busy machine: often too few requests to tell anything.
  const watchesTooShort = '\n    without_traffic: accept';
  const base = `service: toy
mode: { code: observe, build: observe, test: observe }
release: { artifact: app }
trial: { speed: ${speed} }
environments:
  staging:${environment(staging, 2, `clear_staging_cache: "true", run_smoke_tests: ${smoke}, run_sanity_suite: ${smoke}, notify_team: "true", smoke: ${smoke}`)}
  production:${environment(production, 4, `notify_stakeholders: "true", run_production_sanity: ${smoke}, update_documentation: "true"`, watchesTooShort)}
`;
  write('nemesis.config.yaml', base);
  const git = (...argv: readonly string[]) =>
    execFileSync('git', argv, { cwd: root, env, encoding: 'utf8' }).trim();
  const env = {
    ...process.env,
    ...{ NEMESIS_HOME: path.join(folder, 'home'), CI: 'true', NEMESIS_STORE: undefined },
    ...{ GIT_AUTHOR_NAME: 'kim', GIT_COMMITTER_NAME: 'kim', GIT_CONFIG_GLOBAL: '/dev/null' },
    ...{ GIT_AUTHOR_EMAIL: 'kim@example.org', GIT_COMMITTER_EMAIL: 'kim@example.org' },
  };
  git('init', '-q', '.');
  git('config', 'user.name', 'kim');
  const bin = path.join(inject('packageRoot'), 'bin/nemesis.js');
  const job: Toy['job'] = ({ env: more, cwd = root, input }, ...argv) =>
    new Promise((resolve) => {
      const options = { cwd, env: { ...env, ...more } };
      const child = execFile(process.execPath, [bin, ...argv], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : (error.code as number | null);
        resolve({ code, stdout, stderr });
      });
      if (input !== undefined) child.stdin?.end(input);
    });
  const nemesis: Toy['nemesis'] = (...argv) => job({}, ...argv);
  onTestFinished(async () => {
    write('nemesis.config.yaml', base);
    await nemesis('deploy:down');
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    root,
    env,
    git,
    staging,
    production,
    nemesis,
    job,
    release(release) {
      write('app/release.json', JSON.stringify(release));
      git('add', '-A');
      git('commit', '-q', '-m', release.name);
      git('tag', release.name);
    },
    asks: (port) =>
      new Promise((resolve, reject) => {
        http
          .get({ host: '127.0.0.1', port, agent: false }, (answer) => {
            let said = '';
            answer.on('data', (chunk) => (said += String(chunk)));
            answer.on('end', () => resolve(said));
          })
          .on('error', reject);
      }),
    config: (more) => write('nemesis.config.yaml', `${base}${more}`),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}
