/** A plan: everything a rollout will do, as data. It is printed, journaled, walked and resumed from. */

import type { EnvironmentConfig } from '../config/environment.ts';
import type { NamedProbe } from '../config/probe.ts';
import type { RollbackTrigger } from '../judge/deployment.ts';
import type { ReleaseRecord } from '../history/records.ts';
import type { AnalysisSpec } from './analysis/spec.ts';
import type { Desired, Dial } from './driver.ts';

interface StepBase {
  /** As the specification calls it, or as the strategy does: `deploy_batch_1 (25%)`. */
  readonly name: string;
  /** The agent of the gates that asks for it. */
  readonly agent: string;
}

/** What a built-in step looks at. */
export type BuiltIn =
  /** What serves now can be brought back. */
  | 'restorable'
  /** The environment answers, and all that should serve is healthy. */
  | 'resources'
  /** Looks come twice as often from here on. */
  | 'enhanced_monitoring'
  /** Every instance of the candidate is healthy and nothing else serves. */
  | 'healthy'
  /** Begins or ends with the record itself. */
  | 'record';

export type Step = StepBase &
  (
    | { readonly kind: 'builtin'; readonly does: BuiltIn }
    /** The project's command; must be repeatable, since after a crash it may run again. */
    | {
        readonly kind: 'command';
        readonly argv: readonly string[];
        readonly timeoutMs: number;
      }
    /** Tries paths of the service, all of them; any that does not hold fails. */
    | {
        readonly kind: 'probes';
        readonly suite: 'smoke' | 'validation';
        readonly probes: readonly NamedProbe[];
        /** For all together. */
        readonly timeoutMs: number;
      }
    /** Moves the dials, and waits until the environment looks like it. */
    | { readonly kind: 'shape'; readonly desired: Desired; readonly withinMs: number }
    /** Leaves the dials alone and watches the candidate. */
    | {
        readonly kind: 'watch';
        readonly forMs: number;
        readonly everyMs: number;
        /** What has to hold at its end; once more as long where that is between yes and no. */
        readonly analysis?: AnalysisSpec;
        /** A part of the validation window: promised limits are armed, and so many bad looks fire. */
        readonly validates?: Validates;
      }
  );

export interface Validates {
  readonly badLooks: number;
  /** The parts after it go on with what was seen in it. */
  readonly isFirst: boolean;
}

/** A trigger with the steps it is armed in: of one agent, while its candidate has traffic. */
export type ArmedTrigger = RollbackTrigger & {
  readonly agent: string;
  /** Armed in the validation window alone. */
  readonly within?: 'validation';
};

export interface Plan {
  readonly schema: 'nemesis.plan/1';
  readonly service: string;
  readonly environment: string;
  readonly strategy: 'blue-green' | 'canary' | 'rolling' | 'restore';
  readonly release: ReleaseRecord;
  /** What serves before, and what is restored; null where nothing does. */
  readonly stable: ReleaseRecord | null;
  readonly instances: number;
  readonly dials: readonly Dial[];
  readonly steps: readonly Step[];
  readonly triggers: readonly ArmedTrigger[];
  /** The least number of healthy instances at any moment; 0 for a first deployment. */
  readonly floor: number;
  /** Waits of the plan, ms: the soonest it can be done. */
  readonly promoteMs: number;
  /** How long a rollback may take at most. */
  readonly rollbackMs: number;
  readonly window: Windows;
  readonly load: { readonly argv: readonly string[]; readonly timeoutMs: number } | null;
  readonly alerts: { readonly argv: readonly string[]; readonly timeoutMs: number } | null;
  /** Who tells metrics of a release, where not the environment itself. */
  readonly metrics?: EnvironmentConfig['metrics'];
  readonly validationMs: number | null;
  readonly onInterrupt: 'rollback' | 'hold';
  /** A declared `forward-only` migration: an automatic rollback would be worse than holding. */
  readonly holdsOnFailure: boolean;
  /** Is a watch without requests accepted? By name, in the configuration. */
  readonly withoutTraffic: 'refuse' | 'accept';
  /** Every duration is already divided by this; null where they are real. */
  readonly trialSpeed: number | null;
  /** Checks the gates name and nobody declares: they are not measured, and never counted as passed. */
  readonly unmeasured?: readonly string[];
  /** What is different from what was asked for, and why: a dial that is missing, a canary without a baseline. */
  readonly notes: readonly string[];
}

/** How triggers look at numbers. */
export interface Windows {
  /** The latest so many ms are judged. */
  readonly windowMs: number;
  /** Fewer requests than this in a window tell nothing. */
  readonly minSamples: number;
  /** So many bad looks in a row fire. */
  readonly badLooks: number;
  /** Latencies closer than this are the same: so far apart are two runs of one release on one machine. */
  readonly noiseMs: number;
}

/** Instances and share of a release in what a step asks for; 0 where it is not named. */
export function slotOf(
  { slots }: Desired,
  release: ReleaseRecord | null,
): { readonly instances: number; readonly share: number } {
  const slot = slots.find(
    (one) => one.release.version === release?.version && one.release.artifact === release.artifact,
  );
  return { instances: slot?.instances ?? 0, share: slot?.share ?? 0 };
}
