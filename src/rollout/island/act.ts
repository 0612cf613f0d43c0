/**
 * Brings a release back: one `apply` where enough of it still runs, else its instances come first while the bad one serves.
 * What goes keeps its instances until the switch was seen, so healthy capacity never falls.
 */

import { fail, ok } from '../../failure.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import { releaseKey, type Desired, type Observed, type Slot } from '../driver.ts';
import { applyPatiently, lookUntil, type Acted, type Ports } from './patience.ts';

export interface Goal {
  /** Null: nothing shall serve. */
  readonly good: ReleaseRecord | null;
  /** Of the whole fleet; null where nobody knows. */
  readonly instances: number | null;
  /** Longest time for its instances to become healthy; null where nobody said. */
  readonly readyMs: number | null;
  /** The fence has to be above it. */
  readonly above: number;
}

export interface Switched {
  readonly fence: number;
  /** Milliseconds by `now`. */
  readonly at: number;
  readonly observed: Observed;
  /** How many instances the good release was asked for. */
  readonly instances: number;
}

/** All traffic on less than this part of the fleet would end that, too. */
const ENOUGH = 0.5;
const READY_MS = 60_000;
const SEEN_MS = 30_000;

export async function bringBack(
  goal: Goal,
  observed: Observed,
  ports: Ports,
): Promise<Acted<Switched>> {
  const { good } = goal;
  const fleet = fleetOf(goal, observed);
  let fence = Math.max(observed.fence, goal.above) + 1;
  if (good !== null && !isEnough(good, observed, fleet)) {
    const readyMs = goal.readyMs ?? READY_MS;
    const started = await startFirst({ good, fleet, readyMs }, observed, fence, ports);
    if (!started.ok) return started;
    ({ fence } = started.value);
  }
  const wish = goal.good === null ? { slots: [] } : switchTo(goal.good, fleet, observed, ports);
  const applied = await applyPatiently(wish, fence, ports);
  if (!applied.ok) return applied;
  ({ fence } = applied.value);
  const at = ports.now();
  ports.tell(good === null ? 'told to end' : `switched to ${good.version}`);
  const seen = await lookUntil(SEEN_MS, (now) => isSwitched(good, now, ports), ports);
  if (seen.kind === 'seen') return ok({ fence, at, observed: seen.observed, instances: fleet });
  const why = good === null ? 'it does not end' : `${good.version} ${lackOf(good, seen.last)}`;
  return fail({ kind: 'unsure', why: seen.why ?? why, fence });
}

/** After the switch was seen: what is not to run any more ends. Its failure changes nothing of what serves. */
export async function removeRest(
  good: ReleaseRecord,
  instances: number,
  fence: number,
  ports: Ports,
): Promise<Acted<number>> {
  const desired = { slots: [{ release: good, instances, share: 1 }] };
  const applied = await applyPatiently(desired, fence, ports);
  return applied.ok ? ok(applied.value.fence) : applied;
}

/** Does all of the traffic go to it? */
export function isSwitched(
  good: ReleaseRecord | null,
  observed: Observed,
  { driver }: Pick<Ports, 'driver'>,
): boolean {
  const own = good === null ? undefined : slotIn(observed, good);
  const others = observed.slots.filter((one) => one !== own);
  const turns = driver.dials.includes('traffic');
  const isOff = others.every(({ share, instances }) => (turns ? share === 0 : instances === 0));
  if (good === null) return isOff;
  return isOff && own !== undefined && own.healthy > 0 && (!turns || own.share > 0.99);
}

function fleetOf({ instances }: Goal, { slots }: Observed): number {
  return instances ?? Math.max(1, ...slots.map((slot) => slot.instances));
}

function isEnough(good: ReleaseRecord, observed: Observed, fleet: number): boolean {
  const others = observed.slots.filter((slot) => !isOf(slot, good));
  const healthy = slotIn(observed, good)?.healthy ?? 0;
  // Where nothing of the others is healthy, there is nothing to lose.
  return others.every((slot) => slot.healthy === 0) || healthy >= Math.ceil(fleet * ENOUGH);
}

interface Coming {
  readonly good: ReleaseRecord;
  readonly fleet: number;
  readonly readyMs: number;
}

/** Until it is there, it takes what its healthy instances can take, and the others the rest. */
async function startFirst(
  { good, fleet, readyMs }: Coming,
  before: Observed,
  fence: number,
  ports: Ports,
): Promise<Acted<{ readonly fence: number }>> {
  const healthy = slotIn(before, good)?.healthy ?? 0;
  const share = Math.round((healthy / fleet) * 100) / 100;
  const others = othersIn(before, good);
  const slots = [{ release: good, instances: fleet, share }, ...shared(others, 1 - share)];
  const applied = await applyPatiently({ slots }, fence, ports);
  if (!applied.ok) return applied;
  ports.tell(`starting ${fleet} of ${good.version} beside what serves`);
  const wanted = Math.ceil(fleet * ENOUGH);
  const isReady = (now: Observed) => (slotIn(now, good)?.healthy ?? 0) >= fleet;
  const seen = await lookUntil(readyMs, isReady, ports, ports.signal);
  const came = seen.last === undefined ? 0 : (slotIn(seen.last, good)?.healthy ?? 0);
  if (seen.kind === 'seen' || (!ports.signal.aborted && came >= wanted)) {
    ports.tell(`${came}/${fleet} healthy on ${good.version}`);
    return applied;
  }
  await undo(before, applied.value.fence, ports);
  if (ports.signal.aborted) return fail({ kind: 'interrupted' });
  const why = seen.why ?? `${good.version} ${lackOf(good, seen.last)}`;
  return fail({ kind: 'untouched', why, cannotRestore: true });
}

/** As it looked before. What fails here is left: it serves as it did. */
async function undo(before: Observed, fence: number, { driver }: Ports): Promise<void> {
  const slots = before.slots
    .filter(({ instances }) => instances > 0)
    .map(({ release, instances, share }) => ({ release, instances, share }));
  await driver.apply({ slots }, fence);
}

/** All traffic in one; where that cannot be turned, what is not good has to go in the same. */
function switchTo(
  good: ReleaseRecord,
  fleet: number,
  observed: Observed,
  { driver }: Ports,
): Desired {
  const own = { release: good, instances: fleet, share: 1 };
  if (!driver.dials.includes('traffic')) return { slots: [own] };
  return { slots: [own, ...shared(othersIn(observed, good), 0)] };
}

const othersIn = ({ slots }: Observed, good: ReleaseRecord): readonly Slot[] =>
  slots.filter((slot) => slot.instances > 0 && !isOf(slot, good));

/** Shares that add up to `whole`, as they were to each other. */
function shared(slots: readonly Slot[], whole: number): readonly Slot[] {
  const sum = slots.reduce((total, { share }) => total + share, 0);
  return slots.map(({ release, instances, share }, index) => {
    const part = sum === 0 ? +(index === 0) : share / sum;
    return { release, instances, share: whole === 0 ? 0 : whole * part };
  });
}

function lackOf(good: ReleaseRecord, observed: Observed | undefined): string {
  const slot = observed && slotIn(observed, good);
  if (slot === undefined) return 'does not run';
  const problem = slot.problems[0] === undefined ? '' : `: ${slot.problems[0]}`;
  return `has ${slot.healthy} of ${slot.instances} instances healthy${problem}`;
}

const isOf = ({ release }: Slot, of: ReleaseRecord): boolean =>
  releaseKey(release) === releaseKey(of);

function slotIn(observed: Observed, release: ReleaseRecord): Observed['slots'][number] | undefined {
  return observed.slots.find((slot) => isOf(slot, release));
}
