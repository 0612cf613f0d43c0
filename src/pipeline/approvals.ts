/**
 * Who was asked to say yes, who did, and what became of it. Pure.
 *
 *   waiting ── a word ──▸ given ── a deployment begins ──▸ used
 *      │                    │
 *      └── a person ────────┴──▸ rejected           either, when its time is over: expired
 *
 * A word that is recorded is what somebody claims. Whether it counts is judged each time it is needed, by `count.ts`.
 */

import { readRecord } from '../history/folds/read-record.ts';
import type { JournalEvent } from '../history/journal.ts';
import type { JournalRecord, JsonObject, RecordBodies, ReleaseRecord } from '../history/records.ts';

export const APPROVAL_TYPES = [
  ...['approval_requested', 'approval_given', 'approval_rejected', 'approval_refused'],
  ...['approval_used', 'deployment_started'],
] as const;

/** One person's yes, as it was recorded. */
export interface Word {
  /** Of the event. */
  readonly id: string;
  readonly by: string;
  readonly at: number;
  readonly proof: RecordBodies['approval_given']['proof'];
  readonly note: string;
  readonly enteredBy: string | null;
  readonly document: string | null;
  readonly signature: string | null;
  readonly platform: JsonObject | null;
  /** Said when there was nothing to approve any more. */
  readonly isLate: boolean;
}

export interface Refused {
  readonly by: string;
  readonly proof: string;
  readonly why: string;
  readonly at: number;
  /** Of the event it is about. */
  readonly word: string | null;
}

export interface Approval {
  readonly id: string;
  readonly release: ReleaseRecord;
  readonly evidence: string;
  readonly plan: string | null;
  readonly gates: Readonly<Record<string, string>>;
  /** What is accepted with it although nobody measured it. */
  readonly accepts: readonly string[];
  readonly since: string | null;
  readonly nonce: string | null;
  readonly origin: string | null;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly words: readonly Word[];
  readonly refused: readonly Refused[];
  readonly state:
    | { readonly kind: 'waiting' }
    /** By the newest word. */
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
    one.expiresAt <= now && isOpen(one) ? { ...one, state: { kind: 'expired' } } : one,
  );
}

export function isOpen({ state }: Approval): boolean {
  return state.kind === 'waiting' || state.kind === 'given';
}

function changesBy(
  { type, body }: JournalRecord,
  event: JournalEvent,
  found: ReadonlyMap<string, Approval>,
): readonly Approval[] {
  const known = 'approval' in body ? found.get(body.approval) : undefined;
  switch (type) {
    case 'approval_requested':
      // Asked for a second time, a used one would be fresh again.
      return known === undefined ? [requested(body, event)] : [];
    case 'approval_given':
      return known === undefined ? [] : withWord(known, body, event);
    case 'approval_rejected': {
      if (known === undefined || known.state.kind === 'used') return [];
      return [{ ...known, state: { kind: 'rejected', by: event.actor, reason: body.reason } }];
    }
    case 'approval_refused': {
      if (known === undefined) return [];
      const { by, proof, why, word } = body;
      return [{ ...known, refused: [...known.refused, { by, proof, why, word, at: event.at }] }];
    }
    case 'approval_used':
      return known === undefined ? [] : [{ ...known, state: { kind: 'used' } }];
    case 'deployment_started':
      return body.kind === 'deploy' ? usedBy(body.release, found) : [];
    default:
      return [];
  }
}

function requested(
  body: RecordBodies['approval_requested'],
  { actor, at }: JournalEvent,
): Approval {
  const { approval: id, release, evidence, expires_at: expiresAt } = body;
  const { plan = null, gates = {}, accepts = [], since = null, nonce = null, origin = null } = body;
  return {
    ...{ id, release, evidence, plan, gates, accepts, since, nonce, origin },
    ...{ requestedBy: actor, requestedAt: at, expiresAt, words: [], refused: [] },
    state: { kind: 'waiting' },
  };
}

function withWord(
  known: Approval,
  body: RecordBodies['approval_given'],
  { id, actor: by, at }: JournalEvent,
): readonly Approval[] {
  const { proof, note, entered_by: enteredBy = null, document = null } = body;
  const { signature = null, platform = null } = body;
  const isInTime = isOpen(known) && at < known.expiresAt;
  const said = { id, by, at, proof, note, enteredBy, document, signature, platform };
  const words = [...known.words, { ...said, isLate: !isInTime }];
  return [
    { ...known, words, ...(isInTime && { state: { kind: 'given', by, at, note } as const }) },
  ];
}

function usedBy(release: ReleaseRecord, found: ReadonlyMap<string, Approval>): Approval[] {
  return [...found.values()]
    .filter((one) => one.state.kind === 'given' && isSame(one.release, release))
    .map((one) => ({ ...one, state: { kind: 'used' } }));
}

function isSame(a: ReleaseRecord, b: ReleaseRecord): boolean {
  return a.version === b.version && a.artifact === b.artifact && a.commit === b.commit;
}

/** The newest one for exactly this release and evidence. */
export function approvalFor(
  approvals: readonly Approval[],
  release: ReleaseRecord,
  evidence: string,
): Approval | undefined {
  return approvals.findLast((one) => one.evidence === evidence && isSame(one.release, release));
}
