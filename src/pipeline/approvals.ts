/** Is a release approved? An approval is bound to what was measured and planned, expires, and is used once. Pure. */

import { readRecord } from '../history/folds/read-record.ts';
import type { JournalEvent } from '../history/journal.ts';
import type { ReleaseRecord } from '../history/records.ts';

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
  const change = (id: string, state: Approval['state']) => {
    const known = found.get(id);
    if (known !== undefined) found.set(id, { ...known, state });
  };
  for (const event of events) {
    const read = readRecord(event);
    if (read.kind !== 'record') continue;
    const { type, body } = read.record;
    if (type === 'approval_requested') {
      const { approval: id, release, evidence, expires_at: expiresAt } = body;
      const [requestedBy, requestedAt] = [event.actor, event.at];
      const state = { kind: 'waiting' } as const;
      found.set(id, { ...{ id, release, evidence, requestedBy, requestedAt, expiresAt }, state });
    } else if (type === 'approval_given') {
      const known = found.get(body.approval);
      if (known?.state.kind === 'waiting' && event.at < known.expiresAt)
        change(body.approval, { kind: 'given', by: event.actor, at: event.at, note: body.note });
    } else if (type === 'approval_rejected') {
      const { approval, reason } = body;
      if (found.get(approval)?.state.kind !== 'used')
        change(approval, { kind: 'rejected', by: event.actor, reason });
    } else if (type === 'deployment_started' && body.kind === 'deploy') {
      for (const { id, release, state } of found.values())
        if (state.kind === 'given' && isSame(release, body.release)) change(id, { kind: 'used' });
    }
  }
  return [...found.values()].map((one) =>
    one.expiresAt <= now && (one.state.kind === 'waiting' || one.state.kind === 'given')
      ? { ...one, state: { kind: 'expired' } }
      : one,
  );
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
