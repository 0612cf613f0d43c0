/** The rows of one stream in memory: for a store without tables, for rebuilding, and for tests. */

import type { JournalEvent } from '../journal.ts';
import { applyEvent } from './deployments.ts';
import type { DeploymentRow, EnvironmentRow, IncidentRow, Look, RowChange } from './rows.ts';
import type { CurrentRows } from './current.ts';

export interface MemoryRows extends Look, CurrentRows {
  put(changes: readonly RowChange[]): void;
  /** By sequence of their first event. */
  deployments(): readonly DeploymentRow[];
  incidents(): readonly IncidentRow[];
}

/** Folds on from `rows`, or from nothing. */
export function foldEvents(
  events: Iterable<JournalEvent>,
  rows: MemoryRows = memoryRows(),
): MemoryRows {
  for (const event of events) rows.put(applyEvent(rows, event));
  return rows;
}

export function memoryRows(): MemoryRows {
  let environment: EnvironmentRow | undefined;
  const deployments = new Map<string, DeploymentRow>();
  const incidents = new Map<string, IncidentRow>();
  const running = new Set<string>();
  const failing = new Set<string>();
  const open = new Set<string>();
  const firstSuccess = new Map<string, string>();
  const successes: string[] = [];

  const rowsOf = (ids: Iterable<string>): DeploymentRow[] =>
    [...ids].map((id) => deployments.get(id)).filter((row) => row !== undefined);

  function putDeployment(row: DeploymentRow): void {
    const before = deployments.get(row.id);
    deployments.set(row.id, row);
    keep(running, row.id, row.status === 'running');
    keep(failing, row.id, row.failing !== null);
    if (row.status !== 'succeeded' || before?.status === 'succeeded') return;
    successes.push(row.id);
    if (row.kind === 'deploy' && row.commit !== null && !firstSuccess.has(row.commit)) {
      firstSuccess.set(row.commit, row.id);
    }
  }

  return {
    environment: () => environment,
    deployment: (id) => deployments.get(id),
    incident: (id) => incidents.get(id),
    newestRunning: () => rowsOf(running).at(-1),
    failing: () => rowsOf(failing),
    firstSuccessOf: (commit) => deployments.get(firstSuccess.get(commit) ?? ''),
    running: () => rowsOf(running).reverse(),
    openIncidents: () =>
      [...open].map((id) => incidents.get(id)).filter((row) => row !== undefined),
    successes: (limit) => rowsOf(successes.slice(-limit).reverse()),
    deployments: () => [...deployments.values()],
    incidents: () => [...incidents.values()],
    put(changes) {
      for (const change of changes) {
        if (change.table === 'environment') environment = change.row;
        else if (change.table === 'deployment') putDeployment(change.row);
        else {
          const { row } = change;
          incidents.set(row.id, row);
          keep(open, row.id, row.opened_at !== null && row.closed_at === null);
        }
      }
    },
  };
}

/** Sets keep the order of insertion, which is the order of sequence: rows enter once. */
function keep(ids: Set<string>, id: string, isIn: boolean): void {
  if (isIn) ids.add(id);
  else ids.delete(id);
}
