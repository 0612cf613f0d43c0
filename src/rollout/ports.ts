/** What the walker needs of the world. Everything is passed in, so that a canary of half an hour walks in a test. */

import type { NamedProbe } from '../config/probe.ts';
import type { JournalRecord, ReleaseRecord } from '../history/records.ts';
import type { StoreResult } from '../history/store.ts';
import type { Verdict } from './analysis/spec.ts';
import type { AskSources } from './sources/ask-all.ts';
import type { Driver, Observed } from './driver.ts';
import type { Plan, Step } from './plan.ts';
import type { Fired, Judged } from './triggers.ts';
import type { TrafficWindow } from './traffic.ts';

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Adds records to the journal of one environment, all or none, durable when it returns. */
export type Note = (records: readonly JournalRecord[]) => Promise<StoreResult<void>>;

export interface CommandRun {
  /** Null where it was ended before it ended by itself. */
  readonly exitCode: number | null;
  /** The last words of its output, for people. */
  readonly tail: readonly string[];
}

/** What a declared command is told, by environment and as JSON on standard input. */
export interface CommandContext {
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
  readonly step: string;
  readonly release: ReleaseRecord;
  readonly stable: ReleaseRecord | null;
  /** Does it concern the candidate before it has traffic? */
  readonly beforeTraffic: boolean;
}

/** A command of the project, or paths of the service that are tried; then there are no words. */
export interface Runnable {
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  readonly probes?: {
    readonly suite: 'smoke' | 'validation';
    readonly probes: readonly NamedProbe[];
  };
}

export interface WalkPorts {
  readonly note: Note;
  readonly driver: Driver;
  readonly fence: number;
  readonly clock: Clock;
  readonly runCommand: (
    command: Runnable,
    context: CommandContext,
    signal: AbortSignal,
  ) => Promise<CommandRun>;
  /**
   * Critical alerts of this service and environment, a line each, and what a person asked for.
   * @param armed has the candidate traffic? Where not, only the person's wish is heard
   */
  readonly alerts: (plan: Plan, deployment: string, armed: boolean) => Promise<AlertsSeen>;
  /** Asks the sources that the environment declares; absent where there is nobody to ask. */
  readonly sources?: AskSources;
  readonly tell: (event: RolloutEvent) => void;
  /** Aborted when this process is to end. */
  readonly signal: AbortSignal;
  /** Aborted when the lease is lost: nothing may be done any more. */
  readonly lost: AbortSignal;
  readonly newId: () => string;
  /** Where tests end the process. */
  readonly at: (position: Position | Turn, step: number, of: Pick<Plan, 'strategy'>) => void;
}

export interface AlertsSeen {
  readonly firing: readonly string[];
  /** A person asked for a rollback: why. */
  readonly asked?: string;
}

export type Position =
  'before_intent' | 'intent_durable' | 'during_apply' | 'before_outcome' | 'after_outcome';

/** Between the walks of a rollout: taking it back is decided and durable; its end is durable. Their step is 0. */
export type Turn = 'decided' | 'ended';

export const POSITIONS: readonly Position[] = [
  'before_intent',
  'intent_durable',
  'during_apply',
  'before_outcome',
  'after_outcome',
];

/** What a rollout tells while it goes on. */
export type RolloutEvent =
  | {
      readonly kind: 'began';
      readonly deployment: string;
      readonly plan: Plan;
      readonly at: number;
    }
  | {
      readonly kind: 'step_began';
      readonly deployment: string;
      readonly plan: Plan;
      readonly step: Step;
      readonly index: number;
      readonly at: number;
    }
  | {
      readonly kind: 'looked';
      readonly plan: Plan;
      readonly step: Step;
      readonly index: number;
      readonly at: number;
      /** When this step's wait is over at the latest. */
      readonly until: number;
      readonly observed: Observed;
      readonly candidate: TrafficWindow | undefined;
      readonly stable: TrafficWindow | undefined;
      readonly judged: Judged;
      /** What is still different from what the step asked for. */
      readonly waitsFor: readonly string[];
    }
  | {
      readonly kind: 'judged';
      readonly plan: Plan;
      readonly step: Step;
      readonly at: number;
      readonly verdict: Verdict;
      /** It is watched once more as long. */
      readonly extends: boolean;
    }
  | {
      readonly kind: 'step_ended';
      readonly plan: Plan;
      readonly step: Step;
      readonly index: number;
      readonly at: number;
      readonly outcome: 'done' | 'failed';
      readonly seen: string;
    }
  /** Its traffic goes back, its instances stay, and a person is asked. */
  | {
      readonly kind: 'withdrawing';
      readonly plan: Plan;
      readonly because: Fired;
      readonly at: number;
    }
  | {
      readonly kind: 'taking_back';
      readonly plan: Plan;
      readonly because: Fired;
      readonly at: number;
    }
  | {
      readonly kind: 'ended';
      readonly deployment: string;
      readonly plan: Plan;
      readonly at: number;
      readonly outcome: Outcome;
    };

/** How a rollout ended. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  /** The release before serves again; or, where there was none, nothing does. */
  | { readonly kind: 'rolled_back' | 'withdrawn'; readonly because: Fired }
  | {
      readonly kind: 'rollback_failed';
      readonly because: Fired;
      readonly serves: string;
      readonly why: string;
    }
  /** Left as it is, for a person: a `forward-only` migration, or `on_interrupt: hold`. */
  | { readonly kind: 'held'; readonly because: Fired }
  | { readonly kind: 'interrupted'; readonly rolledBack: boolean }
  /** Somebody with a higher token acts now. */
  | { readonly kind: 'taken_over' }
  /** The journal could not be written: nothing further was done, but to take the candidate off the traffic. */
  | { readonly kind: 'journal_lost'; readonly why: string; readonly candidate: CandidateLeft };

/** How a candidate was left whose rollout could not go on. */
export type CandidateLeft = 'nothing_changed' | 'had_no_traffic' | 'taken_off' | 'may_have_traffic';
