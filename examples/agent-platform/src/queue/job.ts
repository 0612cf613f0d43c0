import { isObject } from '../shape.ts';

/** What can stand in the queue. Jobs carry ids only; their content is in the database. */
export type Job =
  | { readonly kind: 'workflow'; readonly id: string }
  | { readonly kind: 'notification'; readonly id: string }
  | { readonly kind: 'heartbeat'; readonly id: string };

export type JobKind = Job['kind'];

const KINDS: readonly JobKind[] = ['workflow', 'notification', 'heartbeat'];

/** Reads a queued text; undefined when it is no job of ours. */
export function parseJob(text: string): Job | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const kind = KINDS.find((candidate) => candidate === value.kind);
    return kind && typeof value.id === 'string' ? { kind, id: value.id } : undefined;
  } catch {
    return undefined;
  }
}
