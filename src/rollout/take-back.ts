/** Takes a deployment back: a record of its own, in the same journal, walked like any other plan. */

import type { JournalRecord, ReleaseRecord } from '../history/records.ts';
import { observePatiently } from './observe.ts';
import type { Plan } from './plan.ts';
import type { Outcome, WalkPorts } from './ports.ts';
import { observedText } from './shape.ts';
import { planRestore, type TakenBack } from './strategies/restore.ts';
import type { Fired } from './triggers.ts';
import { goneBy, lostBy, type Lost } from './wait.ts';
import { walk } from './walk.ts';
import { endWithout, type Sides } from './without-journal.ts';

/** A deployment to be taken back, or an environment to be brought to another release. */
export interface TakeBack {
  readonly plan: TakenBack;
  /** The record that is taken back while it runs; undefined where the environment is at rest. */
  readonly running: string | undefined;
  /** For the record: what it takes back, running or not. */
  readonly takesBack: string | null;
  readonly bad: ReleaseRecord | null;
  readonly good: ReleaseRecord | null;
  readonly because: Fired;
  /** A person asked for it: the environment is held for people afterwards. */
  readonly pin: boolean;
}

/** Takes a deployment back that has begun and not ended. */
export function takeBackRunning(
  plan: Plan,
  running: string,
  because: Fired,
  pin: boolean,
  ports: WalkPorts,
): Promise<Outcome> {
  const { release: bad, stable: good } = plan;
  return takeBack({ plan, running, takesBack: running, bad, good, because, pin }, ports);
}

const RESTORE = { strategy: 'restore' } as const;

/** How often the way back is tried before a person is called. */
export const RESTORE_ATTEMPTS = 3;

export async function takeBack(asked: TakeBack, ports: WalkPorts): Promise<Outcome> {
  const { running, because } = asked;
  // Decided is written before anything else: whoever finds it half done goes the same way.
  const decided = running === undefined ? undefined : await ports.note([fired(running, because)]);
  if (decided?.ok === false) return unbegun(lostBy(decided.failure), asked, ports);
  ports.at('decided', 0, RESTORE);
  const rollback = ports.newId();
  // What told this process to end shall not end its way back.
  const observed = await observePatiently({ ...ports, signal: ports.lost });
  if (ports.lost.aborted) return unbegun(goneBy(ports.lost), asked, ports);
  if (typeof observed === 'string') return unseen(asked, rollback, observed, ports);
  const plan = planRestore(asked.plan, asked.bad, asked.good, observed);
  const begun = await ports.note([
    ...beginning(asked, rollback, plan),
    planned(rollback, plan, ports),
    ...(running === undefined ? [fired(rollback, because)] : []),
    ...pinning(asked, rollback),
  ]);
  if (!begun.ok) return unbegun(lostBy(begun.failure), asked, ports);
  ports.tell({ kind: 'began', deployment: rollback, plan, at: ports.clock.now() });
  return walkBack({ asked, rollback, plan, from: 0 }, ports);
}

/** A deployment that runs is taken off without a record; an environment at rest is left to the record that tells of it. */
async function unbegun(lost: Lost, asked: TakeBack, ports: WalkPorts): Promise<Outcome> {
  if (asked.running !== undefined || lost.kind === 'taken_over')
    return endWithout(lost, sidesOf(asked), ports);
  return { ...lost, candidate: 'nothing_changed' };
}

export interface WalkingBack {
  readonly asked: Pick<TakeBack, 'running' | 'bad' | 'good' | 'because'>;
  readonly rollback: string;
  readonly plan: Plan;
  readonly from: number;
}

/** Walks the way back to its end, again where it fails. Nothing interrupts it but the loss of the lease. */
export async function walkBack(
  { asked, rollback, plan: first, from }: WalkingBack,
  ports: WalkPorts,
): Promise<Outcome> {
  const steady: WalkPorts = { ...ports, signal: ports.lost };
  const sides = sidesOf({ ...asked, plan: first });
  let plan = first;
  let walked = await walk(plan, rollback, from, steady);
  for (let attempt = 1; walked.kind === 'failed' && attempt < RESTORE_ATTEMPTS; attempt += 1) {
    // Planned anew: what was there when the first plan was made need not be there any more.
    const observed = await observePatiently(steady);
    if (typeof observed === 'string') continue;
    plan = planRestore(first, asked.bad, asked.good, observed);
    const noted = await ports.note([planned(rollback, plan, ports)]);
    if (!noted.ok) return endWithout(lostBy(noted.failure), sides, ports);
    walked = await walk(plan, rollback, 0, steady);
  }
  switch (walked.kind) {
    case 'done':
      return ended(asked, rollback, sides, ports);
    case 'unclear':
    case 'failed': {
      const why = walked.because.explanation.join('; ');
      const seen = await ports.driver.observe(ports.lost);
      const serves = seen.ok ? observedText(seen.value) : 'unknown';
      return failed({ asked, rollback, why, serves }, sides, ports);
    }
    case 'interrupted':
      return endWithout(goneBy(ports.lost), sides, ports);
    default:
      return endWithout(walked, sides, ports);
  }
}

/** Nobody can go back in an environment that does not answer. */
async function unseen(
  asked: TakeBack,
  rollback: string,
  why: string,
  ports: WalkPorts,
): Promise<Outcome> {
  const plan = planRestore(asked.plan, asked.bad, asked.good, {
    fence: 0,
    slots: [],
    restorable: [],
  });
  const begun = await ports.note(beginning(asked, rollback, plan));
  if (!begun.ok) return unbegun(lostBy(begun.failure), asked, ports);
  return failed({ asked, rollback, why, serves: 'unknown' }, sidesOf(asked), ports);
}

interface Failed {
  readonly asked: WalkingBack['asked'];
  readonly rollback: string;
  readonly why: string;
  readonly serves: string;
}

async function failed(
  { asked, rollback, why, serves }: Failed,
  sides: Sides,
  ports: WalkPorts,
): Promise<Outcome> {
  const noted = await ports.note(finishing(asked, rollback, 'rollback_failed', why));
  if (!noted.ok) return endWithout(lostBy(noted.failure), sides, ports);
  return { kind: 'rollback_failed', because: asked.because, serves, why };
}

async function ended(
  asked: WalkingBack['asked'],
  rollback: string,
  sides: Sides,
  ports: WalkPorts,
): Promise<Outcome> {
  const kind = asked.good === null ? 'withdrawn' : 'rolled_back';
  const noted = await ports.note(finishing(asked, rollback, kind, asked.because.trigger));
  if (!noted.ok) return endWithout(lostBy(noted.failure), sides, ports);
  ports.at('ended', 0, RESTORE);
  return { kind, because: asked.because };
}

function sidesOf({ plan, bad, good }: Pick<TakeBack, 'plan' | 'bad' | 'good'>): Sides {
  return { plan, bad, good, stays: false };
}

function fired(deployment: string, { trigger, explanation }: Fired): JournalRecord {
  return { type: 'trigger_fired', body: { deployment, trigger, explanation } };
}

function planned(rollback: string, plan: Plan, { driver }: WalkPorts): JournalRecord {
  const body = { deployment: rollback, plan: { ...plan }, driver: { ...driver.frozen } };
  return { type: 'rollout_planned', body };
}

function beginning(
  { takesBack, bad, good }: TakeBack,
  rollback: string,
  plan: Plan,
): readonly JournalRecord[] {
  return [
    {
      type: 'deployment_started',
      body: {
        deployment: rollback,
        kind: 'rollback',
        release: good ?? plan.release,
        previous: bad?.version ?? null,
        takes_back: takesBack,
        hotfix: false,
        strategy: 'restore',
        validation_ms: null,
      },
    },
  ];
}

/** At the beginning, not at the end: a person's rollback that is half done keeps others away all the more. */
function pinning({ pin, good, bad, because }: TakeBack, by: string): readonly JournalRecord[] {
  if (!pin) return [];
  const version = (good ?? bad)?.version ?? 'nothing';
  const reason = because.explanation.join('; ') || because.trigger;
  return [{ type: 'environment_pinned', body: { by, reason, version } }];
}

function finishing(
  { running, good }: WalkingBack['asked'],
  rollback: string,
  status: 'rolled_back' | 'withdrawn' | 'rollback_failed',
  why: string,
): readonly JournalRecord[] {
  const end = (deployment: string, of: typeof status | 'succeeded', reason: string) =>
    ({
      type: 'deployment_finished',
      body: { deployment, status: of, reason, failure_detected_at: null },
    }) as const;
  const worked = status !== 'rollback_failed';
  // A withdrawal brings nothing to serve, so its record cannot have succeeded in that.
  const own = worked && good !== null ? 'succeeded' : status;
  return [...(running === undefined ? [] : [end(running, status, why)]), end(rollback, own, why)];
}
