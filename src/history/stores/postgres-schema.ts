/** The tables of the Postgres store, version by version, in a schema of their own. */

/**
 * Each row brings a database one version further. Rows are only ever added. The trigger refuses even the owner of the
 * tables; the writer's role (`writerGrants`) is not granted what the trigger refuses.
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
];

export const POSTGRES_VERSION = MIGRATIONS.length;

export function migrationFrom(version: number): string {
  return MIGRATIONS.slice(version).join('\n');
}

/** What a role needs that writes to the journal: it can add events, and can neither change nor remove one. */
export function writerGrants(role: string): string {
  const name = `"${role.replaceAll('"', '""')}"`;
  return `
    GRANT USAGE ON SCHEMA nemesis TO ${name};
    GRANT SELECT ON nemesis.meta TO ${name};
    GRANT SELECT, INSERT ON nemesis.events TO ${name};
    GRANT SELECT, INSERT, UPDATE ON nemesis.streams TO ${name};
  `;
}
