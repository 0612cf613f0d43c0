/** Steps nemesis does itself: each looks at the environment and changes nothing. */

import { releaseKey } from './driver.ts';
import type { Seen } from './look.ts';
import type { Step } from './plan.ts';
import { observedText, slotSeen } from './shape.ts';
import {
  instancesBefore,
  isArmed,
  lookUntil,
  POLL_MS,
  stepAt,
  type At,
  type Performed,
} from './wait.ts';

export const HEALTH_WITHIN_MS = 30_000;

export async function builtin(
  at: At,
  step: Extract<Step, { kind: 'builtin' }>,
): Promise<Performed> {
  const { plan } = at;
  switch (step.does) {
    case 'record':
      return { kind: 'done', seen: `record ${at.deployment}` };
    case 'enhanced_monitoring':
      return { kind: 'done', seen: 'looks come twice as often' };
    case 'healthy':
      return untilTrue(at, (seen) => {
        const slot = slotSeen(seen.observed, plan.release);
        const others = seen.observed.slots.filter((one) => one !== slot && one.share > 0);
        const whole = slot !== undefined && slot.healthy >= plan.instances;
        return whole && (others.length === 0 || !plan.dials.includes('traffic'))
          ? undefined
          : `not all instances are healthy: ${observedText(seen.observed)}`;
      });
    case 'resources':
      return untilTrue(at, ({ observed }) => {
        if (plan.stable === null) return undefined;
        const slot = slotSeen(observed, plan.stable);
        if (slot !== undefined && slot.healthy >= Math.max(1, slot.instances)) return undefined;
        return `what serves is not healthy: ${observedText(observed)}`;
      });
    case 'restorable':
      return restorable(at, step.name);
  }
}

async function restorable(at: At, trigger: string): Promise<Performed> {
  const { stable } = at.plan;
  if (stable === null) return { kind: 'done', seen: 'nothing serves yet, nothing to back up' };
  const found = await untilTrue(at, ({ observed }) => {
    const known = [...observed.slots.map(({ release }) => release), ...observed.restorable];
    return known.some((one) => releaseKey(one) === releaseKey(stable))
      ? undefined
      : `${stable.version} serves and the environment could not restore it`;
  });
  if (found.kind === 'done') return { kind: 'done', seen: `${stable.version} can be restored` };
  if (found.kind !== 'failed' || found.because.trigger !== 'environment') return found;
  const explanation = ['the environment does not answer', ...found.because.explanation];
  return { kind: 'failed', because: { trigger, explanation } };
}

async function untilTrue(at: At, missing: (seen: Seen) => string | undefined): Promise<Performed> {
  const { ports, plan } = at;
  const until = ports.clock.now() + HEALTH_WITHIN_MS;
  let why = 'never looked at';
  const performed = await lookUntil(
    at,
    {
      ...{ armed: isArmed(plan, at.index), instances: instancesBefore(at) },
      ...{ until, everyMs: POLL_MS },
    },
    {
      look: (seen) => {
        const lacks = missing(seen);
        if (lacks === undefined) return { kind: 'done', seen: observedText(seen.observed) };
        why = lacks;
        return undefined;
      },
      waitsFor: () => [why],
    },
  );
  if (performed.kind !== 'over') return performed;
  const explanation = [why, `waited ${HEALTH_WITHIN_MS / 1000} s`];
  return { kind: 'failed', because: { trigger: stepAt(at).name, explanation } };
}
