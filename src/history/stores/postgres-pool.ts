/**
 * Connections to Postgres, and the one way work is done on them. Nothing is kept in a session (no locks, no listening,
 * no named statements, no settings outside a transaction), so a pooler in transaction mode may stand in between.
 */

import type { Pool, PoolClient, PoolConfig } from 'pg';
import { fail } from '../../failure.ts';
import type { StoreResult, StoreSettings } from '../store.ts';
import { tryAgain, type Patience } from './patience.ts';
import { isAnswer, postgresFailure } from './postgres-failure.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Connections {
  /** A statement that changes nothing. */
  read<T>(work: (query: Query) => Promise<StoreResult<T>>): Promise<StoreResult<T>>;
  /** Several that change nothing and see the same moment. */
  atOnce<T>(work: (query: Query) => Promise<StoreResult<T>>): Promise<StoreResult<T>>;
  /** One statement that changes something, and may be repeated. */
  write<T>(work: (query: Query) => Promise<StoreResult<T>>): Promise<StoreResult<T>>;
  /** Several in one transaction, which may be repeated; a failure of `work` takes it back. */
  transact<T>(work: (query: Query) => Promise<StoreResult<T>>): Promise<StoreResult<T>>;
  close(): Promise<void>;
}

type Mode = 'read' | 'atOnce' | 'write' | 'transact';

const BIGINT = 20;

export async function connections(url: string, settings: StoreSettings): Promise<Connections> {
  const { default: pg } = await import('pg');
  const patience: Patience = {
    budgetMs: settings.patienceMs ?? 60_000,
    firstMs: 50,
    longestMs: 2_000,
    settings,
  };
  const config: PoolConfig = {
    connectionString: strictTls(url),
    application_name: 'nemesis',
    max: 4,
    keepAlive: true,
    connectionTimeoutMillis: Math.max(1, Math.min(5_000, patience.budgetMs)),
    query_timeout: Math.max(1, Math.min(10_000, patience.budgetMs)),
    allowExitOnIdle: true,
    types: {
      getTypeParser: (oid: number, format?: string) =>
        oid === BIGINT ? Number : (pg.types.getTypeParser(oid, format as 'text') as unknown),
    },
  };
  const pool: Pool = new pg.Pool(config);
  // An idle connection that breaks is replaced when the next one is asked for.
  pool.on('error', () => undefined);

  const run = <T>(mode: Mode, work: (query: Query) => Promise<StoreResult<T>>) =>
    tryAgain<T>(patience, async () => {
      let client: PoolClient | undefined;
      let sent = false;
      try {
        const held = (client = await pool.connect());
        held.on('error', ignore);
        const query: Query = async (text, values) => {
          sent ||= mode === 'write';
          return (await held.query<Row>(text, values as unknown[])).rows;
        };
        if (mode === 'transact') await held.query(BEGIN);
        if (mode === 'atOnce') await held.query(LOOK);
        const result = await work(query);
        if (mode === 'atOnce') await held.query('ROLLBACK');
        if (mode === 'transact') {
          sent = result.ok;
          const { command } = await held.query(result.ok ? 'COMMIT' : 'ROLLBACK');
          if (result.ok && command !== 'COMMIT') throw new Error('the transaction was taken back');
        }
        held.off('error', ignore);
        held.release();
        return { result, again: !result.ok && result.failure.kind === 'busy' };
      } catch (error) {
        // Whatever state it is in, the server ends it with the connection.
        client?.release(true);
        const { failure, again } = postgresFailure(error);
        if (!sent || isAnswer(error) || failure.kind !== 'unreachable')
          return { result: fail(failure), again };
        return { result: fail({ kind: 'uncertain', message: failure.message }), again };
      }
    });

  return {
    read: (work) => run('read', work),
    atOnce: (work) => run('atOnce', work),
    write: (work) => run('write', work),
    transact: (work) => run('transact', work),
    close: () => pool.end(),
  };
}

function ignore(): void {
  // the query that was running rejects with the same error
}

const LOOK = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** Committed has to mean on disk, whatever the server is set to; a stronger setting is left alone. */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
  SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')`;

/**
 * The driver checks certificates for `require` and its neighbours as well, and warns that it will stop to. To say
 * `verify-full` keeps the check and spares the warning.
 */
export function strictTls(url: string): string {
  if (/[?&]uselibpqcompat=/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}
