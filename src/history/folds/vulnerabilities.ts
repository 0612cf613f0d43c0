/** What is open about holes in dependencies: a fold over the alerts, tickets and notes of a service. Pure. */

import type { JournalEvent } from '../journal.ts';
import type { RecordBodies, VulnerabilityRecord } from '../records.ts';
import { readRecord } from './read-record.ts';

export const VULNERABILITY_TYPES = [
  'vulnerability_alert',
  'vulnerability_recorded',
  'vulnerability_settled',
] as const;

export type NoteKind = 'alert' | RecordBodies['vulnerability_recorded']['kind'];

/** An alert, ticket or note that is not settled. */
export interface OpenNote extends VulnerabilityRecord {
  readonly kind: NoteKind;
  /** Epoch ms of the check that wrote it down. */
  readonly first_seen: number;
  readonly due_at: number | null;
}

/** @param events those of `VULNERABILITY_TYPES`, in order of sequence; @returns in the order they were opened */
export function openNotes(events: readonly JournalEvent[]): readonly OpenNote[] {
  const open = new Map<string, OpenNote>();
  for (const event of events) {
    const read = readRecord(event);
    if (read.kind !== 'record') continue;
    const { type, body } = read.record;
    if (type === 'vulnerability_settled') open.delete(body.record);
    else if (type === 'vulnerability_alert') {
      open.set(body.record, { ...body, kind: 'alert', first_seen: event.at, due_at: null });
    } else if (type === 'vulnerability_recorded') {
      open.set(body.record, { ...body, first_seen: event.at });
    }
  }
  return [...open.values()];
}

export function isOverdue({ due_at }: Pick<OpenNote, 'due_at'>, now: number): boolean {
  return due_at !== null && due_at < now;
}
