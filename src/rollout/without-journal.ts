/** What is still done where the journal cannot be written any more, so that nobody is left with a release nobody watches. */

import { ok } from '../failure.ts';
import type { ReleaseRecord } from '../history/records.ts';
import { observePatiently } from './observe.ts';
import type { CandidateLeft, Outcome, WalkPorts } from './ports.ts';
import { slotSeen } from './shape.ts';
import { planRestore, type TakenBack } from './strategies/restore.ts';
import type { Lost } from './wait.ts';
import { walk } from './walk.ts';

/** What has the traffic or is about to get it, and what had it before. */
export interface Sides {
  readonly plan: TakenBack;
  readonly bad: ReleaseRecord | null;
  readonly good: ReleaseRecord | null;
  /** Going back would be worse than staying. */
  readonly stays: boolean;
}

/** Ends a rollout that somebody else goes on with, or that cannot be told of any more. */
export async function endWithout(walked: Lost, sides: Sides, ports: WalkPorts): Promise<Outcome> {
  if (walked.kind === 'taken_over') return walked;
  return { ...walked, candidate: await takeTrafficOff(sides, ports) };
}

/**
 * Gives all traffic back to the release before, with the fence of the lost lease: where somebody else acts by now, the
 * environment refuses. The candidate's instances stay, so that whoever goes on finds what the journal tells of.
 */
async function takeTrafficOff(
  { plan, bad, good, stays }: Sides,
  ports: WalkPorts,
): Promise<CandidateLeft> {
  const signal = new AbortController().signal;
  const steady: WalkPorts = {
    ...ports,
    signal,
    lost: signal,
    note: () => Promise.resolve(ok(undefined)),
  };
  const observed = await observePatiently(steady);
  if (typeof observed === 'string') return 'may_have_traffic';
  if ((slotSeen(observed, bad)?.share ?? 0) === 0) return 'had_no_traffic';
  if (good === null || stays) return 'may_have_traffic';
  const back = planRestore(plan, bad, good, observed);
  const steps = back.steps.slice(0, -1);
  const walked = await walk({ ...back, steps }, 'not recorded', 0, {
    ...steady,
    at: () => undefined,
  });
  return walked.kind === 'done' ? 'taken_off' : 'may_have_traffic';
}
