/**
 * The rows of one stream as the fold asks for them, within one transaction. What the events at hand will need is
 * fetched with a few statements before; what was forgotten then is still fetched when it is asked for.
 */

import { cleaned } from '../cleaned.ts';
import type { Fetch } from '../folds/apply-fetching.ts';
import { memoryRows } from '../folds/memory-rows.ts';
import type { DeploymentRow, EnvironmentRow, RowChange } from '../folds/rows.ts';
import type { JournalEvent, Stream } from '../journal.ts';
import type { Query } from './postgres-pool.ts';
import { findRows, IN_STREAM, putRows } from './postgres-rows.ts';

export interface FetchedRows {
  readonly fetch: Fetch;
  put(changes: readonly RowChange[]): void;
  /** Writes what was put: each row once, however often it changed. */
  flush(): Promise<void>;
}

export async function fetchedRows(
  query: Query,
  { service, environment }: Stream,
  before: EnvironmentRow | undefined,
  events: readonly JournalEvent[],
): Promise<FetchedRows> {
  const rows = memoryRows();
  const stream = [service, environment] as const;
  const changed = new Map<string, RowChange>();
  const deployments = new Set<string>();
  const incidents = new Set<string>();
  /** The first success that was there before these events; null where there was none. */
  const firsts = new Map<string, string | null>();

  const seed = (found: readonly DeploymentRow[]): void => {
    for (const row of found) {
      if (rows.deployment(row.id) !== undefined) continue;
      deployments.add(row.id);
      rows.put([{ table: 'deployment', row }]);
    }
  };
  const fetchDeployments = async (ids: readonly string[]): Promise<void> => {
    const missing = ids.filter((id) => !deployments.has(id));
    if (missing.length === 0) return;
    for (const id of missing) deployments.add(id);
    const found = await findRows(query, 'deployment', `${IN_STREAM} AND id = ANY($3)`, [
      ...stream,
      missing,
    ]);
    for (const row of found) rows.put([{ table: 'deployment', row }]);
  };
  const fetchIncidents = async (ids: readonly string[]): Promise<void> => {
    const missing = ids.filter((id) => !incidents.has(id));
    if (missing.length === 0) return;
    for (const id of missing) incidents.add(id);
    const found = await findRows(query, 'incident', `${IN_STREAM} AND id = ANY($3)`, [
      ...stream,
      missing,
    ]);
    rows.put(found.map((row) => ({ table: 'incident', row })));
  };
  const fetchFirsts = async (commits: readonly string[]): Promise<void> => {
    const missing = [...new Set(commits)].filter((commit) => !firsts.has(commit));
    if (missing.length === 0) return;
    for (const commit of missing) firsts.set(commit, null);
    const found = await query(FIRSTS, [...stream, missing]);
    for (const { commit, id } of found) firsts.set(commit as string, id as string);
  };

  if (before !== undefined) rows.put([{ table: 'environment', row: before }]);
  const told = toldOf(events);
  seed(await findRows(query, 'deployment', LIVE, stream));
  await fetchDeployments([...told.deployments, ...namesIn(before)]);
  await fetchIncidents(told.incidents);
  if (told.succeeds) {
    const known = told.deployments.flatMap((id) => rows.deployment(id)?.commit ?? []);
    await fetchFirsts([...told.commits, ...known]);
  }

  return {
    fetch: {
      environment: () => Promise.resolve(rows.environment()),
      newestRunning: () => Promise.resolve(rows.newestRunning()),
      failing: () => Promise.resolve(rows.failing()),
      deployment: async (id) => {
        await fetchDeployments([id]);
        return rows.deployment(id);
      },
      incident: async (id) => {
        await fetchIncidents([id]);
        return rows.incident(id);
      },
      firstSuccessOf: async (commit) => {
        await fetchFirsts([commit]);
        const first = firsts.get(commit) ?? null;
        if (first === null) return rows.firstSuccessOf(commit);
        await fetchDeployments([first]);
        return rows.deployment(first);
      },
    },
    put(changes) {
      rows.put(changes);
      for (const change of changes) changed.set(keyOf(change), change);
    },
    async flush() {
      for (const table of ['deployment', 'incident', 'environment'] as const) {
        const ours = [...changed.values()].filter((change) => change.table === table);
        await putRows(
          query,
          table,
          ours.map(({ row }) => row),
        );
      }
    },
  };
}

/** What runs and what is failing, the first to begin first. */
const LIVE = `${IN_STREAM} AND (status = 'running' OR failing IS NOT NULL) ORDER BY seq`;

const FIRSTS = `SELECT DISTINCT ON ("commit") "commit", id FROM nemesis.deployments
  ${IN_STREAM} AND kind = 'deploy' AND status = 'succeeded' AND "commit" = ANY($3)
  ORDER BY "commit", finished_seq`;

function keyOf(change: RowChange): string {
  return change.table === 'environment' ? change.table : `${change.table} ${change.row.id}`;
}

function namesIn(environment: EnvironmentRow | undefined): string[] {
  const { serving = null, latest_success = null } = environment ?? {};
  return [serving, latest_success].filter((id) => id !== null);
}

/** What the events name, as far as their bodies look like ours: only a guess of what will be asked. */
function toldOf(events: readonly JournalEvent[]) {
  const texts = (pick: (body: JournalEvent['body']) => unknown): string[] => [
    ...new Set(events.map(({ body }) => pick(body)).filter((found) => typeof found === 'string')),
  ];
  const releaseOf = (body: JournalEvent['body']) =>
    (body['release'] ?? {}) as { readonly commit?: unknown };
  return {
    deployments: [
      ...texts(({ deployment }) => deployment),
      ...texts((body) => body['takes_back']),
    ].map(cleaned),
    incidents: texts(({ incident }) => incident).map(cleaned),
    commits: texts((body) => releaseOf(body).commit).map(cleaned),
    succeeds: events.some(({ body }) => body['status'] === 'succeeded'),
  };
}
