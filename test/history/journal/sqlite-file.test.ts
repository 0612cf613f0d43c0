import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { StoreClock } from '../../../src/history/store.ts';
import { openSqlite } from '../../../src/history/stores/sqlite.ts';
import { APPLICATION_ID, SQLITE_VERSION } from '../../../src/history/stores/sqlite-schema.ts';
import { verifyStore } from '../../../src/history/verify.ts';
import { draft, failureOf, PAYMENTS, request, value } from '../../contracts/store.ts';
import { finish, workerArgs } from '../../faults/run-worker.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-sqlite-'));
afterAll(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;
const fresh = () => path.join(folder, String((made += 1)), 'history.sqlite');

function sql(file: string, text: string): void {
  const db = new DatabaseSync(file);
  db.exec(text);
  db.close();
}

describe('a SQLite history', () => {
  it('is durable, private and marked as ours', async () => {
    const file = fresh();
    const store = value(await openSqlite(file));
    expect(store.migrated).toBe(true);
    value(await store.append(PAYMENTS, [draft('a')]));
    for (const name of ['', '-wal', '-shm']) expect(statSync(file + name).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    const db = new DatabaseSync(file);
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('application_id')).toBe(APPLICATION_ID);
    expect(pragma('user_version')).toBe(SQLITE_VERSION);
    expect(() => db.exec(`UPDATE events SET actor = 'mallory'`)).toThrow('append-only');
    expect(() => db.exec('DELETE FROM events')).toThrow('append-only');
    db.close();
    await store.close();
    expect(value(await openSqlite(file)).migrated).toBe(false);
  });

  it('is made by exactly one of several processes that start together', async () => {
    const file = fresh();
    const all = await Promise.all(
      [1, 2, 3, 4].map((n) => finish(workerArgs('open', file, `w${n}`))),
    );
    expect(all.map(({ stderr }) => stderr).join('')).toBe('');
    const migrated = all.flatMap(({ lines }) => lines).filter((line) => line.migrated);
    expect(migrated).toHaveLength(1);
  });

  it('is waited for while another process writes, and then given up', async () => {
    const file = fresh();
    const store = value(await openSqlite(file, { patienceMs: 1_000 }));
    const db = new DatabaseSync(file);
    db.exec('BEGIN IMMEDIATE');
    const refused = await store.append(PAYMENTS, [draft('a')]);
    expect(failureOf(refused)).toBe('busy');
    const waiting = store.append(PAYMENTS, [draft('a')]);
    setTimeout(() => db.exec('COMMIT'), 50);
    expect(value(await waiting)).toHaveLength(1);
    db.close();
    await store.close();
  });

  it('stops waiting when it is told to', async () => {
    const file = fresh();
    const aborted = AbortSignal.abort();
    const store = value(await openSqlite(file, { signal: aborted }));
    const db = new DatabaseSync(file);
    db.exec('BEGIN IMMEDIATE');
    const began = performance.now();
    expect(failureOf(await store.append(PAYMENTS, [draft('a')]))).toBe('busy');
    expect(performance.now() - began).toBeLessThan(5_000);
    db.close();
    await store.close();
  });

  it('of another program is left alone', async () => {
    const named = fresh();
    const unnamed = fresh();
    for (const file of [named, unnamed]) mkdirSync(path.dirname(file));
    sql(named, 'PRAGMA application_id = 252006674; CREATE TABLE notes (text TEXT)');
    sql(unnamed, 'CREATE TABLE notes (text TEXT)');
    for (const file of [named, unnamed]) {
      const before = readFileSync(file);
      expect(failureOf(await openSqlite(file))).toBe('not_ours');
      expect(readFileSync(file)).toEqual(before);
    }
  });

  it('that is newer is read and not written', async () => {
    const file = fresh();
    const old = value(await openSqlite(file));
    value(await old.append(PAYMENTS, [draft('a')]));
    await old.close();
    sql(file, `PRAGMA user_version = ${SQLITE_VERSION + 1}`);
    const store = value(await openSqlite(file));
    expect(await store.append(PAYMENTS, [draft('b')])).toMatchObject({
      failure: { kind: 'newer_schema', found: SQLITE_VERSION + 1, known: SQLITE_VERSION },
    });
    expect(value(await store.read(PAYMENTS, 0, 9))).toHaveLength(1);
    await store.close();
  });

  it.each([
    ['text', 'this is no database, however long it may go on, and on, and on'.repeat(20)],
    ['a lost page', '\0'.repeat(8_192)],
  ])('that is %s is called corrupt', async (_, text) => {
    const file = fresh();
    mkdirSync(path.dirname(file));
    writeFileSync(file, text);
    expect(failureOf(await openSqlite(file))).toBe('corrupt');
  });

  it('that was cut off in the middle is called corrupt, and read as far as it goes', async () => {
    const file = fresh();
    const store = value(await openSqlite(file));
    for (let n = 0; n < 40; n += 1)
      value(await store.append(PAYMENTS, [draft(`e${n}`, { body: { text: 'x'.repeat(500) } })]));
    await store.close();
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length - 8_192));
    const opened = await openSqlite(file);
    if (!opened.ok) {
      expect(opened.failure.kind).toBe('corrupt');
      return;
    }
    expect(value(await verifyStore(opened.value)).sound).toBe(false);
    await opened.value.close();
  });

  it('names the event whose row is broken, and verifies up to it', async () => {
    const file = fresh();
    const store = value(await openSqlite(file));
    value(await store.append(PAYMENTS, [draft('a'), draft('b'), draft('c')]));
    await store.close();
    sql(file, `DROP TRIGGER events_stay; UPDATE events SET body = '{"a": 1}' WHERE seq = 3`);
    const again = value(await openSqlite(file));
    expect(await again.read(PAYMENTS, 0, 9)).toMatchObject({
      failure: { kind: 'corrupt', seq: 3 },
    });
    expect(value(await verifyStore(again))).toMatchObject({
      sound: false,
      streams: [{ head: { seq: 2 }, problem: { seq: 3, differs: 'unreadable' } }],
    });
    await again.close();
  });

  it('that is left, not closed, keeps a short log and moves a long one into the file', async () => {
    const file = fresh();
    const short = value(await openSqlite(file));
    value(await short.append(PAYMENTS, [draft('a')]));
    await short.close(true);
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    const long = value(await openSqlite(file));
    expect(value(await long.read(PAYMENTS, 0, 9)).map(({ id }) => id)).toEqual(['a']);
    const body = { text: 'x'.repeat(600_000) };
    value(await long.append(PAYMENTS, [{ ...draft('b'), body }]));
    await long.close(true);
    await short.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    const again = value(await openSqlite(file));
    expect(value(await again.read(PAYMENTS, 0, 9)).map(({ id }) => id)).toEqual(['a', 'b']);
    await again.close();
  });

  describe('that cannot be written', () => {
    // Root may write everywhere, so it becomes somebody else for a moment.
    const asNobody = process.getuid?.() === 0;

    it('is read from a copy, with what still stands in its log', async () => {
      const file = fresh();
      const writer = value(await openSqlite(file));
      value(await writer.append(PAYMENTS, [draft('a'), draft('b')]));
      expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
      const still = fresh();
      mkdirSync(path.dirname(still));
      for (const end of ['', '-wal']) copyFileSync(file + end, still + end);
      for (const end of ['', '-wal']) chmodSync(still + end, 0o444);
      chmodSync(path.dirname(still), 0o555);
      chmodSync(folder, 0o755);
      if (asNobody) process.seteuid?.(65_534);
      try {
        const before = readdirSync(path.dirname(still));
        const store = value(await openSqlite(still));
        expect(value(await store.read(PAYMENTS, 0, 9)).map(({ id }) => id)).toEqual(['a', 'b']);
        expect(failureOf(await store.append(PAYMENTS, [draft('c')]))).toBe('read_only');
        expect(failureOf(await store.acquire(PAYMENTS, request('l1')))).toBe('read_only');
        await store.close();
        expect(readdirSync(path.dirname(still))).toEqual(before);
        const missing = path.join(path.dirname(still), 'none.sqlite');
        expect(failureOf(await openSqlite(missing))).toBe('read_only');
        expect(existsSync(missing)).toBe(false);
      } finally {
        if (asNobody) process.seteuid?.(0);
        chmodSync(path.dirname(still), 0o755);
        await writer.close();
      }
    });
  });
});

describe('a lease on SQLite', () => {
  function machine() {
    const state = { now: 1_750_000_000_000, uptimeMs: 900_000, boot: 'first' };
    const clock: StoreClock = {
      now: () => state.now,
      uptimeMs: () => state.uptimeMs,
      boot: () => state.boot,
    };
    return { state, clock };
  }

  async function held() {
    const { state, clock } = machine();
    const store = value(await openSqlite(fresh(), { clock }));
    value(await store.acquire(PAYMENTS, request('l1')));
    const take = async (id: string, force = false) =>
      value(await store.acquire(PAYMENTS, request(id, { force })));
    return { state, store, take };
  }

  it('expires after its time', async () => {
    const { state, store, take } = await held();
    state.now += 29_000;
    state.uptimeMs += 29_000;
    expect(await take('l2')).toMatchObject({ kind: 'held' });
    state.now += 1_000;
    state.uptimeMs += 1_000;
    expect(await take('l2')).toMatchObject({ kind: 'granted', lease: { token: 2 } });
    await store.close();
  });

  it.each([
    ['forward', 3_600_000],
    ['far forward', 10 * 365 * 86_400_000],
    ['back', -3_600_000],
  ])('cannot be told to have expired when the clock was set %s', async (_, jump) => {
    const { state, store, take } = await held();
    state.now += jump;
    state.uptimeMs += 100;
    expect(await take('l2')).toMatchObject({ kind: 'held', clockJumped: true, by: { id: 'l1' } });
    // The next heartbeat of a living holder settles it; a person's word does as well.
    value(await store.renew(PAYMENTS, 1, 'verify', 30_000));
    const after = await take('l2');
    expect(after).toMatchObject({ kind: 'held' });
    expect(after).not.toHaveProperty('clockJumped');
    expect(await take('l3', true)).toMatchObject({ kind: 'granted', lease: { token: 2 } });
    await store.close();
  });

  it('goes with its machine: after a restart the wall clock decides', async () => {
    const { state, store, take } = await held();
    state.boot = 'second';
    state.uptimeMs += 5_000;
    state.now += 86_400_000;
    expect(await take('l2')).toMatchObject({ kind: 'granted', from: { id: 'l1' } });
    await store.close();
  });

  it('takes its time from this machine where nobody says otherwise', async () => {
    vi.useRealTimers();
    const store = value(await openSqlite(fresh()));
    expect(Math.abs(value(await store.now()) - Date.now())).toBeLessThan(1_000);
    await store.close();
  });
});
