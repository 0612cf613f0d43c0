/** A row of the event table, in both SQL stores, to and from an event. */

import { canonicalJson } from '../canonical.ts';
import type { JournalEvent } from '../journal.ts';

/** In the order every statement names them. */
export const EVENT_COLUMNS =
  'service, environment, seq, id, type, at, actor, host, fence, body, prev, hash';

export type EventCell = string | number;

/** The cells of an event, in the order of `EVENT_COLUMNS`. */
export function cellsOf(event: JournalEvent): EventCell[] {
  const { service, environment, seq, id, type, at, actor, host, fence, prev, hash } = event;
  const body = canonicalJson(event.body);
  return [service, environment, seq, id, type, at, actor, host, fence, body, prev, hash];
}

/** A row that no append of ours has left like this. */
export class UnreadableRow extends Error {
  readonly seq: number | undefined;

  constructor(seq: number | undefined, column: string) {
    super(`${seq === undefined ? 'an event' : `event ${seq}`} has an unreadable ${column}`);
    this.seq = seq;
  }
}

/** @throws UnreadableRow */
export function eventOf(row: Readonly<Record<string, unknown>>): JournalEvent {
  const seq = typeof row['seq'] === 'number' ? row['seq'] : undefined;
  const text = (column: string): string => {
    const cell = row[column];
    if (typeof cell !== 'string') throw new UnreadableRow(seq, column);
    return cell;
  };
  const number = (column: string): number => {
    const cell = row[column];
    if (typeof cell !== 'number') throw new UnreadableRow(seq, column);
    return cell;
  };
  return {
    service: text('service'),
    environment: text('environment'),
    seq: number('seq'),
    id: text('id'),
    type: text('type'),
    at: number('at'),
    actor: text('actor'),
    host: text('host'),
    fence: number('fence'),
    body: bodyOf(text('body'), seq),
    prev: text('prev'),
    hash: text('hash'),
  };
}

/** The hash is over the value; the text must be the one way to write it, or queries on it could be misled. */
function bodyOf(text: string, seq: number | undefined): JournalEvent['body'] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new UnreadableRow(seq, 'body');
  }
  if (typeof body !== 'object' || body === null || canonicalJson(body) !== text)
    throw new UnreadableRow(seq, 'body');
  return body as JournalEvent['body'];
}
