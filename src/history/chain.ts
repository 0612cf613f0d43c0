/** The chain of hashes through a stream: how an event is sealed into it, and how a break in it is found. */

import { asJson, canonicalJson } from './canonical.ts';
import { cleaned } from './cleaned.ts';
import type { EventDraft, Head, JournalEvent, Stream } from './journal.ts';
import { sha256, sha256ByHand } from './sha256.ts';

/** The hash before the first event. */
export const GENESIS = '0'.repeat(64);

/** The head of a stream nobody has written to. */
export const EMPTY_HEAD: Head = { seq: 0, hash: GENESIS };

/** SHA-256 over the canonical JSON of every column but the hash itself. */
export function hashOf(event: Omit<JournalEvent, 'hash'>, hash = sha256): string {
  // Written out in canonical order, because verifying a long history does little else.
  const { actor, at, body, environment, fence, host, id, prev, seq, service, type } = event;
  const text =
    `{"actor":${quoted(actor)},"at":${at},"body":${canonicalJson(body)},` +
    `"environment":${quoted(environment)},"fence":${fence},"host":${quoted(host)},` +
    `"id":${quoted(id)},"prev":${quoted(prev)},"seq":${seq},"service":${quoted(service)},` +
    `"type":${quoted(type)}}`;
  return hash(text);
}

/** Up to so many are hashed sooner than Node has loaded what hashes them. */
const FEW = 4;

const quoted = (text: string) => JSON.stringify(text);

/** Makes events of drafts, each on top of the one before it. */
export function seal(
  stream: Stream,
  drafts: readonly EventDraft[],
  head: Head | undefined,
  fence: number,
): readonly JournalEvent[] {
  let { seq, hash: prev } = head ?? EMPTY_HEAD;
  const hashed = drafts.length <= FEW ? sha256ByHand : sha256;
  return drafts.map((draft) => {
    const columns = {
      service: storable(stream.service),
      environment: storable(stream.environment),
      seq: (seq += 1),
      id: storable(draft.id),
      type: storable(draft.type),
      at: Math.round(draft.at),
      actor: cleaned(draft.actor),
      host: cleaned(draft.host),
      fence,
      body: asJson(draft.body),
      prev,
    };
    const event = { ...columns, hash: hashOf(columns, hashed) };
    prev = event.hash;
    return event;
  });
}

/** What differs at one event from what the chain asks for. */
export interface ChainProblem {
  readonly seq: number;
  readonly differs: 'stream' | 'sequence' | 'prev' | 'hash';
  readonly expected: string;
  readonly found: string;
}

export type RunCheck =
  | { readonly ok: true; readonly head: Head }
  | { readonly ok: false; readonly problem: ChainProblem; readonly head: Head };

/**
 * Checks that these events continue a stream from `from` without a gap or an edit.
 * @returns the head they lead to; on a problem, the last head that is sound.
 */
export function verifyRun(stream: Stream, from: Head, events: Iterable<JournalEvent>): RunCheck {
  let head = from;
  for (const event of events) {
    const problem = problemAt(stream, head, event);
    if (problem !== undefined) return { ok: false, problem, head };
    head = { seq: event.seq, hash: event.hash };
  }
  return { ok: true, head };
}

function problemAt(stream: Stream, head: Head, event: JournalEvent): ChainProblem | undefined {
  const differs = (what: ChainProblem['differs'], expected: string, found: string) => ({
    seq: head.seq + 1,
    differs: what,
    expected,
    found,
  });
  if (event.seq !== head.seq + 1)
    return differs('sequence', String(head.seq + 1), String(event.seq));
  if (event.service !== stream.service || event.environment !== stream.environment)
    return differs('stream', streamName(stream), streamName(event));
  if (event.prev !== head.hash) return differs('prev', head.hash, event.prev);
  const own = hashOf(event);
  return own === event.hash ? undefined : differs('hash', own, event.hash);
}

export function streamName(stream: Stream): string {
  return `${stream.service}/${stream.environment}`;
}

/** Code unit order, the same on every store and in every locale. */
export function compareStreams(a: Stream, b: Stream): number {
  return compareText(a.service, b.service) || compareText(a.environment, b.environment);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Names are asked for again by their text, so what a store would change in them is a defect of ours. */
function storable(text: string): string {
  if (cleaned(text) !== text) throw new TypeError('a name in the journal is not well-formed text');
  return text;
}
