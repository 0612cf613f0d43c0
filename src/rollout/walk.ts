/**
 * Walks a plan from a step to its end: intent, act, observe, outcome. Knows nothing of what comes after a failure.
 *
 *   intent durable ──▶ act ──▶ seen as asked ──▶ outcome durable ──▶ the next step
 *        ▲ killed here: the step is done again, which is why every step may be repeated
 */

import type { JournalRecord } from '../history/records.ts';
import { lookingAt } from './look.ts';
import { confirm, perform } from './perform.ts';
import { slotOf, type Plan } from './plan.ts';
import type { WalkPorts } from './ports.ts';
import { goneBy, lostBy, stepAt, type At, type Performed } from './wait.ts';

export type Walked = { readonly kind: 'done' } | Exclude<Performed, { kind: 'done' }>;

/** @param from the first step to do; those before it are done */
export async function walk(
  plan: Plan,
  deployment: string,
  from: number,
  ports: WalkPorts,
): Promise<Walked> {
  const looking = lookingAt(plan, deployment, ports);
  const asked = await askAgain({ plan, deployment, index: from, ports, looking });
  if (asked.kind !== 'done') return asked;
  for (let index = from; index < plan.steps.length; index += 1) {
    const at = { plan, deployment, index, ports, looking };
    const step = stepAt(at);
    if (ports.lost.aborted) return goneBy(ports.lost);
    if (ports.signal.aborted) return { kind: 'interrupted' };
    ports.at('before_intent', index, plan);
    const intended = await ports.note(intent(plan, deployment, index));
    if (!intended.ok) return lostBy(intended.failure);
    ports.at('intent_durable', index, plan);
    ports.tell({ kind: 'step_began', deployment, plan, step, index, at: ports.clock.now() });
    const performed = await perform({
      ...at,
      ports: { ...ports, driver: withPosition(ports, index, plan) },
    });
    ports.at('before_outcome', index, plan);
    if (performed.kind !== 'done' && performed.kind !== 'failed') return performed;
    const outcome = performed.kind;
    const seen =
      performed.kind === 'done' ? performed.seen : performed.because.explanation.join('; ');
    ports.tell({ kind: 'step_ended', plan, step, index, at: ports.clock.now(), outcome, seen });
    if (performed.kind === 'failed') return performed;
    const { name } = step;
    const done = await ports.note([
      { type: 'step_done', body: { deployment, step: index, name, outcome, seen } },
    ]);
    if (!done.ok) return lostBy(done.failure);
    ports.at('after_outcome', index, plan);
  }
  if (plan.steps.at(-1)?.kind === 'shape') return { kind: 'done' };
  return await confirm({ plan, deployment, index: plan.steps.length, ports, looking });
}

/**
 * Whoever goes on with a walk asks for the last shape once more before anything else: somebody may have changed it
 * since, and from then on the environment refuses whoever walked before and does not know yet that he is too late.
 */
async function askAgain(at: At): Promise<Performed> {
  const { plan, index } = at;
  const last = plan.steps.slice(0, index).findLastIndex(({ kind }) => kind === 'shape');
  if (last < 0 || plan.steps[index]?.kind === 'shape') return { kind: 'done', seen: '' };
  return await perform({ ...at, index: last });
}

function intent(plan: Plan, deployment: string, index: number): readonly JournalRecord[] {
  const step = stepAt({ plan, index });
  const { name } = step;
  const stage = `${name}, step ${index + 1} of ${plan.steps.length}`;
  const share = step.kind === 'shape' ? slotOf(step.desired, plan.release).share : 0;
  return [
    // Told before it happens: a deployment that is killed here may have had traffic, and counts so.
    ...(share > 0 && plan.strategy !== 'restore'
      ? [{ type: 'deployment_received_traffic', body: { deployment, share } } as const]
      : []),
    { type: 'deployment_stage', body: { deployment, stage } },
    { type: 'step_intended', body: { deployment, step: index, name } },
  ];
}

function withPosition(ports: WalkPorts, index: number, plan: Plan): WalkPorts['driver'] {
  const { driver } = ports;
  const { kind, reach, dials, frozen } = driver;
  return {
    ...{ kind, reach, dials, frozen },
    observe: (signal) => driver.observe(signal),
    apply: async (desired, fence, signal) => {
      const applying = driver.apply(desired, fence, signal);
      ports.at('during_apply', index, plan);
      return applying;
    },
  };
}
