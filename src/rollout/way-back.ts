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
  const failed = doubt?.kind === 'rollback' ? doubt : undefined;
  const meant = releaseOf(failed) ?? serving;
  const other = otherThan(meant, slots);
  if (failed !== undefined) {
    const taken = releaseOf(row(failed.takes_back));
    return onceMore(failed, taken, other ?? (isSame(serving, meant) ? undefined : serving));
  }
  const bad = other ?? meant ?? null;
  const good = newestOfEach(rows.successes(LOOK_BACK)).filter(isGood).map(releaseOf);
  return {
    bad,
    good: good.find((one) => !isSame(one, bad ?? undefined)),
    takesBack: doubt?.id ?? environment?.serving ?? null,
  };
}

/** What has most of the traffic that is not for the release that is meant. */
function otherThan(
  meant: ReleaseRecord | undefined,
  slots: Observed['slots'],
): ReleaseRecord | undefined {
  return slots
    .filter(({ share, release }) => share > 0 && !isSame(release, meant))
    .sort((a, b) => b.share - a.share)[0]?.release;
}

/** What failed before is tried again: it takes back what it took back, and not what has served well all the time. */
function onceMore(
  failed: DeploymentRow,
  taken: ReleaseRecord | undefined,
  other: ReleaseRecord | undefined,
): WayBack {
  const good = releaseOf(failed);
  const takesBack = failed.takes_back;
  // A first deployment that could not be withdrawn: its own release was written as what it goes to.
  if (taken !== undefined && isSame(taken, good)) return { bad: taken, good: null, takesBack };
  return { bad: other ?? null, good, takesBack };
}

function isSame(one: ReleaseRecord | undefined, other: ReleaseRecord | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return releaseKey(one) === releaseKey(other);
}

function releaseOf(row: DeploymentRow): ReleaseRecord;
function releaseOf(row: DeploymentRow | undefined): ReleaseRecord | undefined;
function releaseOf(row: DeploymentRow | undefined): ReleaseRecord | undefined {
  if (row === undefined) return undefined;
  const { version, commit, committed_at, artifact } = row;
  return { version, commit, committed_at, artifact };
}
