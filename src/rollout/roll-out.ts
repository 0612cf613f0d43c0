/** A whole rollout: begins the record, walks the plan, and ends it one way or another. */

import type { JournalRecord } from '../history/records.ts';
import type { Plan } from './plan.ts';
import type { Outcome, WalkPorts } from './ports.ts';
import { takeBackRunning } from './take-back.ts';
import { MANUAL, type Fired } from './triggers.ts';
import { lostBy } from './wait.ts';
import { walk, type Walked } from './walk.ts';
import { withdrawTraffic } from './withdraw.ts';
import { endWithout, type Sides } from './without-journal.ts';

/** Begins a deployment and walks it to its end. */
export async function rollOut(
  plan: Plan,
  { hotfix = false }: { readonly hotfix?: boolean },
  ports: WalkPorts,
): Promise<Outcome> {
  const deployment = ports.newId();
  const begun = await ports.note(beginning(plan, deployment, hotfix, ports));
  if (!begun.ok) return endWithout(lostBy(begun.failure), sidesOf(plan), ports);
  ports.tell({ kind: 'began', deployment, plan, at: ports.clock.now() });
  return goOn(plan, deployment, 0, ports);
}

/** Goes on with a deployment that has begun. */
export async function goOn(
  plan: Plan,
  deployment: string,
  from: number,
  ports: WalkPorts,
): Promise<Outcome> {
  const outcome = await endingOf(
    plan,
    deployment,
    await walk(plan, deployment, from, ports),
    ports,
  );
  ports.tell({ kind: 'ended', deployment, plan, at: ports.clock.now(), outcome });
  return outcome;
}

function beginning(
  plan: Plan,
  deployment: string,
  hotfix: boolean,
  { driver }: WalkPorts,
): readonly JournalRecord[] {
  const { release, stable, strategy, validationMs } = plan;
  return [
    {
      type: 'deployment_started',
      body: {
        deployment,
        kind: 'deploy',
        release,
        previous: stable?.version ?? null,
        takes_back: null,
        hotfix,
        strategy,
        validation_ms: validationMs,
      },
    },
    {
      type: 'rollout_planned',
      body: { deployment, plan: { ...plan }, driver: { ...driver.frozen } },
    },
  ];
}

async function endingOf(
  plan: Plan,
  deployment: string,
  walked: Walked,
  ports: WalkPorts,
): Promise<Outcome> {
  switch (walked.kind) {
    case 'done': {
      const finished = await ports.note([succeeded(deployment)]);
      ports.at('ended', 0, plan);
      if (finished.ok) return { kind: 'succeeded' };
      // All of it was done and told; taking it back now would only contradict what may have been written.
      const lost = lostBy(finished.failure);
      return lost.kind === 'taken_over' ? lost : { ...lost, candidate: 'may_have_traffic' };
    }
    case 'failed':
      return plan.holdsOnFailure && walked.because.trigger !== MANUAL
        ? hold(plan, deployment, walked.because, ports)
        : back(plan, deployment, walked.because, ports);
    case 'unclear':
      return ask(plan, deployment, walked, ports);
    case 'interrupted': {
      const because = { trigger: 'interrupted', explanation: ['this process was told to end'] };
      if (plan.onInterrupt === 'hold' || plan.holdsOnFailure)
        return { kind: 'interrupted', rolledBack: false };
      const outcome = await back(plan, deployment, because, ports);
      const isBack = outcome.kind === 'rolled_back' || outcome.kind === 'withdrawn';
      return isBack ? { kind: 'interrupted', rolledBack: true } : outcome;
    }
    default:
      return endWithout(walked, sidesOf(plan), ports);
  }
}

function succeeded(deployment: string): JournalRecord {
  return {
    type: 'deployment_finished',
    body: { deployment, status: 'succeeded', reason: null, failure_detected_at: null },
  };
}

function sidesOf(plan: Plan): Sides {
  return { plan, bad: plan.release, good: plan.stable, stays: plan.holdsOnFailure };
}

/**
 * Neither yes nor no: the candidate's traffic is withdrawn, and a person is asked. Told before it is done: whoever finds it
 * half done takes the release back.
 */
async function ask(
  plan: Plan,
  deployment: string,
  { because, index }: Extract<Walked, { kind: 'unclear' }>,
  ports: WalkPorts,
): Promise<Outcome> {
  const fired = { deployment, trigger: because.trigger, explanation: because.explanation };
  const noted = await ports.note([{ type: 'trigger_fired', body: fired }]);
  if (!noted.ok) return endWithout(lostBy(noted.failure), sidesOf(plan), ports);
  ports.tell({ kind: 'withdrawing', plan, because, at: ports.clock.now() });
  const isWithdrawn = await withdrawTraffic(plan, deployment, index, ports);
  if (!isWithdrawn && plan.holdsOnFailure) return hold(plan, deployment, because, ports);
  if (!isWithdrawn) return back(plan, deployment, because, ports);
  const stage = `held: ${because.trigger}`;
  const held = await ports.note([{ type: 'deployment_stage', body: { deployment, stage } }]);
  if (!held.ok) return endWithout(lostBy(held.failure), sidesOf(plan), ports);
  return { kind: 'held', because };
}

/** Going back would be worse than staying: it is left for a person, and every command says so. */
async function hold(
  plan: Plan,
  deployment: string,
  because: Fired,
  ports: WalkPorts,
): Promise<Outcome> {
  const fired = { deployment, trigger: because.trigger, explanation: because.explanation };
  const noted = await ports.note([
    { type: 'trigger_fired', body: fired },
    { type: 'deployment_stage', body: { deployment, stage: `held: ${because.trigger}` } },
  ]);
  if (noted.ok) return { kind: 'held', because };
  return endWithout(lostBy(noted.failure), sidesOf(plan), ports);
}

function back(plan: Plan, running: string, because: Fired, ports: WalkPorts): Promise<Outcome> {
  ports.tell({ kind: 'taking_back', plan, because, at: ports.clock.now() });
  return takeBackRunning(plan, running, because, because.trigger === MANUAL, ports);
}
