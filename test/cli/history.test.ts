/** The commands about the past, on folders of their own. */

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Parts } from '../../src/cli/parts.ts';
import { codeOf } from '../../src/cli/run.ts';
import { openSqlite } from '../../src/history/stores/sqlite.ts';
import { stores } from '../../src/history/stores/index.ts';

const packageRoot = path.resolve(import.meta.dirname, '..', '..');
const NOW = Date.parse('2026-03-10T12:00:00Z');

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function project(config = 'service: shop\n') {
  const top = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-history-')));
  folders.push(top);
  const root = path.join(top, 'shop');
  mkdirSync(root);
  writeFileSync(path.join(root, 'nemesis.config.yaml'), config);
  const file = path.join(root, '.nemesis', 'history.sqlite');
  const ask = async (
    words: string | readonly string[],
    more: { readonly env?: Io['env']; readonly now?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Said> => {
    const said = { out: '', err: '' };
    const io: Io = {
      ...{ columns: 80, outIsTerminal: false, errIsTerminal: false, cwd: root },
      argv: typeof words === 'string' ? words.split(' ') : words,
      env: { HOME: path.join(top, 'home'), USER: 'ada', ...more.env },
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
      now: () => more.now ?? NOW,
      sleep: () => Promise.resolve(),
      signal: more.signal ?? new AbortController().signal,
    };
    const nothing = () => Promise.reject(new Error('nothing is measured here'));
    const parts: Parts = {
      ...{ packageRoot, version: '1.2.3', build: undefined },
      ...{ runners: nothing, custom: nothing, engine: nothing },
      sources: async () => (await import('../../src/measure/runners.ts')).runners,
      stores: () =>
        Promise.resolve({
          ...stores,
          postgres: (url, settings) => stores.postgres(url, { ...settings, patienceMs: 200 }),
        }),
    };
    return { code: await codeOf(io, parts, commands), ...said };
  };
  const record = async (words: string): Promise<string> => {
    const { code, out, err } = await ask(`deploy:record --json --env production ${words}`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return (JSON.parse(out) as { deployment: string }).deployment;
  };
  const open = async (words: string): Promise<string> => {
    const { code, out } = await ask(`incident:open --json --env production ${words}`);
    expect(code).toBe(0);
    return (JSON.parse(out) as { incident: string }).incident;
  };
  return { top, root, file, ask, record, open };
}

const git = (cwd: string, ...argv: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...argv], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, GIT_COMMITTER_DATE: '2026-03-09T12:00:00Z' },
  }).trim();

const json = <T>({ out }: Said): T => JSON.parse(out) as T;

/** Put together here, so that no scanner takes it for the address of a real database. */
function signedIn(password: string, rest: string): string {
  return ['postgres:/', `/me:${password}`, '@', rest].join('');
}

describe('before anything is recorded', () => {
  test.each([
    ['deploy:history', 'no data: no deployment of shop is recorded'],
    ['deploy:status', 'no data: nothing is recorded of shop'],
    ['metrics:delivery', 'no data: nothing is recorded of shop'],
    ['history:verify', 'nothing is recorded yet'],
  ])('%s says so, and makes no file', async (command, said) => {
    const { ask, root } = project();
    expect(await ask(command)).toEqual({ code: 0, out: `${said}\n`, err: '' });
    expect(existsSync(path.join(root, '.nemesis'))).toBe(false);
  });
});

describe('deploy:record', () => {
  test('a deployment stands in history, status and metrics', async () => {
    const { ask, record, root } = project();
    git(root, 'init', '--quiet');
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--message', 'first');
    const sha = git(root, 'rev-parse', 'HEAD');
    const id = await record(
      `--release 1.9.0 --commit ${sha.slice(0, 8)} --started 2026-03-10T11:00:00Z --finished 2026-03-10T11:12:30Z`,
    );
    const { deployments } = json<{ deployments: Record<string, unknown>[] }>(
      await ask('deploy:history --json'),
    );
    expect(deployments).toMatchObject([
      {
        ...{ id, version: '1.9.0', status: 'succeeded', environment: 'production' },
        ...{ commit: sha, committed_at: Date.parse('2026-03-09T12:00:00Z'), rollback_count: 0 },
      },
    ]);
    const { out } = await ask('deploy:history');
    expect(out).toContain(
      `2026-03-10 11:00  production  1.9.0    succeeded  12 m 30 s  0      ${id.slice(0, 8)}`,
    );
    expect((await ask('deploy:status')).out).toContain('serves      1.9.0 since 2026-03-10 11:12');
    const metrics = await ask('metrics:delivery --window 7d');
    expect(metrics.out).toContain('lead time             23 h 12 m (median of 1)');
    expect(metrics.out).toContain(`from ${id.slice(0, 8)}`);
    expect(metrics.out).toContain('recovery time         no data (0 recoveries)');
  });

  test('a rollback takes back what it names', async () => {
    const { ask, record } = project();
    const first = await record('--release 1.0.0 --finished 2026-03-10T10:00:00Z');
    const second = await record('--release 1.1.0 --finished 2026-03-10T11:00:00Z');
    const back = `--release 1.0.0 --takes-back ${second.slice(0, 8)} --finished 2026-03-10T11:10:00Z`;
    await record(back);
    const { deployments } = json<{ deployments: Record<string, unknown>[] }>(
      await ask('deploy:history --json --last 2'),
    );
    expect(deployments).toMatchObject([
      { kind: 'rollback', takes_back: second, previous: second },
      { kind: 'deploy', id: second, previous: first, rollback_count: 1, failed: true },
    ]);
    const { deliveries } = json<{ deliveries: Record<string, unknown>[] }>(
      await ask('metrics:delivery --json'),
    );
    expect(deliveries[0]).toMatchObject({ change_failure_rate: { rate: 0.5 } });
  });

  test('one that was rolled back was failing from when that was seen', async () => {
    const { ask, record } = project();
    await record(
      '--release 1.1.0 --status rolled_back --finished 2026-03-10T11:10:00Z --detected 2026-03-10T11:00:00Z',
    );
    const { out } = await ask('metrics:delivery');
    expect(out).toContain('deployment frequency  no data (0 deployments)');
    expect(out).toContain('change failure rate   100 % (1 of 1)');
    expect(out).toContain('recovery time         10 m 0 s (median of 1)');
  });

  test.each([
    ['--release 1.0.0', '--env is missing'],
    ['--env production', '--release is missing'],
    ['--env -- --release 1.0.0', '--env'],
    ['--env a/b --release 1.0.0', '`a/b` is no name of an environment'],
    ['--env x --release 1.0.0 --status fine', 'there is no status `fine`'],
    ['--env x --release 1.0.0 --finished yesterday', '--finished takes a date with its zone'],
    ['--env x --release 1.0.0 --finished 2026-02-30T10:00:00Z', '--finished takes a date'],
    ['--env x --release 1.0.0 --started 2026-03-01T10:00:00', '--started takes a date with its'],
    ['--env x --release 1.0.0 --finished 2026-04-01T10:00:00Z', '--finished has not come yet'],
    ['--env x --release 1.0.0 --committed-at soon', '--committed-at takes a date'],
    [
      '--env x --release 1.0.0 --started 2026-03-02 --finished 2026-03-01',
      '--started is after --finished',
    ],
    ['--env x --release 1.0.0 --detected 2026-03-01', '--detected is for one that did not'],
    [
      '--env x --release 1 --status failed --finished 2026-03-01 --detected 2026-03-02',
      '--detected is after --finished',
    ],
    ['--env x --release 1.0.0 --commit --help-me', '--commit'],
    ['--env x --release 1.0.0 --commit main', '--commit takes the id of a commit'],
    ['--env x --release 1.0.0 --commit abcdef12', 'git does not know the commit abcdef12 here'],
    ['--env x --release 1.0.0 --takes-back nothing', 'there is no deployment `nothing` in x'],
    [`--env x --release ${'9'.repeat(201)}`, '--release is longer than 200 characters'],
    ['--env x --release 1\u001b[2J', '--release holds control characters'],
  ])('asked wrongly: %j', async (words, said) => {
    const { ask } = project();
    const { code, out, err } = await ask(`deploy:record ${words}`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
    expect(err).not.toContain('\u001b');
    expect((await ask('deploy:history')).out).toContain('no data');
  });
});

describe('incidents', () => {
  test('one opens, blocks, is shown as open, and closes', async () => {
    const { ask, record, open } = project();
    const id = await record('--release 1.0.0 --finished 2026-03-10T09:00:00Z');
    const incident = await open('--severity critical --title slow --since 2026-03-10T10:00:00Z');
    const status = await ask('deploy:status');
    expect(status.out).toMatch(
      /^ {2}BLOCKING {4}critical incident \w{8}: slow, open for 2 h 0 m$/m,
    );
    const metrics = await ask('metrics:delivery');
    expect(metrics.out).toContain('1 open, 2 h 0 m so far');
    expect(metrics.out).toContain(`open ${id.slice(0, 8)}`);
    const closed = await ask(`incident:close ${incident.slice(0, 8)} --at 2026-03-10T10:30:00Z`);
    expect(closed.out).toBe(`closed incident ${incident} in production after 30 m 0 s\n`);
    const after = await ask('metrics:delivery');
    expect(after.out).toContain('recovery time         30 m 0 s (median of 1)');
    const again = await ask(`incident:close ${incident}`);
    expect(again.code).toBe(2);
    expect(again.err).toContain('was closed already');
  });

  test.each([
    ['incident:close nowhere', 'there is no incident `nowhere` of shop\n  none is open'],
    ['incident:close', "missing required argument 'incident'"],
    ['incident:open --severity critical', '--env is missing'],
    ['incident:open --env x', '--severity takes critical or warning'],
    ['incident:open --env x --severity bad', '--severity takes critical or warning'],
    ['incident:open --env x --severity warning --since 12:00', '--since takes a date'],
    [
      'incident:open --env x --severity warning --deployment d-1',
      'there is no deployment `d-1` in x',
    ],
  ])('asked wrongly: %s', async (words, said) => {
    const { code, out, err } = await project().ask(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(said);
  });

  test('nothing closes before it opened', async () => {
    const { ask, open } = project();
    const incident = await open('--severity warning');
    const { code, err } = await ask(`incident:close ${incident} --at 2026-03-01`);
    expect(code).toBe(2);
    expect(err).toContain('--at is before the incident was opened');
  });
});

describe('deploy:history', () => {
  test('is narrowed by --last, --since and --env, and fits 80 columns', async () => {
    const { ask, record } = project();
    for (const day of ['01', '02', '03']) {
      const version = `2.0.0-rc.${day}+${'x'.repeat(60)}`;
      await record(`--release ${version} --finished 2026-03-${day}T10:00:00Z --status rolled_back`);
    }
    const shown = async (words: string) =>
      (await ask(`deploy:history ${words}`)).out.split('\n').length - 2;
    expect(await shown('--last 2')).toBe(2);
    expect(await shown('--since 2026-03-02')).toBe(2);
    expect(await shown('--since 9d')).toBe(2);
    expect(await shown('--env production')).toBe(3);
    expect((await ask('deploy:history --env staging')).out).toContain('no data');
    expect((await ask('deploy:history --service other')).out).toContain('deployment of other');
    const { out } = await ask('deploy:history');
    expect(out).toContain('rolled back');
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    ['deploy:history --last 0', '--last takes a number from 1 to 1000'],
    ['deploy:history --since x', '--since takes a date or a span'],
    ['metrics:delivery --window 3', '--window takes a span of time'],
    ['deploy:status --env /', '`/` is no name of an environment'],
  ])('asked wrongly: %s', async (words, said) => {
    const { code, err } = await project().ask(words);
    expect(code).toBe(2);
    expect(err).toContain(said);
  });
});

describe('history:verify', () => {
  test('a sound history', async () => {
    const { ask, record } = project();
    await record('--release 1.0.0');
    const { code, out } = await ask('history:verify');
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {6}shop in production: 2 events, ends in \w{12}\nsound: 2 events/);
  });

  test('an event that was changed: no, with its number', async () => {
    const { ask, record, file } = project();
    await record('--release 1.0.0');
    edit(file, `UPDATE events SET actor = 'eve' WHERE seq = 2`);
    const { code, out } = await ask('history:verify');
    expect(code).toBe(1);
    expect(out).toContain('BROKEN  shop in production, at event 2: it was changed');
    const report = json<{ sound: boolean; streams: { problem: { seq: number } }[] }>(
      await ask('history:verify --json'),
    );
    expect(report).toMatchObject({ sound: false, streams: [{ problem: { seq: 2 } }] });
    expect((await ask('history:verify --accept')).code).toBe(1);
  });

  test('a history that was put away: no, nothing is added, until somebody accepts it', async () => {
    const { ask, record, file } = project();
    await record('--release 1.0.0');
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    const { code, out } = await ask('history:verify');
    expect(code).toBe(1);
    expect(out).toContain('BROKEN  shop in production is gone; event 2 was seen here before');
    const read = await ask('deploy:history');
    expect(read.code).toBe(0);
    expect(read.err).toContain('nemesis: the history of shop in production was cut since');
    const refused = await ask('deploy:record --env production --release 1.0.1');
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('was cut since it was seen last\n  look into it');
    expect((await ask('history:verify --accept')).code).toBe(0);
    await record('--release 1.0.1');
  });

  test('what is kept beside the events and was edited: no, until it is made anew', async () => {
    const { ask, record, file } = project();
    const id = await record('--release 1.0.0');
    edit(file, `UPDATE deployments SET version = '6.6.6'`);
    expect((await ask('deploy:history')).out).toContain('6.6.6');
    const { code, out } = await ask('history:verify');
    expect(code).toBe(1);
    expect(out).toContain(
      `BROKEN  the store: what is kept of shop in production is not what its events say: deployment ${id} has version "6.6.6", the events say "1.0.0"; nemesis history:verify --rebuild folds it anew`,
    );
    expect((await ask('history:verify --accept')).code).toBe(1);
    expect((await ask('history:verify --rebuild')).code).toBe(0);
    expect((await ask('deploy:history')).out).toContain('1.0.0');
  });

  test('a file that is no database: no', async () => {
    const { ask, file } = project();
    mkdirSync(path.dirname(file));
    writeFileSync(file, 'no database at all, '.repeat(100));
    const { code, out } = await ask('history:verify');
    expect(code).toBe(1);
    expect(out).toContain('BROKEN  the store: the history cannot be used: it is damaged');
    const other = await ask('deploy:history');
    expect({ code: other.code, out: other.out }).toEqual({ code: 3, out: '' });
    expect(other.err).toContain('nemesis history:verify says where');
    expect(other.err).not.toMatch(/ at .*\.ts:/);
  });
});

/** As somebody would who has the file, and not nemesis. */
function edit(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  const triggers = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER "${String(name)}"`);
  db.exec(sql);
  db.close();
}

describe('export and import', () => {
  test('what one store exports another has', async () => {
    const { ask, record, top } = project();
    await record('--release 1.0.0');
    const exported = await ask('history:export');
    const lines = path.join(top, 'lines.jsonl');
    writeFileSync(lines, exported.out);
    const env = { NEMESIS_STORE: `sqlite:${path.join(top, 'other.sqlite')}` };
    const imported = await ask(['history:import', lines], { env });
    expect(imported).toEqual({ code: 0, out: 'read 2 events\n', err: '' });
    expect((await ask('history:export', { env })).out).toBe(exported.out);
    const again = await ask(['history:import', lines], { env });
    expect(again.out).toBe('read 2 events, 2 of them were here already\n');
  });

  test('a line that was changed, one that is none, a file that is not there', async () => {
    const { ask, record, top } = project();
    await record('--release 1.0.0');
    const lines = path.join(top, 'lines.jsonl');
    const env = { NEMESIS_STORE: path.join(top, 'other.sqlite') };
    const { out } = await ask('history:export');
    const importing = async (text: string) => {
      writeFileSync(lines, text);
      const { code, err } = await ask(['history:import', lines], { env });
      expect(code).toBe(2);
      return err;
    };
    expect(await importing(out.replace('1.0.0', '6.6.6'))).toContain(
      'line 2 of the export: event 1',
    );
    expect(await importing(`${out}{`)).toContain('line 4 of the export: this line is no JSON');
    expect(await importing('{}\n')).toContain('not a history nemesis has exported');
    const missing = await ask(['history:import', path.join(top, 'nothing')], { env });
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('the export cannot be read');
  });

  test('a store with another history is left alone', async () => {
    const [one, other] = [project(), project()];
    await one.record('--release 1.0.0');
    await other.record('--release 2.0.0');
    const lines = path.join(one.top, 'lines.jsonl');
    writeFileSync(lines, (await one.ask('history:export')).out);
    const { code, err } = await other.ask(['history:import', lines]);
    expect(code).toBe(3);
    expect(err).toContain('import it into an empty store instead');
  });
});

test('deploy:status says what runs, in which stage and for how long', async () => {
  const { ask, record, file } = project();
  await record('--release 1.0.0 --finished 2026-03-10T09:00:00Z');
  const opened = await openSqlite(file);
  if (!opened.ok) throw new Error(opened.failure.kind);
  const release = { version: '1.1.0', commit: null, committed_at: null, artifact: null };
  const deployment = 'd-2';
  const who = { actor: 'ci', host: 'h1' };
  const at = Date.parse('2026-03-10T11:00:00Z');
  const start = { deployment, kind: 'deploy', release, hotfix: false };
  const stage = { deployment, stage: 'batch 2 of 4' };
  await opened.value.append({ service: 'shop', environment: 'production' }, [
    { ...who, id: 'e-1', type: 'deployment_started', at, body: start },
    { ...who, id: 'e-2', type: 'deployment_stage', at: at + 57 * 60_000, body: stage },
    { ...who, id: 'e-3', type: 'from_another_version', at, body: {} },
  ]);
  await opened.value.close();
  const { out } = await ask('deploy:status');
  expect(out).toContain('running     1.1.0, stage batch 2 of 4 for 3 m 0 s, by ci');
  expect(out).toContain('note        1 event fitted no record: a type this version does not know');
  const status = json<{ environments: object[] }>(await ask('deploy:status --json'));
  expect(status.environments).toMatchObject([
    { environment: 'production', running: [{ id: 'd-2', in_stage_ms: 180_000 }], lock: null },
  ]);
  expect((await ask('deploy:history')).out).toMatch(/1\.1\.0 +running +- +0 +d-2/);
});

describe('deploy:unlock', () => {
  test('only with the id of the lock', async () => {
    const { ask, record, file } = project();
    await record('--release 1.0.0');
    const opened = await openSqlite(file);
    if (!opened.ok) throw new Error(opened.failure.kind);
    const lock = { id: 'lock-1', owner: 'ci', host: 'h1', step: 'canary', ttlMs: 60_000 };
    await opened.value.acquire({ service: 'shop', environment: 'production' }, lock);
    await opened.value.close();
    const status = await ask('deploy:status', { now: Date.now() });
    expect(status.out).toMatch(/lock +ci on h1, at canary, last seen \d+ s ago\n +id lock-1/);
    const wrong = await ask('deploy:unlock lock-2');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('there is no lock `lock-2` of shop\n  nemesis deploy:status');
    const right = await ask('deploy:unlock lock-1');
    expect(right.out).toBe('unlocked production; it was held by ci on h1\n');
    expect((await ask('deploy:unlock lock-1')).err).toContain('nothing is locked');
  });
});

describe('where the history is', () => {
  test('the config names a file, or a variable that does', async () => {
    const named = project('service: shop\nstore: sqlite:past.db\n');
    await named.record('--release 1.0.0');
    expect(existsSync(path.join(named.root, 'past.db'))).toBe(true);
    expect(existsSync(named.file)).toBe(false);
    const byName = project('service: shop\nstore: { env: PAST }\n');
    const env = { PAST: path.join(byName.top, 'past.db') };
    expect((await byName.ask('deploy:record --env x --release 1', { env })).code).toBe(0);
    expect(readFileSync(env.PAST).subarray(0, 6).toString()).toBe('SQLite');
    const unset = await byName.ask('deploy:history');
    expect(unset.code).toBe(2);
    expect(unset.err).toContain('the environment variable PAST, which `store` names, is not set');
  });

  test.each([
    ['mysql://x', {}, 2, 'no store is called `mysql`'],
    [signedIn('s3cr3t', 'db/x'), {}, 2, 'holds a password, which does not belong in a file'],
    ['postgres://db/x?password=s3cr3t', {}, 2, 'holds a password, which does not belong in a'],
    ['[a]', {}, 2, 'expected a place such as'],
    ['{ env: "1" }', {}, 2, 'expected a name'],
  ])('store: %s', async (store, env, code, said) => {
    const answer = await project(`service: shop\nstore: ${store}\n`).ask('deploy:history', { env });
    expect(answer.code).toBe(code);
    expect(answer.err).toContain(said);
    expect(answer.err).not.toContain('s3cr3t');
  });

  test('a server that cannot be reached: undecided, and no password is shown', async () => {
    const { ask } = project();
    const env = { NEMESIS_STORE: signedIn('s3%21cr3t', '127.0.0.1:1/x') };
    const { code, out, err } = await ask('deploy:history', { env });
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('nemesis: the history cannot be used: ');
    expect(err).not.toMatch(/s3.{0,3}cr3t/);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s while a server is waited for ends it', async (name, code) => {
    const env = { NEMESIS_STORE: 'postgres://127.0.0.1:1/x' };
    const answer = await project().ask('deploy:status', { env, signal: AbortSignal.abort(name) });
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.err).toContain(`interrupted by ${name}`);
  });

  test('an address nobody can read: undecided, and no password is shown', async () => {
    const env = { NEMESIS_STORE: signedIn('s3cr3t', 'a b:99999999/x') };
    const { code, err } = await project().ask('deploy:status', { env });
    expect(code).toBe(3);
    expect(err).not.toContain('s3cr3t');
    expect(err).not.toContain('defect');
  });

  test('a state folder that cannot be written: undecided', async () => {
    const { ask, root } = project();
    writeFileSync(path.join(root, '.nemesis'), 'a file');
    const { code, err } = await ask('deploy:record --env production --release 1.0.0');
    expect(code).toBe(3);
    expect(err).toContain('.nemesis cannot be written');
    const read = await ask('deploy:history');
    expect(read.code).toBe(0);
  });

  test('a place where nothing can be written: undecided, and what was there stays', async () => {
    const { ask, record } = project();
    await record('--release 1.0.0');
    const env = { NEMESIS_STORE: path.join('/proc', 'history.sqlite') };
    const { code, err } = await ask('deploy:record --env production --release 1.0.0', { env });
    expect(code).toBe(3);
    expect(err).toContain('the history cannot be used: ');
    expect((await ask('deploy:history')).out).toContain('1.0.0');
  });
});
