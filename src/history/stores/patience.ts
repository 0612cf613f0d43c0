/** Trying again: with growing, jittered waits, for a limited time, and never after an abort. */

import type { StoreFailure, StoreResult, StoreSettings } from '../store.ts';

/** How one attempt went, and whether the next may go better. */
export interface Attempt<T> {
  readonly result: StoreResult<T>;
  readonly again: boolean;
}

export interface Patience {
  readonly budgetMs: number;
  readonly firstMs: number;
  readonly longestMs: number;
  readonly settings: StoreSettings;
}

/** @returns the first result that is not worth another attempt, or the last one when time is up */
export async function tryAgain<T>(
  patience: Patience,
  attempt: (leftMs: number) => Promise<Attempt<T>>,
): Promise<StoreResult<T>> {
  const { settings, budgetMs } = patience;
  const random = settings.random ?? Math.random;
  // Time since start, because a wall clock that is set would end the patience or make it endless.
  const elapsed = () => settings.clock?.uptimeMs() ?? process.uptime() * 1000;
  const began = elapsed();
  let doubtful: StoreFailure | undefined;
  for (let round = 0; ; round += 1) {
    const left = budgetMs - (elapsed() - began);
    const { result, again } = await attempt(left);
    if (result.ok) return result;
    if (result.failure.kind === 'uncertain') doubtful = result.failure;
    const pause =
      Math.min(patience.longestMs, patience.firstMs * 2 ** round) * (0.5 + random() / 2);
    const over = elapsed() - began + pause > budgetMs || settings.signal?.aborted === true;
    if (!again || over) {
      // Once an attempt may have been committed, failing to reach the store later does not make it undone.
      const undecided = doubtful !== undefined && isTransient(result.failure);
      return undecided ? { ok: false, failure: doubtful as StoreFailure } : result;
    }
    await (settings.sleep ?? sleep)(pause, settings.signal);
  }
}

function isTransient(failure: StoreFailure): boolean {
  return failure.kind === 'unreachable' || failure.kind === 'busy';
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  const { setTimeout: wait } = await import('node:timers/promises');
  // An abort ends the wait; the loop sees it.
  await wait(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
