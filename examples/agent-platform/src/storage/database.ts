import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** One entry per schema version; append only, because data directories outlive versions. */
const MIGRATIONS = [
  `CREATE TABLE users (name TEXT PRIMARY KEY, password_hash TEXT NOT NULL) STRICT;
   CREATE TABLE sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL, ended INTEGER NOT NULL) STRICT;
   CREATE TABLE tokens (
     hash TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
     kind TEXT NOT NULL, expires_at INTEGER NOT NULL, spent INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE INDEX tokens_by_session ON tokens (session);
   CREATE TABLE memory (
     owner TEXT NOT NULL, platform TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
     version INTEGER NOT NULL, written_at INTEGER NOT NULL, PRIMARY KEY (owner, platform, key)
   ) STRICT;
   CREATE TABLE workflows (
     seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, record TEXT NOT NULL
   ) STRICT;
   CREATE TABLE notifications (
     seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, record TEXT NOT NULL
   ) STRICT;`,
];

/** Opens the instance's database and brings its schema up to date. `:memory:` keeps nothing. */
export function openDatabase(dataDir: string): DatabaseSync {
  if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true });
  const database = new DatabaseSync(
    dataDir === ':memory:' ? dataDir : join(dataDir, 'agent-platform.sqlite'),
  );
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;',
  );
  migrate(database);
  return database;
}

/** Throws when the database does not answer. */
export function pingDatabase(database: DatabaseSync): void {
  database.prepare('SELECT 1').get();
}

/** Runs `work` in a transaction: all of it is kept or nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (thrown) {
    database.exec('ROLLBACK');
    throw thrown;
  }
}

function migrate(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA user_version').get();
  const current = Number(row?.user_version ?? 0);
  for (const [version, sql] of MIGRATIONS.entries()) {
    if (version < current) continue;
    inTransaction(database, () => database.exec(`${sql} PRAGMA user_version = ${version + 1};`));
  }
}
