/** Goes on where a deployment was left: forward, or back where that was decided. */

import type { Plan } from './plan.ts';
import type { Outcome, WalkPorts } from './ports.ts';
import { goOn } from './roll-out.ts';
import { takeBackRunning, walkBack } from './take-back.ts';
import { MANUAL, type Fired } from './triggers.ts';
import type { Unfinished } from './unfinished.ts';

export type Resumable =
  | { readonly kind: 'forward'; readonly plan: Plan; readonly one: Unfinished }
  /** A rollback that had begun, with the deployment it takes back where that runs too. */
  | {
      readonly kind: 'rollback';
      readonly plan: Plan;
      readonly one: Unfinished;
      readonly running: string | undefined;
      readonly because: Fired | undefined;
    }
  | {
      readonly kind: 'take_back';
      readonly plan: Plan;
      readonly one: Unfinished;
      readonly because: Fired;
    };

/** What there is to go on with; undefined where nothing is unfinished that nemesis walked itself. */
export function resumableOf(unfinished: readonly Unfinished[]): Resumable | undefined {
  const newest = unfinished.findLast(({ plan }) => plan !== undefined);
  if (newest?.plan === undefined) return undefined;
  const { plan } = newest;
  if (newest.kind === 'rollback') {
    const running = unfinished.find(({ deployment }) => deployment === newest.takesBack);
    const because = newest.fired ?? running?.fired;
    return { kind: 'rollback', plan, one: newest, running: running?.deployment, because };
  }
  if (newest.fired !== undefined && !newest.held)
    return { kind: 'take_back', plan, one: newest, because: newest.fired };
  return { kind: 'forward', plan, one: newest };
}

export async function resume(found: Resumable, ports: WalkPorts): Promise<Outcome> {
  const { plan, one } = found;
  if (found.kind === 'forward') return goOn(plan, one.deployment, one.from, ports);
  const outcome = await goBack(found, ports);
  const { deployment } = one;
  ports.tell({ kind: 'ended', deployment, plan, at: ports.clock.now(), outcome });
  return outcome;
}

function goBack(
  found: Exclude<Resumable, { kind: 'forward' }>,
  ports: WalkPorts,
): Promise<Outcome> {
  const { plan, one } = found;
  if (found.kind === 'take_back') {
    const { because } = found;
    return takeBackRunning(plan, one.deployment, because, because.trigger === MANUAL, ports);
  }
  const because = found.because ?? { trigger: 'rollback', explanation: [] };
  const good = plan.steps.some(({ name }) => name === 'withdraw') ? null : plan.release;
  const asked = { running: found.running, bad: plan.stable, good, because };
  return walkBack({ asked, rollback: one.deployment, plan, from: one.from }, ports);
}
