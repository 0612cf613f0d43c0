/** The tables of the SQLite store, version by version. */

/** `nmss`: tells our files from everybody else's. https://sqlite.org/pragma.html#pragma_application_id */
export const APPLICATION_ID = 0x6e6d7373;

/**
 * Each row brings a file one version further. Rows are only ever added.
 *
 * A stream's row holds its lease: the newest token stays there when nobody holds it. Beside the heartbeat stand the
 * machine's uptime and which start of the machine it counts from, by which a wall clock that was set gives itself away.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE events (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    host TEXT NOT NULL,
    fence INTEGER NOT NULL,
    body TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (service, environment, seq)
  ) STRICT;
  CREATE INDEX events_by_type ON events (service, environment, type, seq);
  CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TABLE streams (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    token INTEGER NOT NULL,
    lease TEXT,
    owner TEXT,
    host TEXT,
    step TEXT,
    heartbeat_at INTEGER,
    expires_at INTEGER,
    uptime_ms INTEGER,
    boot TEXT,
    PRIMARY KEY (service, environment)
  ) STRICT, WITHOUT ROWID;
  `,
];

export const SQLITE_VERSION = MIGRATIONS.length;

/** What brings a file from one version to the newest, to be run in one transaction. */
export function migrationFrom(version: number): string {
  return MIGRATIONS.slice(version).join('\n');
}
