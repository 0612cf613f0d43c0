/** What the Postgres store answers from its rows. */

import { ok } from '../../failure.ts';
import { eventsAfter } from './postgres-events.ts';
import { lockStream } from './postgres-lease.ts';
import type { Connections } from './postgres-pool.ts';
import { rebuild, staleIn } from './postgres-projection.ts';
import { postgresQueries } from './postgres-queries.ts';
import { laterAnswerOf, type Ask } from './row-answers.ts';

/** Asks the rows; where they do not fit the journal, folds it into them anew, or in memory if nothing can be written. */
export function askRows(pool: Connections, fromJournal: Ask): Ask {
  return async (scope, question, asked) => {
    const fromRows = () =>
      pool.atOnce(async (query) => {
        if ((await staleIn(query, scope)).length > 0) return ok(undefined);
        return ok({ answer: await laterAnswerOf(postgresQueries(query), question, asked) });
      });
    const first = await fromRows();
    // A role without grants for the rows may still read events.
    if (first.ok && first.value !== undefined) return ok(first.value.answer);
    if (!first.ok && first.failure.kind !== 'read_only') return first;
    const rebuilt = first.ok
      ? await pool.transact(async (query) => {
          for (const stream of await staleIn(query, scope)) {
            await lockStream(query, stream);
            await rebuild(query, eventsAfter, stream);
          }
          return ok(undefined);
        })
      : first;
    const second = rebuilt.ok ? await fromRows() : undefined;
    if (second?.ok === true && second.value !== undefined) return ok(second.value.answer);
    return fromJournal(scope, question, asked);
  };
}
