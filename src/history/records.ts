/** The event types nemesis records itself, and the shape of each body. Folds pass over types they do not know. */

export interface ReleaseRecord {
  readonly version: string;
  /** Full commit id; null where nobody knows it. */
  readonly commit: string | null;
  /** Epoch milliseconds of the commit; null where nobody knows it. */
  readonly committed_at: number | null;
  /** Digest of the artifact; null where there is none. */
  readonly artifact: string | null;
}

/**
 * How a deployment record ended; it ends once, and later words about it are passed over.
 *
 *   succeeded        all of it serves and every health check is green. A rollback that worked ends so too
 *   failed           it stopped half way, and nothing was taken back
 *   rolled_back      the release before it serves again, verified. Also a rollback that was itself taken back
 *   withdrawn        taken back where no release was before it: nothing serves
 *   rollback_failed  taking it back failed: what serves is not certain. Also a rollback that did not work
 */
export type DeploymentStatus =
  'succeeded' | 'failed' | 'rolled_back' | 'withdrawn' | 'rollback_failed';

/** A hole in a package that is used, as an audit found it first. */
export interface VulnerabilityRecord {
  /** Names this alert, ticket or note: what settles it says it. */
  readonly record: string;
  /** `GHSA-…`, `CVE-…`, `PYSEC-…`. */
  readonly vulnerability: string;
  readonly package: string;
  readonly severity: 'critical' | 'high' | 'moderate' | 'low';
  /** The runner that found it. */
  readonly source: string;
  readonly title: string;
}

/** As a plain object, which a body is. */
type Body<T> = { readonly [K in keyof T]: T[K] };

export interface RecordBodies {
  /** A `deploy:check`, whole or not. In the environment `-`. */
  readonly check_recorded: {
    readonly commit: string | null;
    readonly readiness: 'ready' | 'caution' | 'undecided' | 'blocked';
    readonly partial: boolean;
    /** 0..100; null where there is no score. */
    readonly score: {
      readonly low: number | null;
      readonly high: number | null;
      readonly evidence: number;
    } | null;
    /** Gate to verdict: `{ code: passed, build: warned }`. */
    readonly gates: Readonly<Record<string, 'blocked' | 'undecided' | 'warned' | 'passed'>>;
    readonly duration_ms: number;
    /** Loads were this many times shorter than the gates ask; absent where none was. */
    readonly trial?: number | undefined;
  };
  /** In the environment `-`: a hole that needs somebody at once was found. */
  readonly vulnerability_alert: Body<VulnerabilityRecord>;
  /** In the environment `-`: what is written down about a hole until it is gone. */
  readonly vulnerability_recorded: Body<
    VulnerabilityRecord & {
      readonly kind: 'security_ticket' | 'scheduled_fix' | 'review' | 'technical_debt';
      /** Epoch ms by which it shall be gone; null: no day is set. */
      readonly due_at: number | null;
    }
  >;
  /** The audit that found it has looked again, and it is gone. */
  readonly vulnerability_settled: { readonly record: string };
  /** A deployment begins. A rollback is one of its own, with `kind: rollback` and what it takes back. */
  readonly deployment_started: {
    readonly deployment: string;
    readonly kind: 'deploy' | 'rollback';
    readonly release: ReleaseRecord;
    readonly previous: string | null;
    /** For a rollback: the deployment taken back; null where it is not known, then the journal tells. */
    readonly takes_back: string | null;
    /** Unplanned, because of an incident. */
    readonly hotfix: boolean;
    readonly strategy: string | null;
    /** How long after its end a rollback still counts as this deployment's failure; null means an hour. */
    readonly validation_ms: number | null;
  };
  /** The candidate gets production traffic for the first time; `share` is above 0, at most 1. */
  readonly deployment_received_traffic: { readonly deployment: string; readonly share: number };
  /** Where a running deployment is, for status: `batch 2 of 4`. */
  readonly deployment_stage: { readonly deployment: string; readonly stage: string };
  readonly deployment_finished: {
    readonly deployment: string;
    readonly status: DeploymentStatus;
    readonly reason: string | null;
    /** For one that did not succeed: when the failure was seen; null where nobody noted it. */
    readonly failure_detected_at: number | null;
  };
  readonly incident_opened: {
    readonly incident: string;
    readonly severity: 'critical' | 'warning';
    readonly title: string;
    /** The deployment blamed; null means the latest success before it. */
    readonly deployment: string | null;
  };
  readonly incident_closed: { readonly incident: string };

  /** What a deployment or rollback is going to do: enough to go on with it, or take it back, from here alone. */
  readonly rollout_planned: {
    readonly deployment: string;
    /** A `Plan` of `rollout/plan.ts`. */
    readonly plan: JsonObject;
    /** What makes its driver where no configuration can be read; holds no secrets. */
    readonly driver: JsonObject;
  };
  /** Written before a step acts. Without a `step_done` after it, whether it acted is not known. */
  readonly step_intended: {
    readonly deployment: string;
    /** Place in the plan, from 0. */
    readonly step: number;
    readonly name: string;
  };
  readonly step_done: {
    readonly deployment: string;
    readonly step: number;
    readonly name: string;
    readonly outcome: 'done' | 'failed';
    /** What was seen, in a line; of a failed step why. */
    readonly seen: string;
  };
  /** Why a deployment is taken back. */
  readonly trigger_fired: {
    readonly deployment: string;
    readonly trigger: string;
    /** Values, samples and limits, a line each. */
    readonly explanation: readonly string[];
  };
  /** What a comparison of two releases came to; with all it was told from, so that it can be told again. */
  readonly judged: {
    readonly deployment: string;
    readonly step: number;
    readonly answer: 'pass' | 'fail' | 'inconclusive' | 'no_data';
    /** The sentences that decided, each with why. */
    readonly reasons: readonly string[];
    /** `spec` and `looks`, as `rollout/analysis` has them. */
    readonly analysis: JsonObject;
  };
  /** A person wants a running deployment taken back; whoever walks it does so. */
  readonly rollback_asked: { readonly deployment: string; readonly reason: string };
  /** A rollback by a person holds the environment until a person releases it. */
  readonly environment_pinned: {
    /** The record that pinned it. */
    readonly by: string;
    readonly reason: string;
    readonly version: string;
  };
  readonly environment_unpinned: { readonly reason: string };
  /** A person stops all deployments there, but no rollback. */
  readonly environment_frozen: {
    readonly reason: string;
    /** Epoch ms at which it ends by itself; null: when a person ends it. */
    readonly until: number | null;
  };
  readonly environment_unfrozen: { readonly reason: string };
  /** A person deploys although it is frozen. */
  readonly freeze_overridden: { readonly reason: string; readonly freeze: string };

  /** A release waits for a person. Bound to what was measured: `evidence` is a digest of plan and gate results. */
  readonly approval_requested: {
    readonly approval: string;
    readonly release: ReleaseRecord;
    readonly evidence: string;
    readonly expires_at: number;
    /** Digest of the plan. */
    readonly plan?: string | null;
    /** Gate to verdict, of those that were judged until then. */
    readonly gates?: Readonly<Record<string, string>>;
    /** What nobody measured and is accepted all the same, a line each. */
    readonly accepts?: readonly string[];
    /** Commit of what serves until then, whose successors' authors may not approve; null: nothing serves. */
    readonly since?: string | null;
    /** Random, so that no two requests are the same. */
    readonly nonce?: string | null;
    /** The job of a CI platform that asked: `github:acme/pay/123#measure`. */
    readonly origin?: string | null;
  };
  readonly approval_given: {
    readonly approval: string;
    /** `unsigned`: nothing proves who it was. Of a CI platform: taken over from its protected environment. */
    readonly proof: 'unsigned' | 'signed' | 'github' | 'gitlab';
    /** Said by the approver, or `trial` where the demo plays the approver. */
    readonly note: string;
    /** Who typed it, where that is somebody else than it is attributed to. */
    readonly entered_by?: string | null;
    /** The document that is signed, and the signature as ssh-keygen writes it. */
    readonly document?: string | null;
    readonly signature?: string | null;
    /** What the platform said: the run or deployment, its address, who approved. */
    readonly platform?: JsonObject | null;
  };
  /** An attempt that did not count, and why. The request waits on. */
  readonly approval_refused: {
    readonly approval: string;
    /** Who it claims to be from. */
    readonly by: string;
    readonly proof: string;
    readonly why: string;
    /** The event it is about; null where nothing else was recorded of it. */
    readonly word: string | null;
  };
  /** A deployment has begun on it: it does for no other. */
  readonly approval_used: { readonly approval: string };
  readonly approval_rejected: { readonly approval: string; readonly reason: string };

  /** In the environment `-`: a release goes through the gates. */
  readonly pipeline_started: { readonly pipeline: string; readonly release: ReleaseRecord };
  readonly gate_judged: {
    readonly pipeline: string;
    readonly gate: string;
    readonly verdict: 'blocked' | 'undecided' | 'warned' | 'passed';
    /** What decided, a line each. */
    readonly reasons: readonly string[];
    /** What was not measured and is tolerated, a line each. */
    readonly accepts?: readonly string[];
  };
  readonly pipeline_finished: {
    readonly pipeline: string;
    readonly status: 'released' | 'stopped' | 'rolled_back';
    readonly reason: string;
  };
}

export interface JsonObject {
  readonly [key: string]: unknown;
}

export type RecordType = keyof RecordBodies;

/** An event's type with its body, checked. */
export type JournalRecord = {
  readonly [T in RecordType]: { readonly type: T; readonly body: RecordBodies[T] };
}[RecordType];
