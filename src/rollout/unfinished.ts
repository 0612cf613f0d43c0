/** What a journal says of deployments that have begun and not ended: where each stands, and how to go on. Pure. */

import { readRecord } from '../history/folds/read-record.ts';
import type { JournalEvent } from '../history/journal.ts';
import type { FrozenDriver } from './driver.ts';
import type { Plan } from './plan.ts';
import { MANUAL, type Fired } from './triggers.ts';

export interface Unfinished {
  readonly deployment: string;
  readonly kind: 'deploy' | 'rollback';
  /** For a rollback: the record it takes back. */
  readonly takesBack: string | null;
  /** Undefined where it was recorded from outside, or by a version whose plans nobody here can walk. */
  readonly plan: Plan | undefined;
  readonly driver: FrozenDriver | undefined;
  /** The step to go on with: the one that was intended and not done, or the one after the last done. */
  readonly from: number;
  /** Was the step begun, so that it may have acted? */
  readonly intended: boolean;
  /** Why it is to be taken back, where that was decided. */
  readonly fired: Fired | undefined;
  /** Left for a person. */
  readonly held: boolean;
}

/** @param events of one stream, in order; those before the oldest unfinished record may be left out */
export function unfinishedIn(events: Iterable<JournalEvent>): readonly Unfinished[] {
  const open = new Map<string, Unfinished>();
  for (const event of events) {
    const read = readRecord(event);
    if (read.kind !== 'record') continue;
    const { type, body } = read.record;
    if (type === 'deployment_started') {
      const { deployment, kind, takes_back } = body;
      open.set(deployment, {
        ...{ deployment, kind, takesBack: takes_back, plan: undefined, driver: undefined },
        ...{ from: 0, intended: false, fired: undefined, held: false },
      });
      continue;
    }
    if (!('deployment' in body) || typeof body.deployment !== 'string') continue;
    const known = open.get(body.deployment);
    if (known === undefined) continue;
    if (type === 'deployment_finished') open.delete(known.deployment);
    else open.set(known.deployment, { ...known, ...changeBy(read.record, known) });
  }
  return [...open.values()];
}

function changeBy(
  { type, body }: Extract<ReturnType<typeof readRecord>, { kind: 'record' }>['record'],
  known: Unfinished,
): Partial<Unfinished> {
  switch (type) {
    case 'rollout_planned': {
      const plan = body.plan as unknown as Plan;
      const isKnown = plan.schema === 'nemesis.plan/1';
      // Planned anew, it begins anew.
      const start = { from: 0, intended: false };
      return { plan: isKnown ? plan : undefined, driver: body.driver as FrozenDriver, ...start };
    }
    case 'step_intended':
      return { from: body.step, intended: true, held: false, fired: stillFired(known) };
    case 'step_done':
      return { from: body.step + 1, intended: false };
    case 'trigger_fired':
      return { fired: { trigger: body.trigger, explanation: body.explanation } };
    case 'rollback_asked':
      return { fired: { trigger: MANUAL, explanation: [body.reason] }, held: false };
    case 'deployment_stage':
      return { held: known.held || body.stage.startsWith('held: ') };
    default:
      return {};
  }
}

/** A step after a trigger: a person went on with what was held. A person's own wish stands until it is done. */
function stillFired({ fired, kind }: Unfinished): Fired | undefined {
  return kind === 'rollback' || fired?.trigger === MANUAL ? fired : undefined;
}
