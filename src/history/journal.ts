/**
 * The journal: append-only events, one chain per service and environment. Each event carries the hash of the one
 * before it and its own hash over every other column, so that no edit goes unseen.
 */

/** Where a chain belongs. Events about the service itself (checks) stand in the environment `-`. */
export interface Stream {
  readonly service: string;
  readonly environment: string;
}

export const NO_ENVIRONMENT = '-';

/** What happened, as the one who records it says it; the store adds the rest. */
export interface EventDraft {
  /** Unique for ever, made before the first attempt: appending the same id again changes nothing. */
  readonly id: string;
  readonly type: string;
  /** Epoch milliseconds by the recorder's clock. Order is by sequence, never by this. */
  readonly at: number;
  /** Who: a person or a CI job. */
  readonly actor: string;
  readonly host: string;
  /** Any JSON object; its shape belongs to `type`. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface JournalEvent extends EventDraft, Stream {
  /** From 1, without gaps, within its stream. */
  readonly seq: number;
  /** Fencing token it was written under; 0 for records that need no lease. */
  readonly fence: number;
  /** Hash of the event before; 64 zeros for the first. */
  readonly prev: string;
  /** SHA-256, hex, over the canonical JSON of every other column. */
  readonly hash: string;
}

export interface Head {
  readonly seq: number;
  readonly hash: string;
}
