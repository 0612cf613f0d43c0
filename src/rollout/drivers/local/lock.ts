/**
 * Makes sure that an environment has one daemon. The lock is one of the kernel's on a file, held by SQLite, so that it ends
 * with the process however that ends; a pid in a file would have to be believed.
 */

import { DatabaseSync } from 'node:sqlite';

/** Undefined where another process holds it. Held until this process ends. */
export function takeLock(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

const SQLITE_BUSY = 5;
