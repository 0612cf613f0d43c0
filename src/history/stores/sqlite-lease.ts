/** The lease columns of the SQLite store. */

import type { DatabaseSync } from 'node:sqlite';
import { compareStreams } from '../chain.ts';
import type { Stream } from '../journal.ts';
import type { HeldLease, Lease } from '../store.ts';
import type { ClockReading, LeaseState } from './lease-rules.ts';
import { statementsOf, type Cells } from './sqlite-statements.ts';

export interface LeaseRow extends LeaseState {
  /** When the last heartbeat came, by all clocks; absent without a lease. */
  readonly beat?: ClockReading;
}

export interface LeaseTable {
  read(stream: Stream): LeaseRow;
  held(service: string): HeldLease[];
  write(stream: Stream, state: LeaseState, now: ClockReading): void;
}

const COLUMNS = 'token, lease, owner, host, step, heartbeat_at, expires_at, uptime_ms, boot';
const READ = `SELECT ${COLUMNS} FROM streams WHERE service = ? AND environment = ?`;
const HELD = `SELECT environment, ${COLUMNS} FROM streams WHERE service = ? AND lease IS NOT NULL`;
const WRITE = `INSERT OR REPLACE INTO streams (service, environment, ${COLUMNS})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function leaseTable(db: DatabaseSync): LeaseTable {
  const sql = statementsOf(db);
  return {
    read({ service, environment }) {
      const row = sql.get(READ, service, environment);
      return row === undefined ? { token: 0 } : stateOf(row);
    },
    held: (service) =>
      sql
        .all(HELD, service)
        .flatMap((row) => {
          const { lease } = stateOf(row);
          const stream = { service, environment: String(row['environment']) };
          return lease === undefined ? [] : { stream, lease };
        })
        .sort((a, b) => compareStreams(a.stream, b.stream)),
    write({ service, environment }, { token, lease }, { uptimeMs, boot }) {
      const cells =
        lease === undefined
          ? Array<null>(8).fill(null)
          : [
              lease.id,
              lease.owner,
              lease.host,
              lease.step,
              lease.heartbeatAt,
              lease.expiresAt,
              uptimeMs,
              boot,
            ];
      sql.run(WRITE, service, environment, token, ...cells);
    },
  };
}

function stateOf(row: Cells): LeaseRow {
  const token = Number(row['token']);
  const id = row['lease'];
  if (typeof id !== 'string') return { token };
  const text = (column: string) => String(row[column]);
  const lease: Lease = {
    id,
    owner: text('owner'),
    host: text('host'),
    step: text('step'),
    token,
    heartbeatAt: Number(row['heartbeat_at']),
    expiresAt: Number(row['expires_at']),
  };
  const beat = {
    now: lease.heartbeatAt,
    uptimeMs: Number(row['uptime_ms']),
    boot: text('boot'),
  };
  return { token, lease, beat };
}
