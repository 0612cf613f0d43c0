/**
 * The port of every store: it remembers events and leases, and keeps the rows the folds make of the events. One
 * contract suite runs on each.
 */

import type { Result } from '../failure.ts';
import type { RowDifference } from './folds/compare-rows.ts';
import type { MemoryRows } from './folds/memory-rows.ts';
import type { RowQueries } from './folds/row-queries.ts';
import type { EventDraft, Head, JournalEvent, Stream } from './journal.ts';

/** What the world said no with. Unless it is `uncertain`, nothing was written. */
export type StoreFailure =
  | { readonly kind: 'unreachable'; readonly message: string }
  /** The write may or may not have happened; ask again by event id. */
  | { readonly kind: 'uncertain'; readonly message: string }
  | { readonly kind: 'full'; readonly message: string }
  | { readonly kind: 'read_only'; readonly message: string }
  | { readonly kind: 'busy'; readonly message: string }
  | { readonly kind: 'corrupt'; readonly message: string; readonly seq?: number }
  | { readonly kind: 'newer_schema'; readonly found: number; readonly known: number }
  | { readonly kind: 'not_ours'; readonly message: string }
  /** Somebody holds a newer token; nothing was written. */
  | { readonly kind: 'fenced_out'; readonly token: number; readonly newest: number }
  /** What is to be adopted does not continue the chain that is here. */
  | { readonly kind: 'diverged'; readonly seq: number; readonly message: string };

export type StoreResult<T> = Result<T, StoreFailure>;

export interface Lease {
  /** Needed to break the lease by hand. */
  readonly id: string;
  readonly owner: string;
  readonly host: string;
  readonly step: string;
  /** Grows with every grant, never falls. */
  readonly token: number;
  /** Epoch milliseconds by the store's clock. */
  readonly heartbeatAt: number;
  readonly expiresAt: number;
}

export type LeaseGrant =
  | {
      readonly kind: 'granted';
      readonly lease: Lease;
      /** The holder it was taken from: dead, or overruled by `force`. */
      readonly from?: Lease;
    }
  | {
      readonly kind: 'held';
      readonly by: Lease;
      /** The machine's clock was set since the last heartbeat: whether it has expired cannot be told. */
      readonly clockJumped?: true;
    };

/** The same questions, asked of a store. Rows that do not fit the journal are folded from it anew before they answer. */
export type RowAnswers = {
  readonly [Q in keyof RowQueries]: (
    ...asked: Parameters<RowQueries[Q]>
  ) => Promise<StoreResult<ReturnType<RowQueries[Q]>>>;
};

export type RowComparison =
  | { readonly kind: 'compared'; readonly differences: readonly RowDifference[] }
  /** None, or of another version of the fold, or left behind: they answer nothing before they are folded anew. */
  | { readonly kind: 'not_kept' }
  /** Events came in meanwhile. */
  | { readonly kind: 'moved' };

/** A lease somebody holds, perhaps one that has expired. */
export interface HeldLease {
  readonly stream: Stream;
  readonly lease: Lease;
}

export interface Store extends RowAnswers {
  /** `sqlite`, `postgres`, `memory`. */
  readonly kind: string;
  /** Can other machines see what is written here? */
  readonly reach: 'process' | 'machine' | 'network';
  /** Identifies this store for remembered heads: a path or a URL without credentials. */
  readonly name: string;

  /**
   * Appends in one transaction, in order, durable when it returns. Ids already present are left as they are and
   * returned as they stand. With a `fence`, all is refused unless a lease is there and this is its token; where
   * every id is present already there is nothing to refuse, so a repeated append tells the truth after a takeover.
   */
  append(
    stream: Stream,
    drafts: readonly EventDraft[],
    fence?: number,
  ): Promise<StoreResult<readonly JournalEvent[]>>;
  /**
   * Takes over sealed events as they are, from an export: in order, in one transaction. Those already here and the
   * same are passed over; anything that does not continue the chain is refused as `diverged`.
   * @returns how many were new
   */
  adopt(stream: Stream, events: readonly JournalEvent[]): Promise<StoreResult<number>>;
  head(stream: Stream): Promise<StoreResult<Head | undefined>>;
  /** In order of sequence, from `after` (exclusive), at most `limit`. */
  read(stream: Stream, after: number, limit: number): Promise<StoreResult<readonly JournalEvent[]>>;
  /** The newest events of these types, newest first, at most `limit`. */
  newest(
    stream: Stream,
    types: readonly string[],
    limit: number,
  ): Promise<StoreResult<readonly JournalEvent[]>>;
  /** Those with events, in order of name. */
  streams(): Promise<StoreResult<readonly Stream[]>>;
  byId(id: string): Promise<StoreResult<JournalEvent | undefined>>;

  /** Milliseconds by the store's clock. */
  now(): Promise<StoreResult<number>>;
  /** The same lease id again is the same grant, so that a lost answer can be asked for again. */
  acquire(stream: Stream, asked: LeaseRequest): Promise<StoreResult<LeaseGrant>>;
  /** Heartbeat; `fenced_out` when somebody else has taken over. */
  renew(stream: Stream, token: number, step: string, ttlMs: number): Promise<StoreResult<Lease>>;
  /** Releasing twice is fine; with an older token it is `fenced_out`. */
  release(stream: Stream, token: number): Promise<StoreResult<void>>;
  /** By a person: only with the id of the lease that is there. The old token is worth nothing afterwards. */
  breakLease(
    stream: Stream,
    leaseId: string,
  ): Promise<StoreResult<{ readonly broken: boolean; readonly found?: Lease }>>;
  lease(stream: Stream): Promise<StoreResult<Lease | undefined>>;
  /** Every lease that is held in a service, also where no event is yet; in order of environment. */
  leases(service: string): Promise<StoreResult<readonly HeldLease[]>>;

  /** Folds a stream's rows from its journal anew, and keeps them. */
  rebuildRows(stream: Stream): Promise<StoreResult<void>>;
  /** Compares the rows kept of a stream with those of its journal, folded to its end. */
  compareRows(stream: Stream, folded: MemoryRows): Promise<StoreResult<RowComparison>>;

  /** The medium's own check of its files, for `history:verify`; one line a problem. */
  examine(): Promise<StoreResult<readonly string[]>>;
  /** @param leaving the process ends now: what the system lets go of anyway is left to it, which takes less time */
  close(leaving?: boolean): Promise<void>;
}

/** What a store needs of its surroundings; every one has a default. */
export interface StoreSettings {
  /** How long a call tries again before it gives up: 10 s on SQLite, 60 s on Postgres. */
  readonly patienceMs?: number;
  /** Ends every wait. */
  readonly signal?: AbortSignal;
  readonly clock?: StoreClock;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** 0 to 1, for the jitter between two attempts. */
  readonly random?: () => number;
}

/** The clocks of this machine. */
export interface StoreClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds since the machine started, which nobody can set. */
  uptimeMs(): number;
  /** Which start of the machine that counts from; empty where the system does not say. */
  boot(): string;
}

export interface LeaseRequest {
  readonly id: string;
  readonly owner: string;
  readonly host: string;
  readonly step: string;
  readonly ttlMs: number;
  /** Take it whoever holds it, with a higher token: emergency rollback. */
  readonly force?: boolean;
}
