/** Is an environment frozen, by a person or by a window? Deployments look; rollbacks never do. */

import type { FreezeWindow } from '../config/freeze-window.ts';
import { ok, type Result } from '../failure.ts';
import { readRecord } from '../history/folds/read-record.ts';
import type { Stream } from '../history/journal.ts';
import type { Store, StoreFailure } from '../history/store.ts';
import { freezeAt, type Freeze } from './freeze.ts';

export async function readFreeze(
  store: Store,
  stream: Stream,
  windows: readonly FreezeWindow[],
  now: number,
): Promise<Result<Freeze | undefined, StoreFailure>> {
  const newest = await store.newest(stream, ['environment_frozen', 'environment_unfrozen'], 1);
  if (!newest.ok) return newest;
  const [event] = newest.value;
  const read = event === undefined ? undefined : readRecord(event);
  if (event !== undefined && read?.kind === 'record' && read.record.type === 'environment_frozen') {
    const { reason, until } = read.record.body;
    if (until === null || until > now)
      return ok({ kind: 'person', by: event.actor, reason, until });
  }
  return ok(freezeAt(windows, now));
}

/** `frozen by kim until 2026-12-24 18:00 UTC: year end`. */
export function freezeText({ kind, by, reason, until }: Freeze): string {
  const who = kind === 'person' ? `frozen by ${by}` : `frozen from ${by}`;
  const end = until === null ? '' : ` until ${minuteText(until)}`;
  return `${who}${end}${reason === '' ? '' : `: ${reason}`}`;
}

function minuteText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
