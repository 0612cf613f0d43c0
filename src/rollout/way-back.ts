/** Where a rollback goes that names no release, in an environment where nothing is half done. Pure. */

import { isGood, LOOK_BACK, newestOfEach, type CurrentRows } from '../history/folds/current.ts';
import type { DeploymentRow } from '../history/folds/rows.ts';
import type { ReleaseRecord } from '../history/records.ts';
import { releaseKey, type Observed } from './driver.ts';

export interface WayBack {
  /** What serves and should not; null where nothing does. */
  readonly bad: ReleaseRecord | null;
  /** Null where nothing shall serve; undefined where no record tells of a release that was good. */
  readonly good: ReleaseRecord | null | undefined;
  /** The record whose release it was that should not have come; null where nobody knows. */
  readonly takesBack: string | null;
}

/**
 * What the records say should serve goes first: where something else serves beside it, or a way back has failed half
 * way, a rollback brings just that. Only where it serves alone does a rollback go to the good release before it.
 */
export function wayBack(rows: CurrentRows, { slots }: Observed): WayBack {
  const environment = rows.environment();
  const row = (id: string | null | undefined) => (id ? rows.deployment(id) : undefined);
  const serving = releaseOf(row(environment?.serving));
  const doubt = row(environment?.in_doubt);
  const failed = doubt?.kind === 'rollback' ? releaseOf(doubt) : undefined;
  const meant = failed ?? serving;
  const others = slots
    .filter(({ share, release }) => share > 0 && !isSame(release, meant))
    .sort((a, b) => b.share - a.share)
    .map(({ release }) => release);
  if (failed !== undefined) {
    const before = serving !== undefined && !isSame(serving, failed) ? serving : null;
    // Once more what failed before: what it took back, and not what has served well all the time.
    const takesBack = doubt?.takes_back ?? null;
    const taken = releaseOf(row(takesBack));
    // A first deployment that could not be withdrawn: its own release was written as what it goes to.
    if (taken !== undefined && isSame(taken, failed)) return { bad: taken, good: null, takesBack };
    return { bad: others[0] ?? before, good: failed, takesBack };
  }
  const takesBack = doubt?.id ?? environment?.serving ?? null;
  const bad = others[0] ?? meant ?? null;
  const good = newestOfEach(rows.successes(LOOK_BACK)).filter(isGood).map(releaseOf);
  return { bad, good: good.find((one) => bad === null || !isSame(bad, one)), takesBack };
}

function isSame(release: ReleaseRecord, other: ReleaseRecord | undefined): boolean {
  return other !== undefined && releaseKey(release) === releaseKey(other);
}

function releaseOf(row: DeploymentRow): ReleaseRecord;
function releaseOf(row: DeploymentRow | undefined): ReleaseRecord | undefined;
function releaseOf(row: DeploymentRow | undefined): ReleaseRecord | undefined {
  if (row === undefined) return undefined;
  const { version, commit, committed_at, artifact } = row;
  return { version, commit, committed_at, artifact };
}
