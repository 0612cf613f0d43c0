/**
 * Between promote and roll back: the candidate's traffic goes back to the release before it, its instances stay, and a
 * person is asked. `deploy:resume` gives it its part of the traffic again and compares anew; `deploy:rollback` ends it.
 */

import { lookingAt } from './look.ts';
import { perform } from './perform.ts';
import { slotOf, type Plan, type Step } from './plan.ts';
import type { WalkPorts } from './ports.ts';
import { shapeBefore } from './wait.ts';

/** @returns whether the environment has come to look so */
export async function withdrawTraffic(
  plan: Plan,
  deployment: string,
  index: number,
  ports: WalkPorts,
): Promise<boolean> {
  const step = withoutTraffic(plan, index);
  if (step === undefined) return false;
  const alone: Plan = { ...plan, steps: [step] };
  // Nothing but the loss of the lease ends it: what was to be interrupted would leave the candidate its traffic.
  const steady = { ...ports, signal: ports.lost };
  const looking = lookingAt(alone, deployment, steady);
  const done = await perform({ plan: alone, deployment, index: 0, ports: steady, looking });
  return done.kind === 'done';
}

function withoutTraffic(plan: Plan, index: number): Step | undefined {
  const { release, stable, dials, instances } = plan;
  const before = shapeBefore({ plan, index });
  if (stable === null || before === undefined) return undefined;
  const own = slotOf(before.desired, release).instances;
  const turns = dials.includes('traffic');
  return {
    ...before,
    name: 'withdraw_traffic',
    desired: {
      slots: [
        ...(turns ? [{ release, instances: own, share: 0 }] : []),
        { release: stable, instances, share: 1 },
      ],
    },
  };
}
