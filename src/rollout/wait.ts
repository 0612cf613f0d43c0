/** Looks again and again: until an answer, a trigger, an interrupt, the loss of the lease, or the end of a wait. */

import type { DriverFailure } from './driver.ts';
import { NOT_RENEWED } from './hold-lease.ts';
import type { Looking, Seen } from './look.ts';
import { slotOf, type Plan, type Step } from './plan.ts';
import type { WalkPorts } from './ports.ts';
import type { Fired } from './triggers.ts';

export type Performed =
  | { readonly kind: 'done'; readonly seen: string }
  | { readonly kind: 'failed'; readonly because: Fired }
  /** Neither yes nor no, and no fault of the release: a person decides. */
  | { readonly kind: 'unclear'; readonly because: Fired; readonly index: number }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'taken_over' }
  | { readonly kind: 'journal_lost'; readonly why: string };

/** It cannot go on, and nothing more may be told of it. */
export type Lost = Extract<Performed, { kind: 'taken_over' | 'journal_lost' }>;

/** Where a step stands in its rollout. */
export interface At {
  readonly plan: Plan;
  readonly deployment: string;
  readonly index: number;
  readonly ports: WalkPorts;
  readonly looking: Looking;
}

export type ShapeStep = Extract<Step, { kind: 'shape' }>;

/** An environment that has not answered for so long has failed; that is its own failure, not the release's. */
const PATIENCE_MS = 30_000;
/** With a slow environment, one late answer shall not be the last. */
const FEWEST_ERRORS = 3;
export const POLL_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export function stepAt({ plan, index }: Pick<At, 'plan' | 'index'>): Step {
  const step = plan.steps[index];
  if (step === undefined) throw new Error(`a plan of ${plan.steps.length} steps has no ${index}`);
  return step;
}

/** What the dials were last turned to before this step; undefined before the first. */
export function shapeBefore({ plan, index }: Pick<At, 'plan' | 'index'>): ShapeStep | undefined {
  return plan.steps.slice(0, index).findLast((step) => step.kind === 'shape');
}

/** Instances of the candidate that were asked for before this step. */
export function instancesBefore(at: Pick<At, 'plan' | 'index'>): number {
  const before = shapeBefore(at);
  return before === undefined ? 0 : slotOf(before.desired, at.plan.release).instances;
}

/** Has the candidate traffic, once what stands before this step is done? */
export function isArmed(plan: Plan, index: number): boolean {
  const shape = shapeBefore({ plan, index });
  return shape !== undefined && slotOf(shape.desired, plan.release).share > 0;
}

export interface Waiting {
  readonly armed: boolean;
  /** Of the candidate that have to stay healthy. */
  readonly instances: number;
  readonly until: number;
  readonly everyMs: number;
  /** When the step's wait is over, where that is later; for those who watch. */
  readonly shownUntil?: number;
  /** Ends a sleep early. */
  readonly wake?: AbortSignal;
}

interface Looks {
  /** An answer ends the wait. */
  readonly look: (seen: Seen) => Performed | undefined;
  readonly waitsFor: () => readonly string[];
}

/** @returns `over` when the wait has ended without an answer */
export async function lookUntil(
  at: At,
  waiting: Waiting,
  steps: Looks,
): Promise<Performed | { readonly kind: 'over' }> {
  const { ports, plan, index, looking } = at;
  const wake = waiting.wake === undefined ? [] : [waiting.wake];
  const signal = AbortSignal.any([ports.signal, ports.lost, ...wake]);
  const errors = errorsOf(ports);
  for (;;) {
    if (ports.lost.aborted) return goneBy(ports.lost);
    if (ports.signal.aborted) return { kind: 'interrupted' };
    const seen = await looking.look(waiting.armed, waiting.instances);
    if (seen.ok) {
      errors.none();
      if (seen.value.observed.fence > ports.fence) return { kind: 'taken_over' };
      const answer = steps.look(seen.value);
      ports.tell({
        ...{ kind: 'looked', plan, step: stepAt(at), index, at: ports.clock.now() },
        until: waiting.shownUntil ?? waiting.until,
        ...seen.value,
        waitsFor: steps.waitsFor(),
      });
      const { fired } = seen.value.judged;
      if (fired !== undefined) return { kind: 'failed', because: fired };
      if (answer !== undefined) return answer;
    } else {
      const ended = errors.one(seen.failure);
      if (ended !== undefined) return ended;
    }
    // What it waited for is over: without an answer of the environment there is none.
    if (waiting.wake?.aborted === true) return { kind: 'over' };
    const left = waiting.until - ports.clock.now();
    if (left <= 0) return { kind: 'over' };
    await ports.clock.sleep(Math.min(errors.pauseMs(waiting.everyMs), left), signal);
  }
}

/** Counts what the environment did not answer. */
export function errorsOf(ports: WalkPorts) {
  let count = 0;
  let since = 0;
  return {
    none: () => {
      count = 0;
    },
    /** How a step ends by it; undefined where it is worth another try. */
    one(failure: DriverFailure): Performed | undefined {
      const now = ports.clock.now();
      if (count === 0) since = now;
      count += 1;
      if (failure.kind === 'fenced_out') return { kind: 'taken_over' };
      if (ports.lost.aborted) return goneBy(ports.lost);
      if (ports.signal.aborted) return { kind: 'interrupted' };
      const isWorthIt = count < FEWEST_ERRORS || now - since < PATIENCE_MS;
      if (failure.kind !== 'refused' && isWorthIt) return undefined;
      const explanation = [failureText(failure)];
      return { kind: 'failed', because: { trigger: 'environment', explanation } };
    },
    /** The more errors in a row, the longer. */
    pauseMs: (everyMs: number) =>
      count === 0 ? everyMs : Math.min(LONGEST_PAUSE_MS, Math.max(everyMs, POLL_MS * count)),
  };
}

/** Somebody else has the lease; or it ran out because the store did not answer, and nobody knows who has it. */
export function goneBy({ reason }: AbortSignal): Lost {
  if (reason !== NOT_RENEWED) return { kind: 'taken_over' };
  return { kind: 'journal_lost', why: 'the lock could not be renewed before it ran out' };
}

/** What a store that refused or could not write comes to. */
export function lostBy(failure: { readonly kind: string; readonly message?: string }): Lost {
  if (failure.kind === 'fenced_out') return { kind: 'taken_over' };
  return { kind: 'journal_lost', why: failure.message ?? failure.kind.replaceAll('_', ' ') };
}

export function failureText(failure: DriverFailure): string {
  switch (failure.kind) {
    case 'fenced_out':
      return `the environment follows a newer deployment (fence ${failure.newest}, ours ${failure.fence})`;
    case 'aborted':
      return 'it was ended';
    default:
      return `${failure.kind.replace('_', ' ')}: ${failure.message}`;
  }
}
