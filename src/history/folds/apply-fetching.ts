/**
 * The fold over rows that can only be asked for and awaited (a database client). `applyEvent` is pure and asks few
 * questions, so it is simply begun anew each time it asks something not fetched yet.
 */

import type { JournalEvent } from '../journal.ts';
import { applyEvent } from './deployments.ts';
import type { Look, RowChange } from './rows.ts';

/** Answers the same questions as `Look`, later. Within one transaction, so that the answers belong together. */
export type Fetch = {
  readonly [Q in keyof Look]: (...asked: Parameters<Look[Q]>) => Promise<ReturnType<Look[Q]>>;
};

export async function applyFetching(
  fetches: Fetch,
  event: JournalEvent,
): Promise<readonly RowChange[]> {
  const answers = new Map<string, unknown>();
  for (;;) {
    const wanted: { key: string; fetches: () => Promise<unknown> }[] = [];
    const look = lookAt(answers, fetches, wanted);
    try {
      return applyEvent(look, event);
    } catch (thrown) {
      const [question] = wanted;
      if (question === undefined) throw thrown;
      answers.set(question.key, await question.fetches());
    }
  }
}

class NotFetched extends Error {}

function lookAt(
  answers: ReadonlyMap<string, unknown>,
  fetches: Fetch,
  wanted: { key: string; fetches: () => Promise<unknown> }[],
): Look {
  function ask<T>(key: string, later: () => Promise<T>): T {
    if (answers.has(key)) return answers.get(key) as T;
    wanted.push({ key, fetches: later });
    throw new NotFetched(key);
  }
  return {
    environment: () => ask('environment', () => fetches.environment()),
    deployment: (id) => ask(`deployment ${id}`, () => fetches.deployment(id)),
    incident: (id) => ask(`incident ${id}`, () => fetches.incident(id)),
    newestRunning: () => ask('newest running', () => fetches.newestRunning()),
    failing: () => ask('failing', () => fetches.failing()),
    firstSuccessOf: (commit) => ask(`success ${commit}`, () => fetches.firstSuccessOf(commit)),
  };
}
