/** Builds journals for the tests: events of one stream, numbered as they come. */

import type { JournalEvent } from '../../../src/history/journal.ts';
import type { DeploymentStatus, RecordBodies, RecordType } from '../../../src/history/records.ts';

export const STREAM = { service: 'checkout', environment: 'production' };
/** 2026-01-05, a Monday, 00:00 UTC. */
export const T0 = Date.UTC(2026, 0, 5);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** An event without its number. */
export interface Told {
  readonly type: string;
  /** Milliseconds after `T0`. */
  readonly at: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export function journalOf(told: readonly Told[], stream = STREAM): JournalEvent[] {
  return told.map(({ type, at, body }, index) => ({
    ...stream,
    id: `e-${index + 1}`,
    type,
    at: T0 + at,
    actor: 'ada',
    host: 'laptop',
    body,
    seq: index + 1,
    fence: 0,
    prev: '0'.repeat(64),
    hash: 'f'.repeat(64),
  }));
}

function tell<T extends RecordType>(type: T, at: number, body: RecordBodies[T]): Told {
  return { type, at, body };
}

type Started = RecordBodies['deployment_started'];

export function deploy(at: number, id: string, more: Partial<Started> = {}): Told {
  const version = more.release?.version ?? `1.${id.replace(/\D/g, '')}.0`;
  return tell('deployment_started', at, {
    deployment: id,
    kind: 'deploy',
    release: { version, commit: null, committed_at: null, artifact: null },
    previous: null,
    takes_back: null,
    hotfix: false,
    strategy: 'rolling',
    validation_ms: null,
    ...more,
  });
}

export function rollback(
  at: number,
  id: string,
  takesBack: string | null,
  more: Partial<Started> = {},
): Told {
  return deploy(at, id, { kind: 'rollback', takes_back: takesBack, ...more });
}

export function traffic(at: number, id: string): Told {
  return tell('deployment_received_traffic', at, { deployment: id, share: 0.1 });
}

export function stage(at: number, id: string, name: string): Told {
  return tell('deployment_stage', at, { deployment: id, stage: name });
}

/** `detectedAt` like `at`: after `T0`. */
export function finish(
  at: number,
  id: string,
  status: DeploymentStatus = 'succeeded',
  detectedAt: number | null = null,
): Told {
  return tell('deployment_finished', at, {
    deployment: id,
    status,
    reason: null,
    failure_detected_at: detectedAt === null ? null : T0 + detectedAt,
  });
}

export function incident(at: number, id: string, blamed: string | null = null): Told {
  return tell('incident_opened', at, {
    incident: id,
    severity: 'critical',
    title: 'checkout is slow',
    deployment: blamed,
  });
}

export function over(at: number, id: string): Told {
  return tell('incident_closed', at, { incident: id });
}

/** Of a commit made `lead` before it is deployed at `at`. */
export function commitOf(sha: string, committedAt: number | null, version = '1.0.0') {
  const committed_at = committedAt === null ? null : T0 + committedAt;
  return { release: { version, commit: sha, committed_at, artifact: null } };
}
