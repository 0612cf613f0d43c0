/** The row queries of the store port, made of one way to ask; and the way that is always there: to fold the journal. */

import { ok } from '../../failure.ts';
import { foldEvents, memoryRows } from '../folds/memory-rows.ts';
import { memoryQueries, type FoldedStream, type RowQueries } from '../folds/row-queries.ts';
import { NO_ENVIRONMENT, type Stream } from '../journal.ts';
import type { RowAnswers, Store, StoreResult } from '../store.ts';

/** Whose rows a question is about: one stream's, or those of every environment of a service. */
export interface Scope {
  readonly service: string;
  readonly environment?: string | undefined;
}

type Question = keyof RowQueries;

export type Ask = <Q extends Question>(
  scope: Scope,
  question: Q,
  asked: Parameters<RowQueries[Q]>,
) => Promise<StoreResult<ReturnType<RowQueries[Q]>>>;

export function rowAnswers(ask: Ask): RowAnswers {
  return {
    environments: (service) => ask({ service }, 'environments', [service]),
    deployments: (asked) => ask(asked, 'deployments', [asked]),
    current: (stream) => ask(stream, 'current', [stream]),
    deploymentIds: (...asked) => ask(asked[0], 'deploymentIds', asked),
    incidents: (...asked) => ask({ service: asked[0] }, 'incidents', asked),
    incidentsOpened: (...asked) => ask(asked[0], 'incidentsOpened', asked),
    delivery: (...asked) => ask(asked[0], 'delivery', asked),
  };
}

/** The answer of rows that can be asked at once. */
export function answerOf<Q extends Question>(
  rows: RowQueries,
  question: Q,
  asked: Parameters<RowQueries[Q]>,
): ReturnType<RowQueries[Q]> {
  const answer = rows[question] as (...asked: Parameters<RowQueries[Q]>) => unknown;
  return answer(...asked) as ReturnType<RowQueries[Q]>;
}

/** The same questions, answered later. */
export type LaterQueries = {
  readonly [Q in Question]: (
    ...asked: Parameters<RowQueries[Q]>
  ) => Promise<ReturnType<RowQueries[Q]>>;
};

/** The same, of rows that are far away. */
export function laterAnswerOf<Q extends Question>(
  rows: LaterQueries,
  question: Q,
  asked: Parameters<RowQueries[Q]>,
): Promise<ReturnType<RowQueries[Q]>> {
  return rows[question](...asked);
}

const BATCH = 1_000;

/** Folds every journal in the scope in memory: slow, and it needs nothing but to read. */
export function askJournal(journal: Pick<Store, 'read' | 'streams'>): Ask {
  return async (scope, question, asked) => {
    const streams = await streamsIn(journal, scope);
    if (!streams.ok) return streams;
    const folded: FoldedStream[] = [];
    for (const stream of streams.value) {
      const rows = memoryRows();
      for (let after = 0; ;) {
        const events = await journal.read(stream, after, BATCH);
        if (!events.ok) return events;
        foldEvents(events.value, rows);
        const last = events.value.at(-1);
        // A sequence that does not grow is a broken one; verifying says so.
        if (last === undefined || last.seq <= after) break;
        after = last.seq;
      }
      folded.push({ stream, rows });
    }
    return ok(
      answerOf(
        memoryQueries(() => folded),
        question,
        asked,
      ),
    );
  };
}

async function streamsIn(
  journal: Pick<Store, 'streams'>,
  { service, environment }: Scope,
): Promise<StoreResult<readonly Stream[]>> {
  if (environment !== undefined) return ok([{ service, environment }]);
  const all = await journal.streams();
  if (!all.ok) return all;
  return ok(
    all.value.filter((one) => one.service === service && one.environment !== NO_ENVIRONMENT),
  );
}
