/** One environment's turn: may anybody act there, what would be done, and doing it under the lease. */

import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { Stream } from '../history/journal.ts';
import type { ReleaseRecord } from '../history/records.ts';
import type { Lease, Store, StoreFailure } from '../history/store.ts';
import type { FreezeWindow } from '../config/freeze-window.ts';
import type { Freeze } from './freeze.ts';
import { freezeText, readFreeze } from './frozen.ts';
import { releaseKey, type Driver, type DriverFailure, type Observed } from './driver.ts';
import { readPin, readUnfinished, type Author, type Pin } from './journal.ts';
import type { Change } from './last-good.ts';
import type { Plan } from './plan.ts';
import type { Note, Outcome, WalkPorts } from './ports.ts';
import { changeOf, sidesOf, type Sides } from './remember.ts';
import { resumableOf, resume, type Resumable } from './resume.ts';
import { rollOut } from './roll-out.ts';
import { observedText } from './shape.ts';
import type { AskSources } from './sources/ask-all.ts';
import { planRollout, type PlanRefusal, type PlanRequest } from './strategies/plan-rollout.ts';
import { takeBack, takeBackRunning } from './take-back.ts';
import type { Fired } from './triggers.ts';
import type { Unfinished } from './unfinished.ts';
import { POLL_MS, underLease } from './under-lease.ts';
import { wayBack } from './way-back.ts';

export interface StageContext {
  readonly store: Store;
  readonly stream: Stream;
  readonly driver: Driver;
  readonly author: Author;
  readonly clock: WalkPorts['clock'];
  readonly runCommand: WalkPorts['runCommand'];
  readonly alerts: WalkPorts['alerts'];
  readonly sources?: AskSources;
  readonly tell: WalkPorts['tell'];
  readonly signal: AbortSignal;
  readonly at: WalkPorts['at'];
  /** How long to wait for a lock that somebody else has, ms. */
  readonly waitMs: number;
  /** Keeps what an emergency would have to know where nothing else can be read. Never fails. */
  readonly remember?: (change: Change) => void;
  /** When nothing may be deployed there, by the configuration. */
  readonly freezes?: readonly FreezeWindow[];
  /** Why a person deploys although it is frozen. */
  readonly overrideFreeze?: string;
  /** Asked under the lease, right before the first record: may this deployment still begin? */
  readonly admit?: (note: Note) => Promise<StageResult<void>>;
}

export type StageRefusal =
  | PlanRefusal
  | { readonly kind: 'reach'; readonly driver: string; readonly store: string }
  | { readonly kind: 'pinned'; readonly pin: Pin }
  | { readonly kind: 'frozen'; readonly freeze: Freeze }
  /** What it was approved by does not count any more. */
  | { readonly kind: 'not_admitted'; readonly failure: Failure }
  | { readonly kind: 'locked'; readonly by: Lease; readonly clockJumped: boolean }
  | { readonly kind: 'unfinished'; readonly one: Unfinished }
  | { readonly kind: 'nothing_unfinished' }
  | { readonly kind: 'not_ours'; readonly one: Unfinished }
  /** Several releases serve, and no record says why. */
  | { readonly kind: 'unclear'; readonly seen: string }
  | { readonly kind: 'stale_plan' }
  | { readonly kind: 'nothing_to_restore'; readonly restorable: readonly ReleaseRecord[] }
  | { readonly kind: 'environment'; readonly failure: DriverFailure }
  | { readonly kind: 'store'; readonly failure: StoreFailure }
  | { readonly kind: 'interrupted' };

export type StageResult<T> = Result<T, StageRefusal>;

/** What would be done, as the environment looks now. Holds no lock and changes nothing. */
export async function planStage(
  request: Omit<PlanRequest, 'stable' | 'dials' | 'service'>,
  context: StageContext,
): Promise<StageResult<Plan>> {
  const { store, stream, driver } = context;
  if (driver.reach === 'network' && store.reach !== 'network')
    return fail({ kind: 'reach', driver: driver.kind, store: store.name });
  const free = await isFree(context);
  if (!free.ok) return free;
  const observed = await driver.observe(context.signal);
  if (!observed.ok) return fail({ kind: 'environment', failure: observed.failure });
  const stable = stableIn(observed.value);
  if (!stable.ok) return stable;
  const { dials } = driver;
  const { service } = stream;
  return planRollout({ ...request, service, dials, stable: stable.value });
}

/** Is nobody in the way: no pin, nothing half done? Who is alive and at work is waited for, where that is asked. */
async function isFree(context: StageContext): Promise<StageResult<void>> {
  const { clock, signal, waitMs } = context;
  for (const until = clock.now() + waitMs; ;) {
    const free = await isFreeNow(context);
    const left = until - clock.now();
    if (free.ok || free.failure.kind !== 'locked' || left <= 0) return free;
    if (signal.aborted) return fail({ kind: 'interrupted' });
    await clock.sleep(Math.min(POLL_MS, left), signal);
  }
}

async function isFreeNow(context: StageContext): Promise<StageResult<void>> {
  const { store, stream, overrideFreeze } = context;
  const pin = await readPin(store, stream);
  if (!pin.ok) return fail({ kind: 'store', failure: pin.failure });
  if (pin.value !== undefined) return fail({ kind: 'pinned', pin: pin.value });
  const frozen = await freezeIn(context);
  if (!frozen.ok) return frozen;
  if (frozen.value !== undefined && overrideFreeze === undefined)
    return fail({ kind: 'frozen', freeze: frozen.value });
  const unfinished = await readUnfinished(store, stream);
  if (!unfinished.ok) return fail({ kind: 'store', failure: unfinished.failure });
  const one = unfinished.value.findLast(({ plan }) => plan !== undefined);
  if (one === undefined) return ok(undefined);
  const held = await store.lease(stream);
  if (!held.ok) return fail({ kind: 'store', failure: held.failure });
  const now = await store.now();
  const isAlive = held.value !== undefined && now.ok && held.value.expiresAt > now.value;
  return held.value !== undefined && isAlive
    ? fail({ kind: 'locked', by: held.value, clockJumped: false })
    : fail({ kind: 'unfinished', one });
}

async function freezeIn({
  store,
  stream,
  clock,
  freezes = [],
}: StageContext): Promise<StageResult<Freeze | undefined>> {
  const frozen = await readFreeze(store, stream, freezes, clock.now());
  return frozen.ok ? frozen : fail({ kind: 'store', failure: frozen.failure });
}

/** Who deploys although it is frozen is recorded, with why. */
async function overridden(context: StageContext, ports: WalkPorts): Promise<StageResult<void>> {
  const frozen = await freezeIn(context);
  if (!frozen.ok) return frozen;
  const { overrideFreeze: reason } = context;
  if (frozen.value === undefined) return ok(undefined);
  if (reason === undefined) return fail({ kind: 'frozen', freeze: frozen.value });
  const body = { reason, freeze: freezeText(frozen.value) };
  const noted = await ports.note([{ type: 'freeze_overridden', body }]);
  return noted.ok ? ok(undefined) : fail({ kind: 'store', failure: noted.failure });
}

function stableIn(observed: Observed): StageResult<ReleaseRecord | null> {
  const serving = observed.slots.filter(({ share }) => share > 0);
  if (serving.length > 1) return fail({ kind: 'unclear', seen: observedText(observed) });
  return ok(serving[0]?.release ?? null);
}

/** Rolls out what was planned; refuses where the environment has changed since. */
export async function actStage(
  plan: Plan,
  request: Omit<PlanRequest, 'stable' | 'dials' | 'service'>,
  context: StageContext,
): Promise<StageResult<Outcome>> {
  return underLease(`deploy ${plan.release.version}`, false, context, async (ports) => {
    const again = await planStage(request, { ...context, store: withoutLease(context.store) });
    if (!again.ok) return again;
    if (JSON.stringify(again.value) !== JSON.stringify(plan)) return fail({ kind: 'stale_plan' });
    const may = await mayBegin(context, ports);
    if (!may.ok) return may;
    const { release: candidate, stable } = plan;
    context.remember?.({ kind: 'begun', candidate, stable, fence: ports.fence });
    const sides = { candidate, before: stable };
    return ok(remembered(await rollOut(plan, {}, ports), sides, context));
  });
}

async function mayBegin(context: StageContext, ports: WalkPorts): Promise<StageResult<void>> {
  const admitted = await context.admit?.(ports.note);
  return admitted?.ok === false ? admitted : overridden(context, ports);
}

/** The lease that is there is our own: an unfinished record is in the way all the same. */
function withoutLease(store: Store): Store {
  return { ...store, lease: () => Promise.resolve(ok(undefined)) };
}

/** Goes on with what was left half done. */
export async function resumeStage(
  context: StageContext,
  takeOver: boolean,
): Promise<StageResult<Outcome>> {
  const found = await findResumable(context);
  if (!found.ok) return found;
  return underLease('resume', takeOver, context, async (ports) => {
    // Looked at again: whoever had the lease until now may have come further.
    const still = await findResumable(context);
    if (!still.ok) return still;
    if (still.value.kind === 'forward') {
      const may = await overridden(context, ports);
      if (!may.ok) return may;
    }
    return ok(remembered(await resume(still.value, ports), sidesOf(still.value), context));
  });
}

async function findResumable({ store, stream }: StageContext): Promise<StageResult<Resumable>> {
  const unfinished = await readUnfinished(store, stream);
  if (!unfinished.ok) return fail({ kind: 'store', failure: unfinished.failure });
  const found = resumableOf(unfinished.value);
  if (found !== undefined) return ok(found);
  const [other] = unfinished.value;
  return fail(
    other === undefined ? { kind: 'nothing_unfinished' } : { kind: 'not_ours', one: other },
  );
}

/** Takes a higher token at once, whoever acts: a rollback wins. */
export async function rollBackStage(
  to: ReleaseRecord | undefined,
  because: Fired,
  settings: Pick<Plan, 'instances' | 'rollbackMs' | 'window' | 'trialSpeed'>,
  context: StageContext,
): Promise<StageResult<Outcome>> {
  return underLease('rollback', true, context, async (ports) => {
    const unfinished = await readUnfinished(context.store, context.stream);
    if (!unfinished.ok) return fail({ kind: 'store', failure: unfinished.failure });
    const found = resumableOf(unfinished.value);
    if (found?.kind === 'rollback') {
      const pinned = await pinToo(found, because, context, ports);
      if (!pinned.ok) return pinned;
    }
    if (found?.kind === 'rollback' || (found !== undefined && to === undefined))
      return ok(remembered(await takeBackFound(found, because, ports), sidesOf(found), context));
    return goBack({ to, because, settings, found }, context, ports);
  });
}

/** A way back that began by itself and that a person goes on with is held for people, like one of their own. */
async function pinToo(
  { one, plan }: Resumable,
  because: Fired,
  { store, stream }: StageContext,
  ports: WalkPorts,
): Promise<StageResult<void>> {
  const pin = await readPin(store, stream);
  if (!pin.ok) return fail({ kind: 'store', failure: pin.failure });
  if (pin.value !== undefined) return ok(undefined);
  const reason = because.explanation.join('; ') || because.trigger;
  const body = { by: one.deployment, reason, version: plan.release.version };
  const noted = await ports.note([{ type: 'environment_pinned', body }]);
  return noted.ok ? ok(undefined) : fail({ kind: 'store', failure: noted.failure });
}

interface WayAsked {
  readonly to: ReleaseRecord | undefined;
  readonly because: Fired;
  readonly settings: Pick<Plan, 'instances' | 'rollbackMs' | 'window' | 'trialSpeed'>;
  /** A deployment that is half done, where the way does not lead to what was before it. */
  readonly found: Resumable | undefined;
}

async function goBack(
  { to, because, settings, found }: WayAsked,
  context: StageContext,
  ports: WalkPorts,
): Promise<StageResult<Outcome>> {
  const { store, stream, driver } = context;
  const observed = await driver.observe(ports.lost);
  if (!observed.ok) return fail({ kind: 'environment', failure: observed.failure });
  const rows = await store.current(stream);
  if (!rows.ok) return fail({ kind: 'store', failure: rows.failure });
  const way = wayBack(rows.value, observed.value);
  const bad = found?.plan.release ?? way.bad;
  const good = to ?? way.good;
  if (good === undefined || (good !== null && !canRestore(good, observed.value)))
    return fail({ kind: 'nothing_to_restore', restorable: restorableIn(observed.value, bad) });
  const plan = { ...stream, ...settings, dials: driver.dials };
  const running = found?.one.deployment;
  const takesBack = running ?? way.takesBack;
  const asked = { plan, running, takesBack, bad, good, because, pin: true };
  return ok(remembered(await takeBack(asked, ports), { candidate: bad, before: good }, context));
}

function takeBackFound(found: Resumable, because: Fired, ports: WalkPorts): Promise<Outcome> {
  if (found.kind === 'rollback') return resume(found, ports);
  return takeBackRunning(found.plan, found.one.deployment, because, true, ports);
}

function remembered(outcome: Outcome, sides: Sides, { remember }: StageContext): Outcome {
  const change = changeOf(outcome, sides);
  if (change !== undefined) remember?.(change);
  return outcome;
}

function canRestore(release: ReleaseRecord, observed: Observed): boolean {
  const known = [...observed.slots.map((slot) => slot.release), ...observed.restorable];
  return known.some((one) => releaseKey(one) === releaseKey(release));
}

export function restorableIn(
  observed: Observed,
  but: ReleaseRecord | null,
): readonly ReleaseRecord[] {
  const all = [...observed.slots.map(({ release }) => release), ...observed.restorable];
  const keys = new Map(all.map((release) => [releaseKey(release), release]));
  if (but !== null) keys.delete(releaseKey(but));
  return [...keys.values()];
}
