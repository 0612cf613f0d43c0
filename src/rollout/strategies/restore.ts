/** The way back: the release before takes over again, and healthy instances stop only when others serve. Pure. */

import type { ReleaseRecord } from '../../history/records.ts';
import type { Observed } from '../driver.ts';
import type { Plan, Step } from '../plan.ts';
import { slotSeen } from '../shape.ts';
import { shape, type Fleet } from './shapes.ts';

/** What a restoring plan needs to know of the one it takes back. */
export type TakenBack = Pick<
  Plan,
  'service' | 'environment' | 'instances' | 'dials' | 'rollbackMs' | 'window' | 'trialSpeed'
>;

/**
 * @param bad what serves or was about to
 * @param good what shall serve; null where nothing was before it, then nothing will
 * @param observed as the environment looks now
 */
export function planRestore(
  taken: TakenBack,
  bad: ReleaseRecord | null,
  good: ReleaseRecord | null,
  observed: Observed,
): Plan {
  const { service, environment, instances, dials, rollbackMs: withinMs, window } = taken;
  return {
    schema: 'nemesis.plan/1',
    ...{ service, environment, instances, dials, window },
    strategy: 'restore',
    release: good ?? bad ?? NOBODY,
    stable: bad,
    steps:
      good === null
        ? [{ kind: 'shape', name: 'withdraw', agent: 'rollback', desired: { slots: [] }, withinMs }]
        : stepsBack({ candidate: good, stable: bad, instances, dials }, observed, withinMs),
    triggers: [],
    floor: 0,
    promoteMs: 0,
    rollbackMs: withinMs,
    load: null,
    alerts: null,
    validationMs: null,
    onInterrupt: 'hold',
    holdsOnFailure: true,
    withoutTraffic: 'accept',
    trialSpeed: taken.trialSpeed,
    notes: [],
  };
}

const NOBODY: ReleaseRecord = {
  version: 'nothing',
  commit: null,
  committed_at: null,
  artifact: null,
};

/** Here the good release is the fleet's candidate: it comes, and what is bad goes. */
function stepsBack(fleet: Fleet, observed: Observed, withinMs: number): readonly Step[] {
  const { candidate: good, stable: bad, instances } = fleet;
  const move = (name: string, left: number, share: number): Step => ({
    kind: 'shape',
    name,
    agent: 'rollback',
    desired: shape(fleet, instances, left, share),
    withinMs,
  });
  const seenGood = slotSeen(observed, good);
  const seenBad = slotSeen(observed, bad);
  const left = seenBad?.instances ?? 0;
  const healthy = seenGood?.healthy ?? 0;
  const isWhole = healthy >= instances;
  const share = shareFor(healthy, seenGood?.share ?? 0, seenBad?.healthy ?? 0, instances);
  return [
    ...(isWhole || left === 0 ? [] : [move('restore_instances', left, share)]),
    ...(left === 0 ? [] : [move('restore_traffic', left, 1)]),
    move('remove_bad_release', 0, 1),
  ];
}

/**
 * The good release takes at once what its healthy instances were meant to take; all traffic on a quarter of the fleet
 * would end that, too. Where nothing of the bad one is healthy there is nothing to lose.
 */
function shareFor(healthy: number, share: number, bad: number, instances: number): number {
  if (healthy === 0) return share;
  return bad === 0 ? 1 : Math.min(1, Math.max(share, healthy / instances));
}
