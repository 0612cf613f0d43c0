/** What commands ask about the rows of many streams, and the answers over rows in memory: the meaning of each. */

import { NO_ENVIRONMENT, type Stream } from '../journal.ts';
import { LOOK_BACK, type CurrentRows } from './current.ts';
import {
  aggregatesOf,
  type Behind,
  type DeliveryAggregates,
  type Window,
} from './delivery-aggregates.ts';
import type { MemoryRows } from './memory-rows.ts';
import type { DeploymentRow, EnvironmentRow, IncidentRow } from './rows.ts';

/** Rows belong to the moment of the call; nothing here changes them. A stream nobody wrote to has none. */
export interface RowQueries {
  /** Of a service, in order of name; without `-`, where its checks stand. */
  environments(service: string): readonly EnvironmentRow[];
  /** Deployments and rollbacks, the newest first: by `started_at`, then by `seq`. */
  deployments(asked: DeploymentsAsked): readonly DeploymentRow[];
  /** What `currentOf` asks. Of the deployments it knows those the environment's row names. */
  current(stream: Stream): CurrentRows;
  /** Whole ids of deployments that begin so: at most two, in order of id, so that one that fits exactly is the first. */
  deploymentIds(stream: Stream, beginning: string): readonly string[];
  /** Incidents that were opened in a service and whose id begins so; at most two, in order of id. */
  incidents(service: string, beginning: string): readonly IncidentRow[];
  /** Those opened at or after `since`, epoch milliseconds; by sequence, the newest first. */
  incidentsOpened(stream: Stream, since: number, idLimit: number): Behind;
  /** See `aggregatesOf`. */
  delivery(stream: Stream, window: Window, idLimit: number): DeliveryAggregates;
}

export interface DeploymentsAsked {
  readonly service: string;
  /** All of them but `-` where none is named. */
  readonly environment?: string | undefined;
  /** Epoch milliseconds, inclusive. */
  readonly since?: number | undefined;
  readonly limit: number;
}

/** How many answer to the beginning of an id: a second one is enough to know that it does not say which. */
export const NAMESAKES = 2;

/** Rows of streams in memory, each stream once. */
export interface FoldedStream {
  readonly stream: Stream;
  readonly rows: MemoryRows;
}

export function memoryQueries(streams: () => readonly FoldedStream[]): RowQueries {
  const of = (service: string) =>
    streams()
      .filter(({ stream }) => stream.service === service && stream.environment !== NO_ENVIRONMENT)
      .map(({ rows }) => rows);
  const one = ({ service, environment }: Stream): MemoryRows | undefined =>
    streams().find(({ stream }) => stream.service === service && stream.environment === environment)
      ?.rows;
  return {
    environments: (service) =>
      of(service)
        .flatMap((rows) => rows.environment() ?? [])
        .sort((a, b) => inOrder(a.environment, b.environment)),
    deployments: ({ service, environment, since = -Infinity, limit }) =>
      of(service)
        .flatMap((rows) => rows.deployments())
        .filter((row) => environment === undefined || row.environment === environment)
        .filter(({ started_at }) => started_at >= since)
        .sort(newestFirst)
        .slice(0, limit),
    current: (stream) => one(stream) ?? currentRows({}),
    deploymentIds: (stream, beginning) =>
      namesakes(one(stream)?.deployments() ?? [], beginning).map(({ id }) => id),
    incidents: (service, beginning) =>
      namesakes(
        of(service)
          .flatMap((rows) => rows.incidents())
          .filter(({ opened_at }) => opened_at !== null),
        beginning,
      ),
    incidentsOpened(stream, since, idLimit) {
      const found = (one(stream)?.incidents() ?? [])
        .filter(({ opened_at }) => opened_at !== null && opened_at >= since)
        .sort((a, b) => b.seq - a.seq);
      return { count: found.length, ids: found.slice(0, idLimit).map(({ id }) => id) };
    },
    delivery(stream, window, idLimit) {
      const rows = one(stream);
      const firstAt = rows?.environment()?.first_at ?? null;
      return aggregatesOf(rows?.deployments() ?? [], firstAt, window, idLimit);
    },
  };
}

/** What a store has fetched for `currentOf`. */
export interface FetchedCurrent {
  readonly environment?: EnvironmentRow | undefined;
  /** Those the environment's row names. */
  readonly deployments?: readonly DeploymentRow[];
  readonly running?: readonly DeploymentRow[];
  readonly openIncidents?: readonly IncidentRow[];
  /** As many as are looked back for. */
  readonly successes?: readonly DeploymentRow[];
}

export function currentRows(fetched: FetchedCurrent): CurrentRows {
  const { environment, deployments = [], running = [], openIncidents = [] } = fetched;
  const { successes = [] } = fetched;
  return {
    environment: () => environment,
    deployment: (id) => deployments.find((row) => row.id === id),
    running: () => running,
    openIncidents: () => openIncidents,
    successes: (limit) => successes.slice(0, Math.min(limit, LOOK_BACK)),
  };
}

/** The deployments an environment's row names. */
export function namedBy(environment: EnvironmentRow | undefined): readonly string[] {
  const { serving = null, in_doubt = null, latest_success = null } = environment ?? {};
  return [...new Set([serving, in_doubt, latest_success])].filter((id) => id !== null);
}

function namesakes<R extends { readonly id: string }>(rows: readonly R[], beginning: string): R[] {
  return rows
    .filter(({ id }) => id.startsWith(beginning))
    .sort((a, b) => inOrder(a.id, b.id))
    .slice(0, NAMESAKES);
}

function newestFirst(a: DeploymentRow, b: DeploymentRow): number {
  return b.started_at - a.started_at || b.seq - a.seq || inOrder(a.environment, b.environment);
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
