/** What the SQLite store answers from its rows, and how it compares them with the journal. */

import { fail, ok } from '../../failure.ts';
import type { MemoryRows } from '../folds/memory-rows.ts';
import type { Stream } from '../journal.ts';
import type { RowComparison, StoreFailure, StoreResult } from '../store.ts';
import { compareKept, PAGE, type KeptPages } from './kept-comparison.ts';
import { answerOf, type Ask } from './row-answers.ts';
import type { Connection } from './sqlite-connection.ts';
import type { Kept } from './sqlite-kept.ts';
import { IN_STREAM } from './sqlite-rows.ts';

/** Asks the rows; where they do not fit the journal, folds it into them anew, or in memory if nothing can be written. */
export function askRows({ atOnce, writing }: Connection, fromJournal: Ask): Ask {
  return async (scope, question, asked) => {
    const fromRows = () =>
      atOnce(({ kept }) =>
        kept?.stale(scope).length === 0
          ? { answer: answerOf(kept.queries, question, asked) }
          : undefined,
      );
    const first = await fromRows();
    if (!first.ok) return first;
    if (first.value !== undefined) return ok(first.value.answer);
    const rebuilt = await writing(({ kept }) => {
      for (const stream of kept?.stale(scope) ?? []) kept?.rebuild(stream);
      return ok(undefined);
    });
    const second = rebuilt.ok ? await fromRows() : undefined;
    if (second?.ok === true && second.value !== undefined) return ok(second.value.answer);
    return fromJournal(scope, question, asked);
  };
}

export async function compareIn(
  { reading }: Connection,
  stream: Stream,
  folded: MemoryRows,
): Promise<StoreResult<RowComparison>> {
  const { service, environment } = stream;
  const ask = async <T>(question: (kept: Kept) => T): Promise<T | undefined> => {
    const answer = await reading(({ kept }) => kept && question(kept));
    if (!answer.ok) throw new Unanswered(answer.failure);
    return answer.value;
  };
  const page = `${IN_STREAM} AND id > ? ORDER BY id LIMIT ${PAGE}`;
  const pages: KeptPages = {
    seq: () => ask(({ rows }) => rows.seqOf(stream)),
    environment: () => ask(({ rows }) => rows.look(stream).environment()),
    deployments: async (after) =>
      (await ask(({ rows }) => rows.find('deployment', page, service, environment, after))) ?? [],
    incidents: async (after) =>
      (await ask(({ rows }) => rows.find('incident', page, service, environment, after))) ?? [],
    more: async (rows) =>
      (await ask(({ days }) => days.differences(stream, rows.deployments()))) ?? [],
  };
  try {
    return ok(await compareKept(pages, folded));
  } catch (error) {
    if (error instanceof Unanswered) return fail(error.failure);
    throw error;
  }
}

class Unanswered extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}
