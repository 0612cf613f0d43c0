/** The tables of the SQLite store, version by version. */

/** `nmss`: tells our files from everybody else's. https://sqlite.org/pragma.html#pragma_application_id */
export const APPLICATION_ID = 0x6e6d7373;

/**
 * Each row brings a file one version further. Rows are only ever added.
 *
 * A stream's row holds its lease: the newest token stays there when nobody holds it. Beside the heartbeat stand the
 * machine's uptime and which start of the machine it counts from, by which a wall clock that was set gives itself away.
 *
 * From version 2 on the rows of the fold are kept as tables (`folds/rows.ts`), with what each day adds to the delivery
 * metrics (`folds/days.ts`). All of it can be folded from the events anew; `fold` says which version of the fold did.
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
  `
  CREATE TABLE environments (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    fold INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    serving TEXT,
    latest_success TEXT,
    in_doubt TEXT,
    rollback_open TEXT,
    open_incidents INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    bad INTEGER NOT NULL,
    stray INTEGER NOT NULL,
    last_passed_over TEXT,
    PRIMARY KEY (service, environment)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE deployments (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version TEXT NOT NULL,
    "commit" TEXT,
    committed_at INTEGER,
    artifact TEXT,
    previous TEXT,
    takes_back TEXT,
    hotfix INTEGER NOT NULL,
    strategy TEXT,
    actor TEXT NOT NULL,
    host TEXT NOT NULL,
    validation_ms REAL,
    started_at INTEGER NOT NULL,
    received_traffic_at INTEGER,
    finished_at INTEGER,
    finished_seq INTEGER,
    status TEXT NOT NULL,
    reason TEXT,
    stage TEXT,
    stage_since INTEGER NOT NULL,
    taken_back_by TEXT NOT NULL,
    rollback_count INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    failed_because TEXT NOT NULL,
    failing TEXT,
    failure_detected_at INTEGER,
    failing_since INTEGER,
    recovered_at INTEGER,
    recovered_by TEXT,
    recovery_ms REAL,
    recovery_before_ms REAL NOT NULL,
    open_incidents INTEGER NOT NULL,
    rework INTEGER NOT NULL,
    repeats TEXT,
    lead_ms REAL,
    UNIQUE (service, environment, id)
  ) STRICT;
  CREATE INDEX deployments_by_seq ON deployments (service, environment, seq);
  CREATE INDEX deployments_by_start
    ON deployments (service, started_at DESC, seq DESC, environment);
  CREATE INDEX deployments_by_start_in
    ON deployments (service, environment, started_at DESC, seq DESC);
  CREATE INDEX deployments_by_end
    ON deployments (service, environment, finished_at, lead_ms, status, failed, rework,
      received_traffic_at, repeats, committed_at)
    WHERE kind = 'deploy' AND finished_at IS NOT NULL;
  CREATE INDEX deployments_by_recovery
    ON deployments (service, environment, recovered_at, recovery_ms)
    WHERE kind = 'deploy' AND recovered_at IS NOT NULL;
  CREATE INDEX deployments_by_lead ON deployments (service, environment, lead_ms, finished_at)
    WHERE kind = 'deploy' AND lead_ms IS NOT NULL;
  CREATE INDEX deployments_by_recovery_time
    ON deployments (service, environment, recovery_ms, recovered_at)
    WHERE kind = 'deploy' AND recovery_ms IS NOT NULL;
  CREATE INDEX deployments_running ON deployments (service, environment, seq)
    WHERE status = 'running';
  CREATE INDEX deployments_failing ON deployments (service, environment, seq)
    WHERE failing IS NOT NULL;
  CREATE INDEX deployments_succeeded ON deployments (service, environment, finished_seq)
    WHERE status = 'succeeded';
  CREATE INDEX deployments_by_commit ON deployments (service, environment, "commit", finished_seq)
    WHERE kind = 'deploy' AND status = 'succeeded' AND "commit" IS NOT NULL;
  CREATE INDEX deployments_failed ON deployments (service, environment, seq)
    WHERE kind = 'deploy' AND failed;
  CREATE INDEX deployments_rework ON deployments (service, environment, seq) WHERE rework;
  CREATE INDEX deployments_negative ON deployments (service, environment, seq) WHERE lead_ms < 0;
  CREATE INDEX deployments_repeated ON deployments (service, environment, seq)
    WHERE repeats IS NOT NULL;
  CREATE INDEX deployments_unknown ON deployments (service, environment, seq)
    WHERE kind = 'deploy' AND status = 'succeeded' AND committed_at IS NULL AND repeats IS NULL;
  CREATE INDEX deployments_recovered ON deployments (service, environment, seq)
    WHERE kind = 'deploy' AND recovery_ms IS NOT NULL;
  CREATE TABLE incidents (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    severity TEXT,
    title TEXT NOT NULL,
    deployment TEXT,
    opened_at INTEGER,
    closed_at INTEGER,
    UNIQUE (service, environment, id)
  ) STRICT;
  CREATE INDEX incidents_by_id ON incidents (service, id) WHERE opened_at IS NOT NULL;
  CREATE INDEX incidents_by_start ON incidents (service, environment, opened_at)
    WHERE opened_at IS NOT NULL;
  CREATE INDEX incidents_open ON incidents (service, environment, seq)
    WHERE opened_at IS NOT NULL AND closed_at IS NULL;
  CREATE TABLE days (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    day INTEGER NOT NULL,
    deployments INTEGER NOT NULL,
    lead INTEGER NOT NULL,
    lead_ms REAL NOT NULL,
    lead_negative INTEGER NOT NULL,
    lead_repeated INTEGER NOT NULL,
    lead_unknown INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    rework INTEGER NOT NULL,
    recovery INTEGER NOT NULL,
    recovery_ms REAL NOT NULL,
    recovery_negative INTEGER NOT NULL,
    PRIMARY KEY (service, environment, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE day_times (
    service TEXT NOT NULL,
    environment TEXT NOT NULL,
    measure TEXT NOT NULL,
    steps INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (service, environment, measure, steps, bucket, day)
  ) STRICT, WITHOUT ROWID;
  `,
];

export const SQLITE_VERSION = MIGRATIONS.length;

/** What brings a file from one version to the newest, to be run in one transaction. */
export function migrationFrom(version: number): string {
  return MIGRATIONS.slice(version).join('\n');
}
