/**
 * Keeps the rows of the SQLite store in step with its events, inside the transaction that adds them. Rows that do not
 * fit their journal (of another version of the fold, or left behind by a nemesis that kept none) are folded anew.
 */

import { memoryRows, type MemoryRows } from '../folds/memory-rows.ts';
import { applyEvent } from '../folds/deployments.ts';
import type { RowChange } from '../folds/rows.ts';
import { NO_ENVIRONMENT, type JournalEvent, type Stream } from '../journal.ts';
import { UnreadableRow } from './event-row.ts';
import type { Scope } from './row-answers.ts';
import type { EventTable } from './sqlite-events.ts';
import type { SqliteDays } from './sqlite-days.ts';
import { IN_STREAM, type SqliteRows } from './sqlite-rows.ts';
import type { Statements } from './sqlite-statements.ts';

export interface Projection {
  /** After `fresh` were added to the journal. Never fails because of what stands in the journal or the rows. */
  follow(stream: Stream, fresh: readonly JournalEvent[]): void;
  /** Those in the scope whose rows do not fit. */
  stale(scope: Scope): readonly Stream[];
  /** Folds a stream from its first event on. Fails with `UnreadableRow`, and then has changed nothing. */
  rebuild(stream: Stream): void;
}

export function projection(
  sql: Statements,
  events: EventTable,
  rows: SqliteRows,
  days: SqliteDays,
): Projection {
  const putAll = (
    look: { deployment: MemoryRows['deployment'] },
    changes: readonly RowChange[],
  ) => {
    for (const change of changes) {
      if (change.table === 'deployment') days.change(look.deployment(change.row.id), change.row);
      rows.put(change);
    }
  };
  const rebuild = (stream: Stream): void => {
    const folded = foldAll(events, stream);
    const { service, environment } = stream;
    for (const table of TABLES) sql.run(`DELETE FROM ${table} ${IN_STREAM}`, service, environment);
    const nothing = memoryRows();
    putAll(
      nothing,
      folded.deployments().map((row) => ({ table: 'deployment', row })),
    );
    putAll(
      nothing,
      folded.incidents().map((row) => ({ table: 'incident', row })),
    );
    const environmentRow = folded.environment();
    if (environmentRow !== undefined) rows.put({ table: 'environment', row: environmentRow });
  };
  return {
    rebuild,
    follow(stream, fresh) {
      const [first] = fresh;
      if (first === undefined) return;
      try {
        const look = rows.look(stream);
        const isNew = look.environment() === undefined;
        const fits = isNew ? first.seq === 1 : rows.seqOf(stream) === first.seq - 1;
        if (!fits) {
          rebuild(stream);
          return;
        }
        for (const event of fresh) putAll(look, applyEvent(look, event));
      } catch (error) {
        if (!(error instanceof UnreadableRow)) throw error;
        // The events count. Rows that lag behind them are folded anew, or said to be corrupt, by who asks for them.
      }
    },
    stale: (scope) =>
      streamsIn(events, scope).filter((stream) => events.head(stream)?.seq !== rows.seqOf(stream)),
  };
}

const TABLES = ['environments', 'deployments', 'incidents', 'days', 'day_times'];

const BATCH = 1_000;

function foldAll(events: EventTable, stream: Stream): MemoryRows {
  const rows = memoryRows();
  for (let after = 0; ;) {
    const batch = events.read(stream, after, BATCH);
    for (const event of batch) rows.put(applyEvent(rows, event));
    const last = batch.at(-1);
    if (last === undefined || last.seq <= after) return rows;
    after = last.seq;
  }
}

function streamsIn(events: EventTable, { service, environment }: Scope): readonly Stream[] {
  if (environment !== undefined) return [{ service, environment }];
  return events.streamsOf(service).filter((stream) => stream.environment !== NO_ENVIRONMENT);
}
