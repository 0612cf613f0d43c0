/** Capacity never falls on the way from one shape to the next: what grows is there before anything stops or turns. Pure. */

import { slotOf, type Step } from '../plan.ts';
import { shape, type Fleet } from './shapes.ts';

interface Counts {
  readonly candidate: number;
  readonly stable: number;
  /** Of the candidate. */
  readonly share: number;
}

/** The same steps, with one before each shape that would start instances, and stop others or turn traffic, at once. */
export function withoutDips(steps: readonly Step[], fleet: Fleet): readonly Step[] {
  let now: Counts = { candidate: 0, stable: fleet.stable === null ? 0 : fleet.instances, share: 0 };
  return steps.flatMap((step): Step[] => {
    if (step.kind !== 'shape') return [step];
    const next = countsOf(step, fleet);
    const grows = next.candidate > now.candidate || next.stable > now.stable;
    const shrinks = next.candidate < now.candidate || next.stable < now.stable;
    const most = {
      candidate: Math.max(now.candidate, next.candidate),
      stable: Math.max(now.stable, next.stable),
    };
    const { share } = now;
    const turns = fleet.dials.includes('traffic') && next.share !== share;
    // With nothing that serves there is nobody to wait for.
    const isFree = now.candidate + now.stable === 0;
    now = next;
    if (isFree || !grows || !(shrinks || turns)) return [step];
    return [{ ...step, desired: shape(fleet, most.candidate, most.stable, share) }, step];
  });
}

function countsOf({ desired }: Extract<Step, { kind: 'shape' }>, fleet: Fleet): Counts {
  const { instances: candidate, share } = slotOf(desired, fleet.candidate);
  return { candidate, share, stable: slotOf(desired, fleet.stable).instances };
}
