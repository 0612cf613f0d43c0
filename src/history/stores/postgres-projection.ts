/** Keeps the rows of the Postgres store in step with its events, inside the transaction that adds them. */

import { applyFetching } from '../folds/apply-fetching.ts';
import { foldEvents, memoryRows, type MemoryRows } from '../folds/memory-rows.ts';
import { FOLD_VERSION } from '../folds/rows.ts';
import { NO_ENVIRONMENT, type JournalEvent, type Stream } from '../journal.ts';
import { UnreadableRow } from './event-row.ts';
import type { Query } from './postgres-pool.ts';
import { fetchedRows } from './postgres-look.ts';
import { clearRows, findRows, IN_STREAM, putRows, seqOf } from './postgres-rows.ts';
import type { Scope } from './row-answers.ts';

/** Events of a stream in order, from `after` (exclusive). */
export type ReadEvents = (query: Query, stream: Stream, after: number) => Promise<JournalEvent[]>;

/** After `fresh` were added to the journal. The lock on the stream is held. */
export async function follow(
  query: Query,
  read: ReadEvents,
  stream: Stream,
  fresh: readonly JournalEvent[],
): Promise<void> {
  const [first] = fresh;
  if (first === undefined) return;
  const names = [stream.service, stream.environment];
  const [before] = await findRows(query, 'environment', IN_STREAM, names);
  const fits =
    before === undefined
      ? first.seq === 1
      : before.seq === first.seq - 1 && (await seqOf(query, stream)) === before.seq;
  if (!fits) {
    await rebuildIfReadable(query, read, stream);
    return;
  }
  const rows = await fetchedRows(query, stream, before, fresh);
  for (const event of fresh) rows.put(await applyFetching(rows.fetch, event));
  await rows.flush();
}

/** The events count. Rows that lag behind them are said to be corrupt by who asks for them. */
async function rebuildIfReadable(query: Query, read: ReadEvents, stream: Stream): Promise<void> {
  try {
    await rebuild(query, read, stream);
  } catch (error) {
    if (!(error instanceof UnreadableRow)) throw error;
  }
}

/** Folds a stream from its first event on. Fails with `UnreadableRow`, and then has changed nothing. */
export async function rebuild(query: Query, read: ReadEvents, stream: Stream): Promise<void> {
  const folded = await foldAll(query, read, stream);
  const environment = folded.environment();
  await clearRows(query, stream);
  await putRows(query, 'deployment', folded.deployments());
  await putRows(query, 'incident', folded.incidents());
  if (environment !== undefined) await putRows(query, 'environment', [environment]);
}

async function foldAll(query: Query, read: ReadEvents, stream: Stream): Promise<MemoryRows> {
  const rows = memoryRows();
  for (let after = 0; ;) {
    const batch = await read(query, stream, after);
    foldEvents(batch, rows);
    const last = batch.at(-1);
    if (last === undefined || last.seq <= after) return rows;
    after = last.seq;
  }
}

/** Those in the scope whose rows do not fit. */
export async function staleIn(query: Query, scope: Scope): Promise<readonly Stream[]> {
  const { service, environment = null } = scope;
  const found = await query(STALE, [service, environment, FOLD_VERSION, NO_ENVIRONMENT]);
  return found.map((row) => ({ service, environment: String(row['environment']) }));
}

/** The environments are found by one step down the index each: a history has millions of events. */
const STALE = `WITH RECURSIVE names (environment) AS (
    SELECT CASE WHEN $2::text IS NULL
      THEN (SELECT min(e.environment) FROM nemesis.events AS e WHERE e.service = $1) ELSE $2 END
    UNION ALL
    SELECT (SELECT min(e.environment) FROM nemesis.events AS e
        WHERE e.service = $1 AND e.environment > names.environment)
      FROM names WHERE names.environment IS NOT NULL AND $2::text IS NULL
  )
  SELECT names.environment FROM names
  WHERE names.environment IS NOT NULL AND ($2::text IS NOT NULL OR names.environment <> $4)
    AND (SELECT max(e.seq) FROM nemesis.events AS e
        WHERE e.service = $1 AND e.environment = names.environment)
      IS DISTINCT FROM (SELECT k.seq FROM nemesis.environments AS k
        WHERE k.service = $1 AND k.environment = names.environment COLLATE "C" AND k.fold = $3)`;
