/** Looks at an environment while a rollout waits: observes, cuts windows of traffic, judges the triggers. */

import { fail, ok, type Result } from '../failure.ts';
import type { DriverFailure, Observed } from './driver.ts';
import type { Plan, Validates } from './plan.ts';
import { slotSeen } from './shape.ts';
import { latestWindow, recentLooks, type TrafficLook, type TrafficWindow } from './traffic.ts';
import { MANUAL, TRAFFIC_SCOPE, triggerWatch, type Fired, type Judged } from './triggers.ts';
import type { WalkPorts } from './ports.ts';

export interface Seen {
  readonly observed: Observed;
  readonly candidate: TrafficWindow | undefined;
  readonly stable: TrafficWindow | undefined;
  readonly judged: Judged;
}

export interface Looking {
  /** @param armed does the candidate have traffic? @param instances of the candidate that were healthy before */
  look(armed: boolean, instances: number): Promise<Result<Seen, DriverFailure>>;
  /**
   * A new watch of so many ms begins: what was seen and told before does not count for it, unless it is a later part of
   * the validation window.
   */
  fresh(forMs: number, validates?: Validates): void;
}

export function lookingAt(plan: Plan, deployment: string, ports: WalkPorts): Looking {
  const { windowMs } = plan.window;
  let warmAt = 0;
  let validating: Validates | undefined;
  const triggers = triggerWatch(plan.triggers, plan.window, TRAFFIC_SCOPE);
  let candidates: TrafficLook[] = [];
  let stables: TrafficLook[] = [];

  return {
    async look(armed, instances) {
      const observed = await ports.driver.observe(ports.signal);
      if (!observed.ok) return fail(observed.failure);
      const at = ports.clock.now();
      candidates = added(candidates, observed.value, plan.release, at, windowMs);
      stables = added(stables, observed.value, plan.stable, at, windowMs);
      const candidate = latestWindow(candidates, windowMs);
      const stable = latestWindow(stables, windowMs);
      const seen = { observed: observed.value, candidate, stable };
      // The way back is not taken back, whatever fires.
      if (plan.strategy === 'restore') return ok({ ...seen, judged: { untold: [] } });
      const { firing, asked } = await ports.alerts(plan, deployment, armed);
      const wanted = asked === undefined ? undefined : wantedBack(asked);
      if (wanted !== undefined) return ok({ ...seen, judged: { fired: wanted, untold: [] } });
      if (!armed) return ok({ ...seen, judged: { untold: [] } });
      const judged = triggers.judge({
        at,
        isWarm: at >= warmAt,
        ...(validating !== undefined && { validating }),
        candidate,
        stable,
        unhealthy: unhealthy(observed.value, plan, instances),
        alerts: firing,
      });
      return ok({ ...seen, judged });
    },
    fresh(forMs, validates) {
      validating = validates;
      if (validates?.isFirst === false) return;
      triggers.fresh();
      candidates = candidates.slice(-1);
      stables = stables.slice(-1);
      warmAt = ports.clock.now() + forMs * WARM_UP;
    },
  };
}

/** Of a watch: a candidate that was started just now answers slower than one that has run for weeks. */
export const WARM_UP = 0.1;

/** A person's wish counts in every step, named as a trigger or not. */
function wantedBack(asked: string): Fired {
  return { trigger: MANUAL, explanation: [asked] };
}

function added(
  looks: TrafficLook[],
  observed: Observed,
  release: Plan['stable'],
  at: number,
  windowMs: number,
): TrafficLook[] {
  const slot = slotSeen(observed, release);
  if (!slot?.traffic) return looks;
  const { traffic, share } = slot;
  return recentLooks([...looks, { at, traffic, share }], windowMs);
}

/** Instances that were healthy once and are not now; new ones that are still starting do not count. */
function unhealthy(observed: Observed, plan: Plan, instances: number): readonly string[] {
  const seen = slotSeen(observed, plan.release);
  const healthy = seen?.healthy ?? 0;
  if (healthy >= instances) return [];
  const { version } = plan.release;
  return [`${version}: ${healthy} of ${instances} instances healthy`, ...(seen?.problems ?? [])];
}
