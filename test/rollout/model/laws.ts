/** What must hold when a history is over: I1 to I8 of the reliability reference, as far as a model has them. */

import { EMPTY_HEAD, verifyRun } from '../../../src/history/chain.ts';
import { currentOf } from '../../../src/history/folds/current.ts';
import type { JournalEvent } from '../../../src/history/journal.ts';
import { readRecord } from '../../../src/history/folds/read-record.ts';
import { unfinishedIn } from '../../../src/rollout/unfinished.ts';
import type { Plan } from '../../../src/rollout/plan.ts';
import type { Played } from './history.ts';

/** Every law that does not hold, in words. */
export async function brokenLaws(played: Played): Promise<readonly string[]> {
  const { broken, events, store, stream, now } = played;
  const wrong = [...broken, ...written(played), ...evidence(events)];
  if (played.spec.seed % 16 === 0 && !verifyRun(stream, EMPTY_HEAD, events).ok)
    wrong.push('I2 the chain does not verify');
  const rows = await store.current(stream);
  if (!rows.ok) return [...wrong, 'the rows cannot be read'];
  const current = currentOf(rows.value, now);
  if (current.passed_over.bad + current.passed_over.stray > 0)
    wrong.push(`the fold passed over ${JSON.stringify(current.passed_over)}`);
  const serves = current.serves?.version ?? null;
  // Records that are in doubt say themselves that they do not know; a rollback has to end that.
  const isDoubtful = current.in_doubt !== null && played.spec.last === 'resume';
  if (!isBetweenIll(played, serves) && !isDoubtful)
    wrong.push(...ending(played, serves), ...atRest(played, serves));
  const lease = await store.lease(stream);
  if (lease.ok && lease.value !== undefined && lease.value.expiresAt > now)
    wrong.push(`I6 the lease is held at the end, by ${lease.value.step}`);
  return wrong;
}

function written({ events, acknowledged }: Played): readonly string[] {
  const ids = events.map(({ id }) => id);
  const there = new Set(ids);
  return [
    ...[...acknowledged].filter((id) => !there.has(id)).map((id) => `I1 ${id} is lost`),
    ...(there.size === ids.length ? [] : ['I1 an event is there twice']),
  ];
}

/** I8: nothing is called succeeded whose steps were not all done. */
function evidence(events: readonly JournalEvent[]): readonly string[] {
  const plans = new Map<string, { readonly plan: Plan; readonly done: Set<number> }>();
  const wrong: string[] = [];
  for (const event of events) {
    const read = readRecord(event);
    if (read.kind !== 'record') continue;
    const { type, body } = read.record;
    if (type === 'rollout_planned')
      plans.set(body.deployment, { plan: body.plan as unknown as Plan, done: new Set() });
    if (type === 'step_done' && body.outcome === 'done')
      plans.get(body.deployment)?.done.add(body.step);
    if (type !== 'deployment_finished' || body.status !== 'succeeded') continue;
    const known = plans.get(body.deployment);
    if (known !== undefined && known.done.size < known.plan.steps.length)
      wrong.push(`I8 ${body.deployment} succeeded after ${known.done.size} of its steps`);
  }
  return wrong;
}

/** A second candidate was rolled out over one that fell ill later: then there is nowhere to go back to. */
function isBetweenIll({ spec, last }: Played, serves: string | null): boolean {
  const isIll = spec.health !== 'good' && serves?.startsWith('2.') === true;
  return isIll && last.kind === 'outcome' && last.outcome.kind === 'rollback_failed';
}

/** I7 and the promise of resume and rollback: where the last act ends. */
function ending({ last, spec, events }: Played, serves: string | null): readonly string[] {
  const open = unfinishedIn(events);
  if (last.kind === 'stopped') return ['the last act did not end'];
  if (last.kind === 'refused') {
    const { kind } = last.refusal;
    // With nothing half done there is nothing to go on with; after a first one, nothing to go back to.
    const isFine =
      (kind === 'nothing_unfinished' && spec.last === 'resume') ||
      (kind === 'nothing_to_restore' && (spec.isFirst || serves === '0.9'));
    return isFine && open.length === 0 ? [] : [`the last ${spec.last} was refused: ${kind}`];
  }
  const { kind } = last.outcome;
  const may: readonly string[] =
    spec.last === 'rollback'
      ? ['rolled_back', 'withdrawn']
      : ['succeeded', 'rolled_back', 'withdrawn', ...(spec.forwardOnly ? ['held'] : [])];
  if (!may.includes(kind)) return [`the last ${spec.last} ended ${JSON.stringify(last.outcome)}`];
  if (kind === 'held') return [];
  return open.map(({ deployment }) => `I7 ${deployment} is open after ${kind}`);
}

/** I3: one release has all traffic, is whole, and is the one the records tell of. */
function atRest(
  { observed, last, spec, events }: Played,
  serves: string | null,
): readonly string[] {
  if (last.kind === 'outcome' && last.outcome.kind === 'held') return [];
  const serving = observed.slots.filter(({ share }) => share > 0);
  const found = serving.map(({ release, share }) => `${release.version} ${share}`).join(', ');
  const tells = `I3 the records tell of ${serves ?? 'nothing'}, and there is ${found || 'nothing'}`;
  if (serves === null) return serving.length === 0 ? [] : [tells];
  const [only, ...more] = serving;
  if (only === undefined || more.length > 0 || only.release.version !== serves) return [tells];
  const isTarget = only.release.version.startsWith('2.');
  const mayBeIll = isTarget && spec.health !== 'good';
  const wrong = only.share === 1 ? [] : [tells];
  if (!mayBeIll && only.healthy < spec.instances)
    wrong.push(`I4 ${only.healthy} of ${spec.instances} are healthy at the end`);
  const isOpen = unfinishedIn(events).length > 0;
  return isOpen ? [] : wrong;
}
