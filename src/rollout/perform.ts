/** Does one step of a plan: acts, waits within bounds, watches, and says how it ended. */

import type { ReleaseRecord } from '../history/records.ts';
import { builtin, HEALTH_WITHIN_MS } from './builtin.ts';
import { comparisonOf, type WatchStep } from './compare-watched.ts';
import { contextOf, runDeclared } from './declared.ts';
import type { Seen } from './look.ts';
import { slotOf } from './plan.ts';
import { differing, observedText, type Difference } from './shape.ts';
import {
  errorsOf,
  goneBy,
  instancesBefore,
  isArmed,
  lookUntil,
  POLL_MS,
  shapeBefore,
  stepAt,
  type At,
  type Performed,
  type ShapeStep,
} from './wait.ts';

export { failureText } from './wait.ts';

/** A wish that the environment has not come to look like is told again so often: an answer may have been wrong. */
const APPLY_AGAIN_MS = 5000;

export async function perform(at: At): Promise<Performed> {
  const step = stepAt(at);
  switch (step.kind) {
    case 'shape':
      return settle(at, step);
    case 'watch':
      return watch(at, step);
    case 'probes':
    case 'command':
      return runDeclared(at, step);
    case 'builtin':
      return builtin(at, step);
  }
}

async function settle(at: At, step: ShapeStep): Promise<Performed> {
  const { ports, plan } = at;
  const own = slotOf(step.desired, plan.release);
  const armed = isArmed(plan, at.index) || own.share > 0;
  const instances = Math.min(instancesBefore(at), own.instances);
  const needed = neededFor(at, step);
  const until = ports.clock.now() + step.withinMs;
  let differs: readonly Difference[] = [];
  const waitsFor = () => differs.map(({ text }) => text);
  do {
    if (differs.length === 0 || differs.some(({ of }) => of === 'wish')) {
      const ended = await applyPatiently(at, step, until);
      if (ended !== undefined) return ended;
    }
    const untilNext = Math.min(until, ports.clock.now() + APPLY_AGAIN_MS);
    const performed = await lookUntil(
      at,
      { armed, instances, until: untilNext, shownUntil: until, everyMs: POLL_MS },
      {
        look: ({ observed }) => {
          differs = differing(step.desired, observed, plan.dials, needed);
          return differs.length === 0 ? { kind: 'done', seen: observedText(observed) } : undefined;
        },
        waitsFor,
      },
    );
    if (performed.kind !== 'over') return performed;
  } while (ports.clock.now() < until);
  const explanation = [...waitsFor(), `waited ${step.withinMs / 1000} s`];
  return { kind: 'failed', because: { trigger: 'ready_within', explanation } };
}

/** Whose instances have to be healthy for a shape to be reached: the candidate's, and those it asks to start. */
function neededFor(at: At, { desired }: ShapeStep): readonly ReleaseRecord[] {
  const { plan } = at;
  const { release, stable, strategy, instances } = plan;
  if (stable === null || strategy === 'restore') return [release];
  const before = shapeBefore(at);
  const had = before === undefined ? instances : slotOf(before.desired, stable).instances;
  return slotOf(desired, stable).instances > had ? [release, stable] : [release];
}

/** Undefined when the environment has taken the wish. Errors are tried again: `apply` may be repeated. */
async function applyPatiently(
  { ports }: At,
  { desired }: ShapeStep,
  until: number,
): Promise<Performed | undefined> {
  const errors = errorsOf(ports);
  const signal = AbortSignal.any([ports.signal, ports.lost]);
  for (;;) {
    if (ports.lost.aborted) return goneBy(ports.lost);
    if (ports.signal.aborted) return { kind: 'interrupted' };
    const applied = await ports.driver.apply(desired, ports.fence, ports.lost);
    if (applied.ok) return undefined;
    const ended = errors.one(applied.failure);
    if (ended !== undefined) return ended;
    // What the environment looks like decides, not what it answered.
    if (ports.clock.now() >= until) return undefined;
    await ports.clock.sleep(errors.pauseMs(POLL_MS), signal);
  }
}

/** Does it still look as the dials were last turned? A moment of bad health is waited out. */
export async function confirm(at: At): Promise<Performed> {
  const { ports, plan } = at;
  const shape = shapeBefore(at);
  if (shape === undefined) return { kind: 'done', seen: 'nothing was changed' };
  let waitsFor: readonly string[] = ['never looked at'];
  const until = ports.clock.now() + HEALTH_WITHIN_MS;
  // As a look of the last step: there is none after it.
  const performed = await lookUntil(
    { ...at, index: plan.steps.length - 1 },
    { armed: isArmed(plan, at.index), instances: instancesBefore(at), until, everyMs: POLL_MS },
    {
      look: ({ observed }) => {
        const differs = differing(shape.desired, observed, plan.dials, [plan.release]);
        waitsFor = differs.map(({ text }) => text);
        return differs.length === 0 ? { kind: 'done', seen: observedText(observed) } : undefined;
      },
      waitsFor: () => waitsFor,
    },
  );
  if (performed.kind !== 'over') return performed;
  const explanation = ['it does not look as asked any more', ...waitsFor];
  return { kind: 'failed', because: { trigger: 'environment', explanation } };
}

async function watch(at: At, step: WatchStep): Promise<Performed> {
  const { ports, looking } = at;
  const load = startLoad(at);
  looking.fresh(step.forMs, step.validates);
  const comparison = comparisonOf(at, step);
  let last: Seen | undefined;
  const watching = () =>
    lookUntil(
      at,
      {
        ...{ armed: true, instances: instancesBefore(at), everyMs: step.everyMs },
        until: ports.clock.now() + step.forMs,
      },
      {
        look: (seen) => {
          last = seen;
          return comparison?.see(seen);
        },
        waitsFor: () => [],
      },
    );
  try {
    for (let isLast = comparison === undefined; ; isLast = true) {
      const performed = await watching();
      if (performed.kind !== 'over') return performed;
      const seen = watched(at, last);
      if (comparison === undefined || seen.kind !== 'done') return seen;
      const judged = await comparison.judge(isLast, seen);
      if (judged !== 'once more') return judged;
    }
  } finally {
    comparison?.end();
    await load?.();
  }
}

/** A watch that could tell nothing is no yes, unless the configuration takes it for one. */
function watched(at: At, last: Seen | undefined): Performed {
  const { plan } = at;
  const before = shapeBefore(at);
  const alone = before === undefined || slotOf(before.desired, plan.stable).share === 0;
  const untold = (last?.judged.untold ?? []).filter(
    ({ trigger }) => !(alone && trigger.includes('baseline')),
  );
  if (last !== undefined && (untold.length === 0 || plan.withoutTraffic === 'accept'))
    return { kind: 'done', seen: watchedText(last) };
  const why =
    last === undefined
      ? ['the environment did not answer once']
      : untold.map((one) => `${one.trigger} could not be told: ${one.why}`);
  const help = 'send requests, declare `load:`, or accept it: `without_traffic: accept`';
  return { kind: 'failed', because: { trigger: 'no data', explanation: [...why, help] } };
}

function watchedText({ candidate, observed }: Seen): string {
  const requests =
    candidate === undefined
      ? 'no requests counted'
      : `${candidate.errors} errors in ${candidate.requests} requests at the end`;
  return `${observedText(observed)}; ${requests}`;
}

/** Starts the declared load. The returned function ends it, and waits until it has ended. */
function startLoad(at: At): (() => Promise<void>) | undefined {
  const { plan, ports } = at;
  if (plan.load === null) return undefined;
  const ending = new AbortController();
  const running = ports.runCommand(plan.load, contextOf(at), ending.signal);
  return async () => {
    ending.abort();
    await running;
  };
}
