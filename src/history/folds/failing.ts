/**
 * When a deployment counts as failed, and how long that lasted.
 *
 * It failed when one of these is true, and however many are, it failed once:
 *   - it had traffic and ended `rolled_back`, `rollback_failed`, `withdrawn` or `failed`;
 *   - a rollback took it back while it ran and had traffic, or at most `validation_ms` after it had succeeded;
 *   - an incident is linked to it: by name, or as the latest success before the incident.
 *
 * The failure begins when it was detected: where the recorder noted that, then; else when the rollback began, the
 * incident was opened or the deployment ended. It ends with the first later record with all health checks green:
 *
 *        detected                      any deployment or rollback succeeds; it ends `rolled_back` itself;
 *   ok ----------> failing ----------> ok   or its last open incident is closed and nothing else tells of the failure
 *                     ^                |
 *                     `----------------'  another incident: the second time is added to the first
 */

import type { DeploymentRow, FailureReason } from './rows.ts';

/** Where the record does not say: the monitoring window of the specification. */
export const DEFAULT_VALIDATION_MS = 3_600_000;

export function withFailure(
  row: DeploymentRow,
  because: FailureReason,
  by: 'incident' | 'rollback',
  detectedAt: number,
): DeploymentRow {
  const told = row.failed_because;
  const failed = {
    ...row,
    failed: true,
    failed_because: told.includes(because) ? told : [...told, because],
  };
  if (row.failing !== null) {
    const failing = by === 'rollback' ? by : row.failing;
    return withEarlierDetection({ ...failed, failing }, detectedAt);
  }
  return {
    ...failed,
    failing: by,
    failure_detected_at: earlier(row.failure_detected_at, detectedAt),
    failing_since: detectedAt,
    recovered_at: null,
    recovered_by: null,
    recovery_ms: null,
    recovery_before_ms: row.recovery_ms ?? 0,
  };
}

/** The failure told of last was seen earlier than thought. */
export function withEarlierDetection(row: DeploymentRow, detectedAt: number): DeploymentRow {
  const since = earlier(row.failing_since, detectedAt);
  return {
    ...row,
    failure_detected_at: earlier(row.failure_detected_at, detectedAt),
    failing_since: since,
    recovery_ms: row.recovered_at === null ? null : lasted(row, since, row.recovered_at),
  };
}

export function withRecovery(row: DeploymentRow, at: number, by: string): DeploymentRow {
  if (row.failing === null || row.failing_since === null) return row;
  return {
    ...row,
    failing: null,
    recovered_at: at,
    recovered_by: by,
    recovery_ms: lasted(row, row.failing_since, at),
  };
}

/** May a rollback that begins at `at` be blamed on what it takes back? The last millisecond of the window counts. */
export function isWithinValidation(row: DeploymentRow, at: number): boolean {
  if (row.status === 'running') return true;
  if (row.status !== 'succeeded' || row.finished_at === null) return false;
  return at <= row.finished_at + (row.validation_ms ?? DEFAULT_VALIDATION_MS);
}

function earlier(known: number | null, at: number): number {
  return known === null ? at : Math.min(known, at);
}

function lasted(row: DeploymentRow, since: number, until: number): number {
  return row.recovery_before_ms + until - since;
}
