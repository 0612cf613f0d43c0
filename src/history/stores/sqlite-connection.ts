/** A connection to a SQLite file that is opened anew where it can no longer be trusted, and waits where others write. */

import type { DatabaseSync } from 'node:sqlite';
import { fail, ok } from '../../failure.ts';
import type { StoreFailure, StoreResult, StoreSettings } from '../store.ts';
import { tryAgain, type Attempt, type Patience } from './patience.ts';
import { eventTable, type EventTable } from './sqlite-events.ts';
import { isBusy, isIo, leavesDoubt, sqliteFailure } from './sqlite-failure.ts';
import { openFile, type Sqlite, type SqliteFile } from './sqlite-file.ts';
import { keptRows, type Kept } from './sqlite-kept.ts';
import { leaseTable, type LeaseTable } from './sqlite-lease.ts';

/** An open file with its statements. */
export interface Handle {
  readonly file: SqliteFile;
  readonly db: DatabaseSync;
  readonly leases: LeaseTable;
  readonly events: EventTable;
  /** Absent where the tables are newer than what is known here. */
  readonly kept: Kept | undefined;
}

export interface Connection {
  readonly reading: <T>(work: (handle: Handle) => T) => Promise<StoreResult<T>>;
  /** All of `work` sees the same moment. */
  readonly atOnce: <T>(work: (handle: Handle) => T) => Promise<StoreResult<T>>;
  /** In a transaction that nobody else writes in; a failure of `work` takes it back. */
  readonly writing: <T>(work: (handle: Handle) => StoreResult<T>) => Promise<StoreResult<T>>;
  /** Closes it; the next use opens it again. */
  readonly drop: () => void;
  /** For good: the process ends. */
  readonly leave: () => void;
}

export function connection(sqlite: Sqlite, file: string, settings: StoreSettings): Connection {
  const patience: Patience = {
    budgetMs: settings.patienceMs ?? 10_000,
    firstMs: 5,
    longestMs: 100,
    settings,
  };
  let open: Handle | undefined;

  const reopened = (): StoreResult<Handle> => {
    if (open !== undefined) return ok(open);
    const opened = openFile(sqlite, file);
    if (!opened.ok) return opened;
    const { db } = opened.value;
    try {
      const events = eventTable(db);
      const kept = opened.value.isNewer ? undefined : keptRows(db, events);
      open = { file: opened.value, db, leases: leaseTable(db), events, kept };
      return ok(open);
    } catch (error) {
      opened.value.close();
      throw error;
    }
  };
  const drop = () => {
    open?.file.close();
    open = undefined;
  };

  /** Runs `work`, again while the file is locked by others. */
  const patiently = <T>(attempt: () => Attempt<T>): Promise<StoreResult<T>> =>
    tryAgain(patience, () => {
      try {
        return Promise.resolve(attempt());
      } catch (error) {
        if (isIo(error)) drop();
        return Promise.resolve({ result: fail(sqliteFailure(error)), again: isBusy(error) });
      }
    });
  const reading = <T>(work: (handle: Handle) => T) =>
    patiently(() => {
      const handle = reopened();
      return { result: handle.ok ? ok(work(handle.value)) : handle, again: false };
    });

  const atOnce = <T>(work: (handle: Handle) => T) =>
    reading((handle) => {
      const { db } = handle;
      db.exec('BEGIN');
      try {
        return work(handle);
      } finally {
        if (db.isTransaction) db.exec('ROLLBACK');
      }
    });

  /**
   * Runs `work` in a transaction that nobody else writes in. After a commit that failed with an error of the disk
   * nobody knows whether it happened, so the next attempt looks on a fresh handle: `work` begins by looking for what
   * it is about to write. A third attempt only looks.
   */
  const writing = <T>(work: (handle: Handle) => StoreResult<T>): Promise<StoreResult<T>> => {
    let doubt: CommitError | undefined;
    let doubts = 0;
    return patiently<T>(() => {
      try {
        const handle = reopened();
        const refusal = handle.ok ? handle.value.file.noWriting : handle.failure;
        if (!handle.ok || refusal !== undefined) {
          // A place that cannot be written any more does not tell what happened to the commit before.
          const failure = doubt === undefined ? (refusal as StoreFailure) : uncertain(doubt);
          return { result: fail(failure), again: false };
        }
        if (doubt !== undefined) makeDurable(handle.value.db);
        const result = transaction(handle.value.db, () => work(handle.value), doubts < 2);
        return { result: result ?? fail(sqliteFailure(doubt?.cause)), again: false };
      } catch (error) {
        if (error instanceof CommitError) doubt = error;
        else if (doubt === undefined || isBusy(error)) throw error;
        drop();
        doubts += 1;
        return { result: fail(uncertain(doubt)), again: doubts < 3 };
      }
    });
  };

  return { reading, atOnce, writing, drop, leave: () => open?.file.leave() };
}

function uncertain({ cause }: CommitError): StoreFailure {
  return { kind: 'uncertain', message: (cause as Error).message };
}

/** The COMMIT itself failed in a way that does not tell whether it happened. */
class CommitError extends Error {}

/** @returns undefined where `work` had something to write and was not to `commit` it */
function transaction<T>(
  db: DatabaseSync,
  work: () => StoreResult<T>,
  mayCommit: boolean,
): StoreResult<T> | undefined {
  db.exec('BEGIN IMMEDIATE');
  try {
    const before = changes(db);
    const result = work();
    if (!result.ok) return result;
    if (!mayCommit && changes(db) !== before) return undefined;
    commit(db);
    return result;
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

function changes(db: DatabaseSync): number {
  return Number(db.prepare('SELECT total_changes() AS count').get()?.['count']);
}

function commit(db: DatabaseSync): void {
  try {
    db.exec('COMMIT');
  } catch (error) {
    if (leavesDoubt(error)) throw new CommitError('', { cause: error });
    throw error;
  }
}

/**
 * What is found again after a failed fsync may stand in memory only, and the system does not write it a second time.
 * Moving the log into the file writes it anew and syncs that.
 */
function makeDurable(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA wal_checkpoint(FULL)').get();
  if (row?.['busy'] !== 0)
    throw new CommitError('', { cause: new Error('a reader is in the way') });
}
