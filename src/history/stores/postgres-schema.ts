/** The tables of the Postgres store, version by version, in a schema of their own. */

/**
 * Each row brings a database one version further. Rows are only ever added. The trigger refuses even the owner of the
 * tables; the writer's role (`writerGrants`) is not granted what the trigger refuses.
 *
 * From version 2 on the rows of the fold are kept as tables (`folds/rows.ts`). All of them can be folded from the events
 * anew; `fold` says which version of the fold did.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE nemesis.events (
    service text NOT NULL,
    environment text NOT NULL,
    seq bigint NOT NULL,
    id text NOT NULL UNIQUE,
    type text NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    host text NOT NULL,
    fence bigint NOT NULL,
    body text NOT NULL,
    prev text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (service, environment, seq)
  );
  CREATE INDEX events_by_type ON nemesis.events (service, environment, type, seq);
  CREATE FUNCTION nemesis.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
  CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON nemesis.events
    FOR EACH STATEMENT EXECUTE FUNCTION nemesis.refuse();
  CREATE TABLE nemesis.streams (
    service text NOT NULL,
    environment text NOT NULL,
    token bigint NOT NULL,
    lease text,
    owner text,
    host text,
    step text,
    heartbeat_at bigint,
    expires_at bigint,
    PRIMARY KEY (service, environment)
  );
  `,
  `
  CREATE TABLE nemesis.environments (
    service text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    fold integer NOT NULL,
    seq bigint NOT NULL,
    first_at bigint NOT NULL,
    serving text,
    latest_success text,
    in_doubt text,
    rollback_open text,
    open_incidents bigint NOT NULL,
    unknown bigint NOT NULL,
    bad bigint NOT NULL,
    stray bigint NOT NULL,
    last_passed_over json,
    PRIMARY KEY (service, environment)
  );
  CREATE TABLE nemesis.deployments (
    service text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    version text NOT NULL,
    "commit" text,
    committed_at bigint,
    artifact text,
    previous text,
    takes_back text,
    hotfix boolean NOT NULL,
    strategy text,
    actor text NOT NULL,
    host text NOT NULL,
    validation_ms double precision,
    started_at bigint NOT NULL,
    received_traffic_at bigint,
    finished_at bigint,
    finished_seq bigint,
    status text NOT NULL,
    reason text,
    stage text,
    stage_since bigint NOT NULL,
    taken_back_by json NOT NULL,
    rollback_count bigint NOT NULL,
    failed boolean NOT NULL,
    failed_because json NOT NULL,
    failing text,
    failure_detected_at bigint,
    failing_since bigint,
    recovered_at bigint,
    recovered_by text,
    recovery_ms double precision,
    recovery_before_ms double precision NOT NULL,
    open_incidents bigint NOT NULL,
    rework boolean NOT NULL,
    repeats text,
    lead_ms double precision,
    PRIMARY KEY (service, environment, id)
  );
  CREATE INDEX deployments_by_seq ON nemesis.deployments (service, environment, seq);
  CREATE INDEX deployments_by_start
    ON nemesis.deployments (service, started_at DESC, seq DESC, environment);
  CREATE INDEX deployments_by_start_in
    ON nemesis.deployments (service, environment, started_at DESC, seq DESC);
  CREATE INDEX deployments_by_end ON nemesis.deployments (service, environment, finished_at)
    WHERE kind = 'deploy' AND finished_at IS NOT NULL;
  CREATE INDEX deployments_by_recovery ON nemesis.deployments (service, environment, recovered_at)
    WHERE kind = 'deploy' AND recovered_at IS NOT NULL;
  CREATE INDEX deployments_running ON nemesis.deployments (service, environment, seq)
    WHERE status = 'running';
  CREATE INDEX deployments_failing ON nemesis.deployments (service, environment, seq)
    WHERE failing IS NOT NULL;
  CREATE INDEX deployments_succeeded ON nemesis.deployments (service, environment, finished_seq)
    WHERE status = 'succeeded';
  CREATE INDEX deployments_by_commit
    ON nemesis.deployments (service, environment, "commit", finished_seq)
    WHERE kind = 'deploy' AND status = 'succeeded' AND "commit" IS NOT NULL;
  CREATE TABLE nemesis.incidents (
    service text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    severity text,
    title text NOT NULL,
    deployment text,
    opened_at bigint,
    closed_at bigint,
    PRIMARY KEY (service, environment, id)
  );
  CREATE INDEX incidents_by_id ON nemesis.incidents (service, id) WHERE opened_at IS NOT NULL;
  CREATE INDEX incidents_by_start ON nemesis.incidents (service, environment, opened_at)
    WHERE opened_at IS NOT NULL;
  CREATE INDEX incidents_open ON nemesis.incidents (service, environment, seq)
    WHERE opened_at IS NOT NULL AND closed_at IS NULL;
  `,
];

export const POSTGRES_VERSION = MIGRATIONS.length;

export function migrationFrom(version: number): string {
  return MIGRATIONS.slice(version).join('\n');
}

/**
 * What a role needs that writes to the journal: it can add events, and can neither change nor remove one. The rows
 * folded from them it keeps in step, and makes anew where they do not fit.
 */
export function writerGrants(role: string): string {
  const name = `"${role.replaceAll('"', '""')}"`;
  return `
    GRANT USAGE ON SCHEMA nemesis TO ${name};
    GRANT SELECT ON nemesis.meta TO ${name};
    GRANT SELECT, INSERT ON nemesis.events TO ${name};
    GRANT SELECT, INSERT, UPDATE ON nemesis.streams TO ${name};
    GRANT SELECT, INSERT, UPDATE, DELETE
      ON nemesis.environments, nemesis.deployments, nemesis.incidents TO ${name};
  `;
}
