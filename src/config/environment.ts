/** An environment a service is released to, as the configuration describes it. */

import type { ApprovalPolicy } from './approval.ts';
import type { FreezeWindow } from './freeze-window.ts';

import type { RollbackTrigger } from '../judge/deployment.ts';
import type { Probes } from './probe.ts';

/** How an instance says that it is fine: an HTTP answer of 200 to 299. */
export interface HealthProbe {
  /** `/healthz` */
  readonly path: string;
  readonly intervalMs: number;
  /** A slower answer is none. */
  readonly timeoutMs: number;
  /** So many good answers in a row make an instance healthy. */
  readonly healthyAfter: number;
  /** So many bad ones in a row make it unhealthy. */
  readonly unhealthyAfter: number;
}

/** Processes on this machine behind nemesis' own splitter. */
export interface LocalSettings {
  readonly kind: 'local';
  /** Where the splitter takes requests. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Starts one instance, in the folder of its artifact, without a shell. It listens on the PORT it is given. */
  readonly start: readonly string[];
  /** Values for the instances, on top of PORT, HOST, VERSION and INSTANCE. Kept with the release. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables of the caller's environment that the instances are given, by name. */
  readonly passEnv: readonly string[];
  readonly health: HealthProbe;
  /** How long open requests may take to end before an instance is stopped. */
  readonly drainMs: number;
  /** How many releases that do not run are kept to be restored. */
  readonly keep: number;
}

/** The team's own scripts. */
export interface CommandSettings {
  readonly kind: 'command';
  readonly observe: readonly string[];
  readonly apply: readonly string[];
  /** For people, printed where nemesis cannot act: `ops/switch`. */
  readonly byHand?: string;
  /** Where its releases answer; what is asked over HTTP needs it. */
  readonly url?: string;
  /** Environment variables the scripts are given, by name. */
  readonly secrets: readonly string[];
  /** `network` unless declared: what the scripts act on is seen by other machines. */
  readonly reach: 'machine' | 'network';
  readonly dials: readonly ('instances' | 'traffic')[];
  /** Longest time for one call. */
  readonly timeoutMs: number;
}

/** A command the project declares for a step, split into words and started without a shell. */
export interface DeclaredStep {
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

/** What a source tells of a release: the metrics of `judge/traffic.ts`, and what only sources know. */
export const SOURCE_METRICS = [
  'error_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
  'throughput',
  'requests',
  'error_types',
  'user_feedback',
] as const;
export type SourceMetric = (typeof SOURCE_METRICS)[number];

/** `query` names the release by `{{release}}`, inside a quoted string. */
export interface PrometheusSource {
  readonly kind: 'prometheus';
  /** `http://prometheus:9090`, without the API's own path. */
  readonly url: string;
  readonly query: string;
  /** Of `error_types`: the label that names the type; `type` where absent. */
  readonly label?: string;
  readonly timeoutMs: number;
  /** What is newer than this is not complete yet. */
  readonly lagMs: number;
}

export interface HttpSource {
  readonly kind: 'http';
  /** With `{{release}}` in its path or query. */
  readonly url: string;
  /** Where the number stands in the answer: `data.p95`. */
  readonly value: string;
  /** Where the number of requests behind it stands. */
  readonly samples?: string;
  readonly timeoutMs: number;
}

export interface CommandSource {
  readonly kind: 'command';
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

export type SourceConfig = PrometheusSource | HttpSource | CommandSource;

/** A promised limit: the check of the gates it stands for, and the sentence that is true when it is broken. */
export interface SlaLimit {
  readonly check: 'latency_within_sla' | 'error_rate_within_sla';
  readonly trigger: Extract<RollbackTrigger, { kind: 'sentence' }>;
}

export interface EnvironmentConfig {
  readonly name: string;
  readonly driver: LocalSettings | CommandSettings;
  /** How many instances the fleet has. */
  readonly instances: number;
  /** Longest time for instances to become healthy. */
  readonly readyWithinMs: number;
  /** Step names of the specification to what the project does for them: `notify_team: [node, ops/notify.js]`. */
  readonly steps: Readonly<Record<string, DeclaredStep>>;
  /** How each path of the service is tried here; those of all environments, and those of this one. */
  readonly probes?: Probes;
  readonly sla?: readonly SlaLimit[];
  /** A command that exits 0 while no critical alert fires, 1 while one does. */
  readonly alerts?: DeclaredStep;
  /** Sends requests while a candidate is watched, where nobody else does; it is ended with the watch. */
  readonly load?: DeclaredStep;
  /** Who tells a metric, where not the environment itself: by metric. */
  readonly metrics?: Readonly<Partial<Record<SourceMetric, SourceConfig>>>;
  /** Requests a second that are expected; absent where nobody knows. */
  readonly expectedTraffic?: number;
  /** What an interrupt does while a candidate has traffic. */
  readonly onInterrupt: 'rollback' | 'hold';
  /** A watch in which no request reached the candidate tells nothing: refused, unless accepted here by name. */
  readonly withoutTraffic: 'refuse' | 'accept';
  /** Who has to say yes there; `DEFAULT_APPROVAL` where nothing is said. */
  readonly approval?: ApprovalPolicy;
  /** When nothing is deployed there. */
  readonly freeze?: readonly FreezeWindow[];
}

/** Text as written, or the name of an environment variable that holds it. */
export type Given = string | { readonly env: string };

export const MIGRATIONS = ['none', 'reversible', 'forward-only'] as const;

/** What is released. Everything may be absent: a service can be judged without being released. */
export interface ReleaseConfig {
  /** `git describe` where absent. */
  readonly version?: Given;
  /** A folder or file below the root, or (from a variable) the digest of an image: `sha256:…`. */
  readonly artifact?: Given;
  /** Makes the artifact, split into words and started without a shell. */
  readonly build?: readonly string[];
  /** What the release does to stored data: `forward-only` cannot be taken back. */
  readonly migrations: (typeof MIGRATIONS)[number];
}

/** A rehearsal: every duration of a rollout is divided by `speed`, and every plan and record says so. */
export interface Trial {
  readonly speed: number;
}
