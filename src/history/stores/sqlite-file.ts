/** Opening a SQLite file: made where there is none, brought to the newest version, copied where it cannot be written. */

import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type * as NodeSqlite from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '../../config/make-folder.ts';
import { fail, ok } from '../../failure.ts';
import type { StoreFailure, StoreResult } from '../store.ts';
import { cannotWrite, hasNoRoom, sqliteFailure } from './sqlite-failure.ts';
import { APPLICATION_ID, migrationFrom, SQLITE_VERSION } from './sqlite-schema.ts';

export type Sqlite = typeof NodeSqlite;

export interface SqliteFile {
  readonly db: DatabaseSync;
  readonly path: string;
  /** Why nothing can be written through it; absent where it can. */
  readonly noWriting?: StoreFailure;
  /** Did this opening bring the file to the newest version? */
  readonly migrated: boolean;
  /** Tables a newer version has made: only what they had from the first can be read. */
  readonly isNewer: boolean;
  close(): void;
  /**
   * The process ends: what was committed is durable in the log, and a short one stays there for whoever comes next. To
   * close would move it into the file, and wait for the disk twice.
   */
  leave(): void;
}

/** A longer log is not left to the next one, who would have to read all of it. */
const LONGEST_LOG_BYTES = 500_000;

/** How long SQLite itself waits for a lock. Short, because it waits with the whole process; the store waits on. */
const LOCK_WAIT_MS = 50;

/** Opens for writing; where the place cannot be written, a copy of it for reading. */
export function openFile(sqlite: Sqlite, file: string): StoreResult<SqliteFile> {
  let opened: SqliteFile | undefined;
  try {
    const remote = remoteFolder(path.dirname(file));
    if (remote !== undefined) return fail(remote);
    makeFile(file);
    opened = handle(connect(sqlite, file), file);
    return prepare(sqlite, opened);
  } catch (error) {
    opened?.close();
    if ((cannotWrite(error) || hasNoRoom(error)) && existsSync(file))
      return openCopy(sqlite, file, error as Error);
    throw error;
  }
}

function handle(db: DatabaseSync, file: string, more: Partial<SqliteFile> = {}): SqliteFile {
  return {
    db,
    path: file,
    migrated: false,
    isNewer: false,
    close: () => closeQuietly(db),
    leave: () => {
      const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
      if (log !== undefined && log.size > LONGEST_LOG_BYTES) closeQuietly(db);
    },
    ...more,
  };
}

function connect(sqlite: Sqlite, file: string): DatabaseSync {
  // With the timeout set later, a dozen processes that start together fail on the first lock.
  const db = new sqlite.DatabaseSync(file, { timeout: LOCK_WAIT_MS });
  db.exec('PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL');
  return db;
}

/** 0600, and the journal beside it takes the same mode. */
function makeFile(file: string): void {
  if (existsSync(file)) return;
  makeFolder(path.dirname(file), 0o700);
  closeSync(openSync(file, 'a', 0o600));
}

/** Brings the file to the newest version; a newer one is left alone, to be read only. */
function prepare(sqlite: Sqlite, file: SqliteFile): StoreResult<SqliteFile> {
  const before = ownership(file.db);
  if (!before.ok) {
    file.close();
    return before;
  }
  if (before.value > SQLITE_VERSION)
    return ok({
      ...file,
      isNewer: true,
      noWriting: { kind: 'newer_schema', found: before.value, known: SQLITE_VERSION },
    });
  file.db.exec('PRAGMA journal_mode = WAL');
  return ok({ ...file, migrated: before.value < SQLITE_VERSION && migrate(sqlite, file) });
}

/** @returns the version of the tables; 0 for a fresh file */
function ownership(db: DatabaseSync): StoreResult<number> {
  const id = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  if (id === APPLICATION_ID) return ok(version);
  const tables = db.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as {
    count: number;
  };
  if (id === 0 && tables.count === 0) return ok(0);
  return fail({ kind: 'not_ours', message: 'the file is the database of another program' });
}

function pragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0] as number;
}

/**
 * All steps in one transaction. Of several processes that start together, one does it and the others find it done. A
 * file with a history in it is copied first, while nobody else can write to it.
 */
function migrate(sqlite: Sqlite, { db, path: file }: SqliteFile): boolean {
  db.exec('BEGIN IMMEDIATE');
  try {
    const from = pragma(db, 'user_version');
    if (from > 0 && from < SQLITE_VERSION) keepCopy(sqlite, file, `${file}.v${from}`);
    if (from < SQLITE_VERSION) bringUp(db, from);
    db.exec('COMMIT');
    return from < SQLITE_VERSION;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function bringUp(db: DatabaseSync, from: number): void {
  db.exec(migrationFrom(from));
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SQLITE_VERSION}`);
}

/** The whole copy or none: what an attempt that was interrupted has left is overwritten. */
function keepCopy(sqlite: Sqlite, file: string, copy: string): void {
  const draft = `${copy}.part`;
  rmSync(draft, { force: true });
  // SQLite fills an empty file, and would make one that anybody may read.
  const open = openSync(draft, 'wx', 0o600);
  const reader = new sqlite.DatabaseSync(file, { readOnly: true, timeout: LOCK_WAIT_MS });
  try {
    reader.prepare('VACUUM INTO ?').run(draft);
    fsyncSync(open);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeQuietly(reader);
    closeSync(open);
  }
  renameSync(draft, copy);
}

/**
 * SQLite reads a write-ahead log only where it may write beside it, and with `immutable` it would pass over what
 * stands in the log. So the file and its log are copied to where writing is possible.
 */
function openCopy(sqlite: Sqlite, file: string, why: Error): StoreResult<SqliteFile> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-history-'));
  const discard = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = path.join(folder, 'history.sqlite');
    copySettled(file, copy);
    const db = connect(sqlite, copy);
    const close = () => {
      closeQuietly(db);
      discard();
    };
    const message = `${file} cannot be written: ${why.message}`;
    const kind = hasNoRoom(why) ? 'full' : 'read_only';
    const opened = handle(db, copy, { noWriting: { kind, message }, close, leave: close });
    const owned = ownership(db);
    if (owned.ok && owned.value > 0) {
      if (owned.value < SQLITE_VERSION) bringUp(db, owned.value);
      return ok({ ...opened, isNewer: owned.value > SQLITE_VERSION });
    }
    close();
    return owned.ok ? fail({ kind: 'read_only', message }) : owned;
  } catch (error) {
    discard();
    return fail(sqliteFailure(error));
  }
}

/** Copies both files at one moment: again, while somebody writes. */
function copySettled(file: string, copy: string): void {
  const pairs = ['', '-wal'].map((end) => [file + end, copy + end] as const);
  const state = () =>
    JSON.stringify(
      pairs.map(([from]) => {
        const stat = statSync(from, { throwIfNoEntry: false, bigint: true });
        return stat && [String(stat.size), String(stat.mtimeNs)];
      }),
    );
  for (let round = 0; round < 5; round += 1) {
    const before = state();
    for (const [from, to] of pairs) {
      rmSync(to, { force: true });
      if (!existsSync(from)) continue;
      copyFileSync(from, to);
      // What could not be written there can be here: an older version is brought further.
      chmodSync(to, 0o600);
    }
    if (state() === before) return;
  }
}

/** Magic numbers of statfs(2) for file systems whose locks other machines do not see. */
const REMOTE = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
]);

function remoteFolder(folder: string): StoreFailure | undefined {
  if (!existsSync(folder)) return undefined;
  const name = REMOTE.get(statfsSync(folder).type >>> 0);
  if (name === undefined) return undefined;
  const message = `${folder} lies on ${name}, where SQLite cannot lock; use a postgres:// store`;
  return { kind: 'unreachable', message };
}

/** The last connection to close moves the log into the file, which can fail; the log then stays for the next one. */
function closeQuietly(db: DatabaseSync): void {
  try {
    if (db.isOpen) db.close();
  } catch {
    // nothing is lost: what was committed stands in the log
  }
}
