/** Brings a database to the newest version of the tables, or finds that it is not for us to write to. */

import { fail, ok } from '../../failure.ts';
import type { StoreFailure, StoreResult } from '../store.ts';
import type { Connections, Query } from './postgres-pool.ts';
import { migrationFrom, POSTGRES_VERSION } from './postgres-schema.ts';

export interface Prepared {
  /** Why nothing can be written; absent where it can. */
  readonly noWriting?: StoreFailure;
}

export async function prepareSchema(pool: Connections): Promise<StoreResult<Prepared>> {
  // Most starts find all done, and a role that may only insert must not be asked for more.
  const found = await pool.read(versionOf);
  if (!found.ok) return found;
  if (found.value === POSTGRES_VERSION) return ok({});
  if (found.value > POSTGRES_VERSION)
    return ok({
      noWriting: { kind: 'newer_schema', found: found.value, known: POSTGRES_VERSION },
    });
  return pool.transact(migrate);
}

/** @returns 0 where there is nothing yet */
async function versionOf(query: Query): Promise<StoreResult<number>> {
  const [row] = await query(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'nemesis') AS schema,
       EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'nemesis' AND tablename = 'meta')
         AS meta`,
  );
  if (row?.['meta'] === true) {
    const [meta] = await query('SELECT application, version FROM nemesis.meta');
    if (meta?.['application'] === 'nemesis') return ok(Number(meta['version']));
  } else if (row?.['schema'] !== true) return ok(0);
  return fail({ kind: 'not_ours', message: 'the schema `nemesis` belongs to another program' });
}

/**
 * All steps in one transaction. Of several that start together one does it: the others fail on a name that is taken,
 * and find everything done on their next attempt.
 */
async function migrate(query: Query): Promise<StoreResult<Prepared>> {
  const found = await versionOf(query);
  if (!found.ok) return found;
  if (found.value === 0) {
    await query('CREATE SCHEMA nemesis');
    await query('CREATE TABLE nemesis.meta (application text NOT NULL, version integer NOT NULL)');
    await query(`INSERT INTO nemesis.meta VALUES ('nemesis', 0)`);
  }
  const [meta] = await query('SELECT version FROM nemesis.meta FOR UPDATE');
  const from = Number(meta?.['version']);
  if (from < POSTGRES_VERSION) {
    await query(migrationFrom(from));
    await query('UPDATE nemesis.meta SET version = $1', [POSTGRES_VERSION]);
  }
  return ok({});
}
