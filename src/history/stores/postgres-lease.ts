/** The lease columns of the Postgres store, and the lock on a stream's row that its writers queue at. */

import { compareStreams } from '../chain.ts';
import { cleaned } from '../cleaned.ts';
import type { Stream } from '../journal.ts';
import type { HeldLease, Lease } from '../store.ts';
import type { LeaseState } from './lease-rules.ts';
import { IN_STREAM, names } from './postgres-events.ts';
import type { Query, Row } from './postgres-pool.ts';

/** Epoch milliseconds by the server's clock. */
export const NOW = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';
const LEASE = 'token, lease, owner, host, step, heartbeat_at, expires_at';
const NO_LEASE =
  'lease = NULL, owner = NULL, host = NULL, step = NULL, heartbeat_at = NULL, expires_at = NULL';

const STREAM = `SELECT ${LEASE} FROM nemesis.streams WHERE ${IN_STREAM}`;

/** Makes the row of a stream or locks it, so that its writers queue; the clock is read once the lock is there. */
const LOCK = `INSERT INTO nemesis.streams AS s (service, environment, token) VALUES ($1, $2, 0)
  ON CONFLICT (service, environment) DO UPDATE SET token = s.token RETURNING ${LEASE}, ${NOW} AS now`;

const GRANT = `UPDATE nemesis.streams SET token = $3, lease = $4, owner = $5, host = $6, step = $7,
  heartbeat_at = $8, expires_at = $9 WHERE ${IN_STREAM}`;

const RENEW = `UPDATE nemesis.streams AS s
  SET step = $4, heartbeat_at = clock.now, expires_at = clock.now + $5::bigint
  FROM (SELECT ${NOW} AS now) AS clock
  WHERE ${IN_STREAM} AND token = $3 AND lease IS NOT NULL RETURNING ${LEASE}`;

const RELEASE = `UPDATE nemesis.streams SET ${NO_LEASE} WHERE ${IN_STREAM} AND token = $3
  RETURNING token`;

const BREAK = `UPDATE nemesis.streams SET token = token + 1, ${NO_LEASE} WHERE ${IN_STREAM}`;

export async function lockStream(
  query: Query,
  stream: Stream,
): Promise<LeaseState & { now: number }> {
  const [row] = await query(LOCK, names(stream));
  return { token: Number(row?.['token']), lease: leaseOf(row), now: Number(row?.['now']) };
}

export async function leaseIn(query: Query, stream: Stream): Promise<Lease | undefined> {
  return leaseOf((await query(STREAM, names(stream)))[0]);
}

export async function heldIn(query: Query, service: string): Promise<HeldLease[]> {
  const rows = await query(
    `SELECT environment, ${LEASE} FROM nemesis.streams WHERE service = $1 AND lease IS NOT NULL`,
    [service],
  );
  return rows
    .flatMap((row) => {
      const lease = leaseOf(row);
      return lease === undefined
        ? []
        : { stream: { service, environment: text(row, 'environment') }, lease };
    })
    .sort((a, b) => compareStreams(a.stream, b.stream));
}

/** The newest token ever given. */
export async function newestToken(query: Query, stream: Stream): Promise<number> {
  return Number((await query(STREAM, names(stream)))[0]?.['token'] ?? 0);
}

export async function grantLease(query: Query, stream: Stream, lease: Lease): Promise<void> {
  await query(GRANT, [...names(stream), ...cells(lease)]);
}

/** @returns undefined where the token is not the one of the lease that is there */
export async function renewLease(
  query: Query,
  stream: Stream,
  token: number,
  step: string,
  ttlMs: number,
): Promise<Lease | undefined> {
  const [row] = await query(RENEW, [...names(stream), token, cleaned(step), ttlMs]);
  return row && leaseOf(row);
}

/** @returns false where the token is not the newest */
export async function releaseLease(query: Query, stream: Stream, token: number): Promise<boolean> {
  return (await query(RELEASE, [...names(stream), token])).length > 0;
}

export async function endLease(query: Query, stream: Stream): Promise<void> {
  await query(BREAK, names(stream));
}

function cells({ token, id, owner, host, step, heartbeatAt, expiresAt }: Lease): unknown[] {
  return [token, id, owner, host, step, heartbeatAt, expiresAt];
}

function leaseOf(row: Row | undefined): Lease | undefined {
  if (row === undefined || typeof row['lease'] !== 'string') return undefined;
  return {
    id: row['lease'],
    owner: text(row, 'owner'),
    host: text(row, 'host'),
    step: text(row, 'step'),
    token: Number(row['token']),
    heartbeatAt: Number(row['heartbeat_at']),
    expiresAt: Number(row['expires_at']),
  };
}

function text(row: Row, column: string): string {
  return String(row[column]);
}
