/** Compares kept rows with the journal's, a page at a time: a history may not fit in one answer. */

import { compareRows, type RowDifference } from '../folds/compare-rows.ts';
import type { MemoryRows } from '../folds/memory-rows.ts';
import type { DeploymentRow, EnvironmentRow, IncidentRow } from '../folds/rows.ts';
import type { RowComparison } from '../store.ts';

export const PAGE = 1_000;

/** The rows of one stream; pages in order of id, from `after` (exclusive), `PAGE` rows each but the last. */
export interface KeptPages {
  /** See `SqliteRows.seqOf`. */
  seq(): Promise<number | undefined>;
  environment(): Promise<EnvironmentRow | undefined>;
  deployments(after: string): Promise<readonly DeploymentRow[]>;
  incidents(after: string): Promise<readonly IncidentRow[]>;
  /** What else is kept of the rows. */
  more?(folded: MemoryRows): Promise<readonly RowDifference[]>;
}

export async function compareKept(kept: KeptPages, folded: MemoryRows): Promise<RowComparison> {
  const end = folded.environment()?.seq;
  const before = await kept.seq();
  if (before === undefined || end === undefined || before < end) return { kind: 'not_kept' };
  if (before > end) return { kind: 'moved' };
  const comparison = compareRows(folded);
  comparison.environment(await kept.environment());
  await throughPages(
    (after) => kept.deployments(after),
    (rows) => comparison.deployments(rows),
  );
  await throughPages(
    (after) => kept.incidents(after),
    (rows) => comparison.incidents(rows),
  );
  const more = (await kept.more?.(folded)) ?? [];
  // Every event moves the environment's row along.
  if ((await kept.seq()) !== end) return { kind: 'moved' };
  return { kind: 'compared', differences: [...comparison.differences(), ...more] };
}

async function throughPages<R extends { readonly id: string }>(
  page: (after: string) => Promise<readonly R[]>,
  take: (rows: readonly R[]) => void,
): Promise<void> {
  for (let after = ''; ;) {
    const rows = await page(after);
    take(rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}
