/** Is a release approved? An approval is bound to what was measured and planned, expires, and is used once. Pure. */

import { readRecord } from '../history/folds/read-record.ts';
import type { JournalEvent } from '../history/journal.ts';
import type { JournalRecord, ReleaseRecord } from '../history/records.ts';

export const APPROVAL_TYPES = [
  'approval_requested',
  'approval_given',
  'approval_rejected',
  'deployment_started',
] as const;

export interface Approval {
  readonly id: string;
  readonly release: ReleaseRecord;
  readonly evidence: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly state:
    | { readonly kind: 'waiting' }
    | { readonly kind: 'given'; readonly by: string; readonly at: number; readonly note: string }
    | { readonly kind: 'rejected'; readonly by: string; readonly reason: string }
    | { readonly kind: 'used' }
    | { readonly kind: 'expired' };
}

/** Every approval ever asked for in one environment, the oldest first. @param events in order of sequence */
export function approvalsIn(events: Iterable<JournalEvent>, now: number): readonly Approval[] {
  const found = new Map<string, Approval>();
  for (const event of events) {
    const read = readRecord(event);
    if (read.kind === 'record')
      for (const changed of changesBy(read.record, event, found)) found.set(changed.id, changed);
  }
  return [...found.values()].map((one) =>
    one.expiresAt <= now && (one.state.kind === 'waiting' || one.state.kind === 'given')
      ? { ...one, state: { kind: 'expired' } }
      : one,
  );
}

function changesBy(
  { type, body }: JournalRecord,
  { actor: by, at }: JournalEvent,
  found: ReadonlyMap<string, Approval>,
): readonly Approval[] {
  switch (type) {
    case 'approval_requested': {
      const { approval: id, release, evidence, expires_at: expiresAt } = body;
      const asked = { id, release, evidence, requestedBy: by, requestedAt: at, expiresAt };
      return [{ ...asked, state: { kind: 'waiting' } }];
    }
    case 'approval_given': {
      const known = found.get(body.approval);
      const isInTime = known?.state.kind === 'waiting' && at < known.expiresAt;
      return isInTime ? [{ ...known, state: { kind: 'given', by, at, note: body.note } }] : [];
    }
    case 'approval_rejected': {
      const known = found.get(body.approval);
      if (known === undefined || known.state.kind === 'used') return [];
      return [{ ...known, state: { kind: 'rejected', by, reason: body.reason } }];
    }
    case 'deployment_started':
      return body.kind === 'deploy' ? usedBy(body.release, found) : [];
    default:
      return [];
  }
}

function usedBy(release: ReleaseRecord, found: ReadonlyMap<string, Approval>): Approval[] {
  return [...found.values()]
    .filter((one) => one.state.kind === 'given' && isSame(one.release, release))
    .map((one) => ({ ...one, state: { kind: 'used' } }));
}

function isSame(a: ReleaseRecord, b: ReleaseRecord): boolean {
  return a.version === b.version && a.artifact === b.artifact;
}

/** The newest one for exactly this release and evidence. */
export function approvalFor(
  approvals: readonly Approval[],
  release: ReleaseRecord,
  evidence: string,
): Approval | undefined {
  return approvals.findLast((one) => one.evidence === evidence && isSame(one.release, release));
}
