/** What serves in an environment now, what runs, what is wrong, and what a rollback would go back to. */

import type { DeploymentStatus, ReleaseRecord } from '../records.ts';
import type { DeploymentRow, EnvironmentRow, IncidentRow, PassedOver } from './rows.ts';

/** What is asked of the rows of one stream; each answer is one index away. */
export interface CurrentRows {
  environment(): EnvironmentRow | undefined;
  deployment(id: string): DeploymentRow | undefined;
  /** Newest first. */
  running(): readonly DeploymentRow[];
  /** Oldest first. */
  openIncidents(): readonly IncidentRow[];
  /** Deployments and rollbacks that succeeded, the last to end first. */
  successes(limit: number): readonly DeploymentRow[];
}

/** A release and the record that brought it. */
export interface Served extends ReleaseRecord {
  /** Deployment or rollback. */
  readonly by: string;
  /** When that record succeeded. */
  readonly since: number;
}

export interface RunningDeployment {
  readonly id: string;
  readonly kind: DeploymentRow['kind'];
  readonly version: string;
  readonly strategy: string | null;
  readonly actor: string;
  readonly host: string;
  readonly started_at: number;
  readonly running_ms: number;
  readonly received_traffic_at: number | null;
  /** Null before the first stage. */
  readonly stage: string | null;
  readonly in_stage_ms: number;
}

export interface OpenIncident {
  readonly id: string;
  readonly severity: 'critical' | 'warning';
  readonly title: string;
  readonly deployment: string | null;
  readonly opened_at: number;
  readonly so_far_ms: number;
}

export interface Current {
  /** Null where nothing has ever succeeded. */
  readonly serves: Served | null;
  /** A record that ended and left unsure whether that is so. */
  readonly in_doubt: {
    readonly by: string;
    readonly version: string;
    readonly status: 'running' | DeploymentStatus;
    readonly reason: string | null;
  } | null;
  /** Newest first. More than one: a rollback inside a deployment, or one whose process died. */
  readonly running: readonly RunningDeployment[];
  /** Oldest first. */
  readonly open_incidents: readonly OpenIncident[];
  /** The newest good release; it may be the one that serves. A baseline is taken from here. */
  readonly last_good: Served | null;
  /** The newest good one that is another release than what serves: where a rollback goes. */
  readonly rollback_to: Served | null;
  /** Events the fold could make nothing of; to be shown, not hidden. */
  readonly passed_over: {
    readonly unknown: number;
    readonly bad: number;
    readonly stray: number;
    readonly last: PassedOver | null;
  };
}

/** How many successes back a good release is looked for. */
export const LOOK_BACK = 100;

/** `now`: epoch milliseconds; a start after it counts as 0 ms ago. */
export function currentOf(rows: CurrentRows, now: number): Current {
  const environment = rows.environment();
  const row = (id: string | null | undefined) =>
    id === null || id === undefined ? undefined : rows.deployment(id);
  const serving = row(environment?.serving);
  const doubt = row(environment?.in_doubt);
  const good = newestOfEach(rows.successes(LOOK_BACK)).filter(isGood);
  const before = good.find((candidate) => !isSameRelease(candidate, serving));
  return {
    serves: serving === undefined ? null : served(serving),
    in_doubt: doubt === undefined ? null : doubtOf(doubt),
    running: rows.running().map((running) => runningDeployment(running, now)),
    open_incidents: rows.openIncidents().flatMap((incident) => openIncident(incident, now)),
    last_good: good[0] === undefined ? null : served(good[0]),
    rollback_to: serving === undefined || before === undefined ? null : served(before),
    passed_over: passedOver(environment),
  };
}

/**
 * Good: it succeeded, was not taken back since, and is not failing now. A failure that is over does not count: a
 * release that served for weeks is a better place to go back to than the one before it.
 */
export function isGood(row: DeploymentRow): boolean {
  return row.status === 'succeeded' && row.rollback_count === 0 && row.failing === null;
}

/**
 * Of each release the success that ended last, in the same order. It alone tells whether the release is good: one that
 * was brought back and taken back again is no place to go to, however well it was deployed the first time.
 */
export function newestOfEach(successes: readonly DeploymentRow[]): readonly DeploymentRow[] {
  return successes.filter(
    (row, index) => successes.findIndex((other) => isSameRelease(other, row)) === index,
  );
}

function doubtOf({ id, version, status, reason }: DeploymentRow): NonNullable<Current['in_doubt']> {
  return { by: id, version, status, reason };
}

function passedOver(environment: EnvironmentRow | undefined): Current['passed_over'] {
  if (environment === undefined) return { unknown: 0, bad: 0, stray: 0, last: null };
  const { unknown, bad, stray, last_passed_over } = environment;
  return { unknown, bad, stray, last: last_passed_over };
}

function isSameRelease(a: DeploymentRow, b: DeploymentRow | undefined): boolean {
  return a.version === b?.version && a.artifact === b.artifact;
}

function served(row: DeploymentRow): Served {
  const { version, commit, committed_at, artifact } = row;
  const since = row.finished_at ?? row.started_at;
  return { version, commit, committed_at, artifact, by: row.id, since };
}

function runningDeployment(row: DeploymentRow, now: number): RunningDeployment {
  const { id, kind, version, strategy, actor, host, started_at, received_traffic_at, stage } = row;
  return {
    ...{ id, kind, version, strategy, actor, host, started_at, received_traffic_at, stage },
    running_ms: Math.max(0, now - started_at),
    in_stage_ms: Math.max(0, now - row.stage_since),
  };
}

function openIncident(row: IncidentRow, now: number): OpenIncident[] {
  const { id, severity, title, deployment, opened_at } = row;
  if (opened_at === null || severity === null) return [];
  const so_far_ms = Math.max(0, now - opened_at);
  return [{ id, severity, title, deployment, opened_at, so_far_ms }];
}
