/**
 * The rows the fold of one stream keeps: one for the environment, one per deployment, one per incident. All are
 * looked up by primary key; a store may persist them as tables with these columns and rebuild them at any time.
 */

import type { Stream } from '../journal.ts';
import type { DeploymentStatus, RecordBodies } from '../records.ts';

/**
 * The version of the fold. To be raised with every change that gives other rows for the same events: rows that were
 * kept by another version are then folded from the journal anew.
 */
export const FOLD_VERSION = 1;

/** Why a deployment counts as failed: how it ended after it had traffic, `rollback`, or the id of an incident. */
export type FailureReason = Exclude<DeploymentStatus, 'succeeded'> | 'rollback' | (string & {});

/** Primary key: service, environment. */
export interface EnvironmentRow extends Stream {
  /** The last event folded in. Events up to here are passed over, so folding twice changes nothing. */
  readonly seq: number;
  /** Recorder's time of the first event: nothing can be said of the time before. */
  readonly first_at: number;
  /** The record that succeeded last, deployment or rollback: its release serves. */
  readonly serving: string | null;
  /** The *deployment* that succeeded last. An incident that blames nobody blames this one. */
  readonly latest_success: string | null;
  /** A record that ended and left unsure what serves; null as soon as another one succeeds. */
  readonly in_doubt: string | null;
  /** Something that had traffic was taken back, and no deployment has succeeded since. */
  readonly rollback_open: string | null;
  readonly open_incidents: number;
  /** Events passed over: types nobody here knows; bodies that cannot be read; events that fit no record. */
  readonly unknown: number;
  readonly bad: number;
  readonly stray: number;
  readonly last_passed_over: PassedOver | null;
}

export interface PassedOver {
  readonly seq: number;
  readonly type: string;
  readonly why: string;
}

/** Primary key: service, environment, id. */
export interface DeploymentRow extends Stream {
  readonly id: string;
  /** Of the event that started it. */
  readonly seq: number;
  readonly kind: 'deploy' | 'rollback';
  readonly version: string;
  readonly commit: string | null;
  readonly committed_at: number | null;
  readonly artifact: string | null;
  readonly previous: string | null;
  /** For a rollback: what it takes back, as recorded, or else what ran or served when it began. */
  readonly takes_back: string | null;
  readonly hotfix: boolean;
  readonly strategy: string | null;
  readonly actor: string;
  readonly host: string;
  readonly validation_ms: number | null;

  readonly started_at: number;
  readonly received_traffic_at: number | null;
  readonly finished_at: number | null;
  readonly finished_seq: number | null;
  readonly status: 'running' | DeploymentStatus;
  readonly reason: string | null;
  readonly stage: string | null;
  /** Since when it is in this stage; its start before the first. */
  readonly stage_since: number;

  /** The rollbacks that took it back, in order. */
  readonly taken_back_by: readonly string[];
  /** Of those; at least 1 when it ended rolled back. */
  readonly rollback_count: number;

  /** See `failing.ts` for these. Once failed, always failed. */
  readonly failed: boolean;
  readonly failed_because: readonly FailureReason[];
  /** Failing right now, told by incidents alone or by more than that; null where it is not. */
  readonly failing: 'incident' | 'rollback' | null;
  readonly failure_detected_at: number | null;
  /** Start of the time it was failing, or is: of the latest one, where it failed more than once. */
  readonly failing_since: number | null;
  readonly recovered_at: number | null;
  /** The deployment, rollback or incident whose record says so. */
  readonly recovered_by: string | null;
  /** All times it was failing, summed; null while it is failing. Negative when clocks disagree. */
  readonly recovery_ms: number | null;
  /** What of that lies before `failing_since`. */
  readonly recovery_before_ms: number;
  readonly open_incidents: number;

  /** Unplanned: a hotfix, or begun while an incident or a rollback was open. */
  readonly rework: boolean;
  /** The first success with the same commit: this one brought nothing new, so it has no lead time. */
  readonly repeats: string | null;
  /** Commit to end, for a deployment that succeeded with a known commit time; may be negative. */
  readonly lead_ms: number | null;
}

/** Primary key: service, environment, id. */
export interface IncidentRow extends Stream {
  readonly id: string;
  /** Of the first event about it. */
  readonly seq: number;
  /** Null while only its end is known: closed before it was opened. */
  readonly severity: RecordBodies['incident_opened']['severity'] | null;
  readonly title: string;
  /** Blamed: as recorded, or else the latest deployment that had succeeded. Null where there is no such record. */
  readonly deployment: string | null;
  readonly opened_at: number | null;
  readonly closed_at: number | null;
}

/** A whole row, to be put in place of the one with its primary key. */
export type RowChange =
  | { readonly table: 'environment'; readonly row: EnvironmentRow }
  | { readonly table: 'deployment'; readonly row: DeploymentRow }
  | { readonly table: 'incident'; readonly row: IncidentRow };

/** What the fold asks about the rows of one stream, as they stand before the event. Each answer is one index away. */
export interface Look {
  environment(): EnvironmentRow | undefined;
  deployment(id: string): DeploymentRow | undefined;
  incident(id: string): IncidentRow | undefined;
  /** `status = 'running'`, by `seq`. */
  newestRunning(): DeploymentRow | undefined;
  /** `failing IS NOT NULL`, in any order. All of them end with the next success, so they stay few. */
  failing(): readonly DeploymentRow[];
  /** `kind = 'deploy' AND status = 'succeeded' AND "commit" = ?`, the lowest `finished_seq`. */
  firstSuccessOf(commit: string): DeploymentRow | undefined;
}

/** Users met it: it had traffic, or all of it serves. */
export function isExposed(row: Pick<DeploymentRow, 'received_traffic_at' | 'status'>): boolean {
  return row.received_traffic_at !== null || row.status === 'succeeded';
}
