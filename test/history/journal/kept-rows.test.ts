import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import type { Stream } from '../../../src/history/journal.ts';
import type { Store } from '../../../src/history/store.ts';
import { openSqlite } from '../../../src/history/stores/sqlite.ts';
import { SQLITE_VERSION } from '../../../src/history/stores/sqlite-schema.ts';
import { verifyStore } from '../../../src/history/verify.ts';
import { bothAnswers, EVER, told } from '../../contracts/rows.ts';
import { failureOf, value } from '../../contracts/store.ts';
import {
  commitOf,
  deploy,
  finish,
  HOUR,
  incident,
  over,
  rollback,
  traffic,
} from '../folds/journal.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const fresh = () => path.join(folder, String((made += 1)), 'history.sqlite');

function sql(file: string, text: string): void {
  const db = new DatabaseSync(file);
  db.exec(text);
  db.close();
}

const history = () =>
  told(
    deploy(0, 'd-1', commitOf('aaa', -HOUR)),
    finish(HOUR, 'd-1'),
    deploy(2 * HOUR, 'd-2', commitOf('bbb', 3 * HOUR)),
    traffic(2 * HOUR, 'd-2'),
    finish(3 * HOUR, 'd-2', 'rolled_back'),
    rollback(4 * HOUR, 'r-1', 'd-1'),
    finish(5 * HOUR, 'r-1'),
    incident(6 * HOUR, 'i-1'),
    over(7 * HOUR, 'i-1'),
    incident(8 * HOUR, 'i-2', 'd-2'),
  );

/** A closed file with such a history in it. */
async function written(): Promise<{ file: string; stream: Stream }> {
  const file = fresh();
  const store = value(await openSqlite(file));
  const { stream, drafts } = history();
  value(await store.append(stream, drafts));
  await store.close();
  return { file, stream };
}

async function expectSame(store: Store, stream: Stream): Promise<void> {
  const { found, expected } = await bothAnswers(store, stream, [EVER]);
  expect(found).toEqual(expected);
}

const TABLES = ['environments', 'deployments', 'incidents', 'days', 'day_times'];

/** What the version before the rows left behind. */
function asFirstVersion(file: string): void {
  sql(file, `${TABLES.map((table) => `DROP TABLE ${table};`).join('')} PRAGMA user_version = 1`);
}

describe('the rows a SQLite history keeps', () => {
  it('answer, and not the events', async () => {
    const { file, stream } = await written();
    sql(file, `UPDATE deployments SET version = '6.6.6' WHERE id = 'd-1'`);
    const store = value(await openSqlite(file));
    const [, , first] = value(await store.deployments({ service: stream.service, limit: 9 }));
    expect(first).toMatchObject({ id: 'd-1', version: '6.6.6' });
    await store.close();
  });

  it('are made for a file of the first version, of which a copy is left', async () => {
    const { file, stream } = await written();
    asFirstVersion(file);
    const store = value(await openSqlite(file));
    expect(store.migrated).toBe(true);
    await expectSame(store, stream);
    expect(value(await verifyStore(store)).sound).toBe(true);
    await store.close();

    const copy = `${file}.v1`;
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(existsSync(`${copy}.part`)).toBe(false);
    const db = new DatabaseSync(copy, { readOnly: true });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
    expect(db.prepare('SELECT count(*) AS count FROM events').get()).toEqual({ count: 10 });
    db.close();
    // Put back in its place it is a whole history again.
    const again = fresh();
    mkdirSync(path.dirname(again));
    copyFileSync(copy, again);
    const restored = value(await openSqlite(again));
    await expectSame(restored, stream);
    await restored.close();
  });

  it('leave no copy of a file that is new', async () => {
    const { file } = await written();
    expect(existsSync(`${file}.v1`)).toBe(false);
    expect(existsSync(`${file}.v0`)).toBe(false);
  });

  it.each([
    ['another version of the fold made them', 'UPDATE environments SET fold = 0'],
    ['they lag behind the events', 'UPDATE environments SET seq = 3'],
    ['they are gone', 'DELETE FROM environments'],
  ])('are folded anew where %s', async (_, text) => {
    const { file, stream } = await written();
    sql(file, `${text}; DELETE FROM deployments; DELETE FROM days; DELETE FROM day_times`);
    const store = value(await openSqlite(file));
    await expectSame(store, stream);
    expect(value(await verifyStore(store)).sound).toBe(true);
    await store.close();

    sql(file, `${text}; DELETE FROM deployments; DELETE FROM days; DELETE FROM day_times`);
    const writer = value(await openSqlite(file));
    value(await writer.append(stream, told(deploy(9 * HOUR, 'd-3')).drafts));
    await expectSame(writer, stream);
    expect(value(await verifyStore(writer)).sound).toBe(true);
    await writer.close();
  });

  it.each([
    ['UPDATE deployments SET lead_ms = 5', 'deployment d-1 has lead_ms 5, the events say'],
    ['DELETE FROM deployments', 'deployment d-1 is missing'],
    [`UPDATE incidents SET title = 'fine' WHERE id = 'i-1'`, 'incident i-1 has title "fine"'],
    [`UPDATE deployments SET id = 'd-9' WHERE id = 'd-1'`, 'no event tells of deployment d-9'],
    [`UPDATE environments SET serving = 'd-2'`, 'environment has serving "d-2"'],
    ['UPDATE days SET failed = 0', 'has failed 0, the events say'],
    ['DELETE FROM day_times', 'bucket'],
  ])('give away who edited them: %s', async (text, said) => {
    const { file, stream } = await written();
    sql(file, text);
    const store = value(await openSqlite(file));
    const report = value(await verifyStore(store));
    expect(report.sound).toBe(false);
    expect(report.medium).toHaveLength(1);
    expect(report.medium[0]).toContain(said);
    expect(report.medium[0]).toContain('history:verify --rebuild');
    value(await store.rebuildRows(stream));
    expect(value(await verifyStore(store))).toMatchObject({ sound: true, medium: [] });
    await expectSame(store, stream);
    await store.close();
  });

  it('that cannot be read any more are made anew by the next event', async () => {
    const { file, stream } = await written();
    sql(file, `UPDATE deployments SET taken_back_by = 'no JSON'`);
    const store = value(await openSqlite(file));
    expect(failureOf(await store.deployments({ service: stream.service, limit: 1 }))).toBe(
      'corrupt',
    );
    expect(value(await verifyStore(store)).sound).toBe(false);
    value(
      await store.append(stream, told(deploy(9 * HOUR, 'd-3'), finish(9 * HOUR, 'd-3')).drafts),
    );
    value(await store.rebuildRows(stream));
    await expectSame(store, stream);
    await store.close();
  });

  it('never keep an event from being added, and say what is broken', async () => {
    const { file, stream } = await written();
    sql(
      file,
      `DROP TRIGGER events_stay; UPDATE events SET body = 'no JSON' WHERE seq = 2;
       UPDATE environments SET fold = 0`,
    );
    const store = value(await openSqlite(file));
    value(await store.append(stream, told(deploy(9 * HOUR, 'd-3')).drafts));
    expect(await store.environments(stream.service)).toMatchObject({
      failure: { kind: 'corrupt', seq: 2 },
    });
    await store.close();
  });

  it('of a newer version are left alone: the events answer', async () => {
    const { file, stream } = await written();
    sql(file, `DROP TABLE deployments; PRAGMA user_version = ${SQLITE_VERSION + 1}`);
    const store = value(await openSqlite(file));
    await expectSame(store, stream);
    expect(value(await verifyStore(store)).sound).toBe(true);
    await store.close();
  });

  // Root may write everywhere, so it becomes somebody else for a moment.
  const asNobody = process.getuid?.() === 0;

  it.each(['now', 'before there were rows'])(
    'of a place that cannot be written answer as well: left there %s',
    async (when) => {
      const { file, stream } = await written();
      if (when !== 'now') asFirstVersion(file);
      for (const end of ['', '-wal', '-shm'])
        if (existsSync(file + end)) chmodSync(file + end, 0o444);
      chmodSync(path.dirname(file), 0o555);
      chmodSync(folder, 0o755);
      if (asNobody) process.seteuid?.(65_534);
      try {
        const store = value(await openSqlite(file));
        await expectSame(store, stream);
        expect(failureOf(await store.rebuildRows(stream))).toBe('read_only');
        expect(value(await verifyStore(store)).sound).toBe(true);
        await store.close();
      } finally {
        if (asNobody) process.seteuid?.(0);
        chmodSync(path.dirname(file), 0o755);
      }
    },
  );
});
