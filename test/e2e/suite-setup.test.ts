/** What stands around a suite: prepared before it, tidied up after it, whatever becomes of it and of nemesis. */

import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort, postgresBin, postgresOwner } from '../contracts/cluster.ts';
import { emptyProject, eventually, type Project } from './rig.ts';

/** Listens, and leaves a note when it is asked to stop. */
const SERVER = `
import { appendFileSync } from 'node:fs';
import net from 'node:net';
const server = net.createServer((socket) => socket.on('error', () => undefined).end('here')).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => { appendFileSync('story.log', 'server ended\\n'); process.exit(0); });
`;
const SEED = `
import { appendFileSync } from 'node:fs';
appendFileSync('story.log', 'seeded\\n');
appendFileSync(process.env.NEMESIS_ENV, 'ROWS=3\\nNOTES<<END\\ntwo\\nlines\\nEND\\nDB_PASSWORD=' + ['correct', 'horse', 'battery'].join('-') + '\\n');
console.log('seeded all rows');
console.error('seeded for ' + ['correct', 'horse', 'battery'].join('-'));
`;
const TEARDOWN = `
import { appendFileSync } from 'node:fs';
import net from 'node:net';
const answers = await new Promise((resolve) => {
  const socket = net.connect(Number(process.env.PORT), '127.0.0.1');
  socket.on('connect', () => { socket.destroy(); resolve(true); }).on('error', () => resolve(false));
});
appendFileSync('story.log', \`torn down, rows \${process.env.ROWS}, server \${answers ? 'alive' : 'gone'}\\n\`);
`;
const TEST = `
import assert from 'node:assert';
import test from 'node:test';
import { price } from '../shop.js';
assert.equal(price(), 1);
test('sees what was prepared', () => {
  console.log('password:', process.env.DB_PASSWORD);
  assert.equal(process.env.ROWS, '3');
  assert.equal(process.env.NOTES, 'two\\nlines');
});
`;
/** Never ends by itself. */
const WAITING = `
import { appendFileSync } from 'node:fs';
import test from 'node:test';
test('waits', async () => {
  appendFileSync('story.log', 'tests run\\n');
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});
`;

interface Written {
  readonly seed?: string;
  readonly test?: string;
  readonly more?: string;
  readonly server?: string;
}

async function preparedProject(given: Written = {}): Promise<Project & { readonly port: number }> {
  const port = await freePort();
  const project = emptyProject();
  const config = `
suites:
  integration:
    framework: node-test
    args: [checks/shop.test.js]
    env: { PORT: '${port}' }
    setup:
      start_test_database: { run: node db/server.js, background: true, ready: { port: ${port} }, ready_within: 20s }
      seed_test_data: node db/seed.js
    teardown: { clean_up: node db/teardown.js }
${given.more ?? ''}`;
  project.write({
    'package.json': JSON.stringify({ name: 'shop', type: 'module' }),
    'nemesis.config.yaml': config,
    '.gitignore': 'story.log\n.nemesis\n',
    'db/server.js': given.server ?? SERVER,
    'db/seed.js': given.seed ?? SEED,
    'db/teardown.js': TEARDOWN,
    'checks/shop.test.js': given.test ?? TEST,
    'shop.js': 'export const price = () => 1;\n',
  });
  return { ...project, port };
}

const story = (project: Project): string =>
  existsSync(path.join(project.root, 'story.log')) ? project.read('story.log') : '';

async function isListening(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => (socket.destroy(), resolve(true))).on('error', () => resolve(false));
  });
}

const TIDY = 'seeded\ntorn down, rows 3, server alive\nserver ended\n';

describe('the steps around a suite', () => {
  test('are done in order, their variables reach the tests, and secrets of theirs nobody', async () => {
    const project = await preparedProject();
    const { code, stdout, stderr } = await project.nemesis(['test:integration', '--verbose']);
    expect({ code, stdout }, stderr).toMatchObject({ code: 0 });
    expect(stdout).toContain('PASSED');
    expect(stderr).toContain('setup start_test_database');
    expect(stderr).toContain('seeded all rows');
    expect(stderr).toContain('seeded for [redacted]');
    expect(story(project)).toBe(TIDY);
    expect(await isListening(project.port)).toBe(false);
    const secret = ['correct', 'horse', 'battery'].join('-');
    const reports = path.join(project.root, '.nemesis/reports');
    const kept = readdirSync(reports, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
    const all = [stdout, stderr, ...kept].join('\n');
    expect(all).toContain('password: [redacted]');
    expect(all).not.toContain(secret);
    expect(existsSync(path.join(project.root, '.nemesis/reports/integration/setup/env'))).toBe(
      false,
    );
  });

  test.each([
    ['that fails', 'process.exit(1);'],
    ['whose variables cannot be read', `appendFileSync(process.env.NEMESIS_ENV, '=\\n');`],
  ])('say nothing of the secret of a step %s', async (_, ending) => {
    const seed = `${SEED}console.error('Error: no ' + ['correct', 'horse', 'battery'].join('-'));\n${ending}\n`;
    const project = await preparedProject({ seed });
    const words = ['test:integration', '--verbose', '--json'];
    const { code, stdout, stderr } = await project.nemesis(words);
    expect(code).toBe(3);
    const log = '.nemesis/reports/integration/setup/seed_test_data/stderr';
    expect(project.read(log)).toContain('Error: no [redacted]');
    const all = [stdout, stderr, project.read(log)].join('\n');
    expect(all).not.toContain(['correct', 'horse', 'battery'].join('-'));
  });

  test('are undone when the tests fail, and the tests are what is told', async () => {
    const project = await preparedProject({ test: TEST.replace("'3'", "'4'") });
    const { code, stdout } = await project.nemesis(['test:integration']);
    expect(code).toBe(1);
    expect(stdout).toContain('BLOCKED by integration.tests_failed == 0');
    expect(story(project)).toBe(TIDY);
  });

  test('are undone when one of them fails, and the suite is missing with its reason', async () => {
    const seed = `${SEED}console.error('Error: no disk left'); process.exit(3);\n`;
    const project = await preparedProject({ seed });
    const { code, stdout } = await project.nemesis(['test:integration']);
    expect(code).toBe(3);
    expect(stdout).toContain('setup seed_test_data exited 3: Error: no disk left');
    // What a failed step left is not known to be whole.
    expect(story(project)).toBe('seeded\ntorn down, rows undefined, server alive\nserver ended\n');
    expect(await isListening(project.port)).toBe(false);
  });

  test('do not take somebody else’s server for theirs', async () => {
    const project = await preparedProject();
    const other = net.createServer().listen(project.port, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { code, stdout } = await project.nemesis(['test:integration']);
    other.close();
    expect(code).toBe(3);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `port ${project.port} answers already, before it was started`,
    );
    expect(story(project)).toContain('torn down');
  });

  test('say how a background step ended that was never ready', async () => {
    const server = `console.error('Error: no license for this database'); process.exit(7);\n`;
    const project = await preparedProject({ server });
    const { code, stdout } = await project.nemesis(['test:integration']);
    expect(code).toBe(3);
    expect(stdout).toContain('setup start_test_database ended (7) before it was ready');
    expect(stdout).toContain('no license for this database');
  });

  test('are undone when the suite takes too long', async () => {
    const project = await preparedProject({ test: WAITING, more: '    timeout: 3s\n' });
    const { code, stdout } = await project.nemesis(['test:integration']);
    expect(code).toBe(3);
    expect(stdout).toContain('was ended after 3 s');
    expect(story(project)).toBe(`seeded\ntests run\n${TIDY.slice('seeded\n'.length)}`);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('are undone on %s', async (signal) => {
    const project = await preparedProject({ test: WAITING });
    const { child, ended } = project.start(['test:integration']);
    await eventually('the tests run', () => story(project).includes('tests run'));
    child.kill(signal);
    await ended;
    await eventually('all is tidied up', () => story(project).includes('server ended'));
    expect(story(project)).toBe(`seeded\ntests run\n${TIDY.slice('seeded\n'.length)}`);
    // It writes its note before it ends.
    await eventually('nothing listens', async () => !(await isListening(project.port)));
  });

  test('that nobody declares are not asked for', async () => {
    const project = await preparedProject({ test: TEST.replace(/assert\.equal.*/g, '') });
    const text = project.read('nemesis.config.yaml').replace(/ {4}setup:[^]*$/, '');
    project.write({ 'nemesis.config.yaml': text });
    const { code, stdout, stderr } = await project.nemesis(['test:integration']);
    expect(code, stdout + stderr).toBe(0);
    expect(story(project)).toBe('');
  });

  test('that fail to tidy up are told, and change no verdict', async () => {
    const project = await preparedProject();
    project.write({ 'db/teardown.js': 'process.exit(9);\n' });
    const { code, stdout } = await project.nemesis(['test:integration']);
    expect(code).toBe(0);
    expect(stdout).toContain('teardown clean_up failed (9)');
  });
});

const bin = postgresBin();

describe.skipIf(bin === undefined)('a real Postgres around a suite', () => {
  /** In the foreground, as its own user where the tests run as root. */
  const START = (port: number) => `
import { spawn, spawnSync } from 'node:child_process';
const as = ${JSON.stringify(postgresOwner() ?? {})};
const data = process.env.DATA;
spawnSync('${bin}/initdb', ['-D', data, '-U', 'owner', '-A', 'trust', '--no-locale', '-N'], { ...as, cwd: '/', stdio: 'inherit' });
spawn('${bin}/postgres', ['-D', data, '-p', '${port}', '-k', '', '-c', 'listen_addresses=127.0.0.1'], { ...as, cwd: '/', stdio: 'inherit' })
  .on('exit', (code) => process.exit(code ?? 1));
process.on('SIGTERM', () => undefined);
`;
  const SQL = (port: number, sql: string) => `
import { spawnSync } from 'node:child_process';
const psql = (sql) => spawnSync('${bin}/psql', [process.env.DATABASE_URL ?? 'postgres://owner@127.0.0.1:${port}/postgres', '-Atc', sql], { encoding: 'utf8' });
${sql}`;

  async function postgresProject(checks: string): Promise<Project & { readonly port: number }> {
    const project = await preparedProject({ test: checks });
    const { port } = project;
    const data = path.join(path.dirname(project.root), 'data');
    // Its own user has to get there.
    for (const folder of [path.dirname(project.root)]) chmodSync(folder, 0o777);
    project.write({
      'nemesis.config.yaml': project
        .read('nemesis.config.yaml')
        .replace(`PORT: '${port}'`, `DATA: ${JSON.stringify(data)}`)
        .replace('ready: { port', `ready: { port`),
      'db/server.js': START(port),
      'db/seed.js': SQL(
        port,
        `import { appendFileSync } from 'node:fs';
for (let left = 100; psql('select 1').status !== 0 && left > 0; left -= 1) await new Promise((r) => setTimeout(r, 100));
psql('create table prices (sku text)'); psql("insert into prices values ('a'), ('b')");
appendFileSync(process.env.NEMESIS_ENV, 'DATABASE_URL=postgres://owner@127.0.0.1:${port}/postgres\\n');`,
      ),
      'db/teardown.js': SQL(
        port,
        `import { appendFileSync } from 'node:fs';
appendFileSync('story.log', 'rows at the end: ' + psql('select count(*) from prices').stdout);`,
      ),
    });
    return project;
  }

  test('is seeded, asked by the tests, and gone', async () => {
    const checks = SQL(
      0,
      `import assert from 'node:assert';
import test from 'node:test';
import { price } from '../shop.js';
assert.equal(price(), 1);
test('has prices', () => assert.equal(psql('select count(*) from prices').stdout.trim(), '2'));`,
    );
    const project = await postgresProject(checks);
    const { code, stdout, stderr } = await project.nemesis(['test:integration']);
    expect(code, stdout + stderr).toBe(0);
    expect(story(project)).toBe('rows at the end: 2\n');
    expect(await isListening(project.port)).toBe(false);
  }, 60_000);

  test('is asked once more and gone after kill -9', async () => {
    const project = await postgresProject(WAITING);
    const { child, ended } = project.start(['test:integration']);
    await eventually('the tests run', () => story(project).includes('tests run'));
    const pid = Number(
      readFileSync(path.join(path.dirname(project.root), 'data/postmaster.pid'), 'utf8').split(
        '\n',
      )[0],
    );
    child.kill('SIGKILL');
    await ended;
    await eventually('it was asked', () => story(project).includes('rows at the end: 2'));
    await eventually(
      'it is gone',
      () =>
        !existsSync(`/proc/${pid}/stat`) ||
        readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '),
    );
    expect(await isListening(project.port)).toBe(false);
  }, 60_000);
});
