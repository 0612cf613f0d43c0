/** Incidents, and the deployments they are linked to. */

import type { JournalEvent } from '../journal.ts';
import type { RecordBodies } from '../records.ts';
import type { Draft, Stray } from './draft.ts';
import { withFailure, withRecovery } from './failing.ts';
import type { DeploymentRow } from './rows.ts';

export function opened(
  draft: Draft,
  event: JournalEvent,
  body: RecordBodies['incident_opened'],
): Stray {
  const known = draft.incident(body.incident);
  if (known !== undefined && known.opened_at !== null) {
    return `incident ${body.incident} had been opened already`;
  }
  const row = draft.deployment(body.deployment ?? draft.environment.latest_success);
  const closedAt = known?.closed_at ?? null;
  draft.setIncident({
    service: event.service,
    environment: event.environment,
    id: body.incident,
    seq: known?.seq ?? event.seq,
    severity: body.severity,
    title: body.title,
    deployment: row?.id ?? null,
    opened_at: event.at,
    closed_at: closedAt,
  });
  if (closedAt === null) {
    draft.setEnvironment({ open_incidents: draft.environment.open_incidents + 1 });
  }
  if (row !== undefined) draft.setDeployment(withIncident(row, body.incident, event.at, closedAt));
  else if (body.deployment !== null) {
    return `incident ${body.incident} blames ${body.deployment}, of which no record has begun`;
  }
  return undefined;
}

function withIncident(
  row: DeploymentRow,
  incident: string,
  openedAt: number,
  closedAt: number | null,
): DeploymentRow {
  const failed = withFailure(row, incident, 'incident', openedAt);
  if (closedAt === null) return { ...failed, open_incidents: row.open_incidents + 1 };
  // Its end was told first. A failure that was open before it stays open.
  return row.failing === null ? withRecovery(failed, closedAt, incident) : failed;
}

export function closed(
  draft: Draft,
  event: JournalEvent,
  { incident }: RecordBodies['incident_closed'],
): Stray {
  const known = draft.incident(incident);
  if (known === undefined) {
    draft.setIncident({
      service: event.service,
      environment: event.environment,
      id: incident,
      seq: event.seq,
      severity: null,
      title: '',
      deployment: null,
      opened_at: null,
      closed_at: event.at,
    });
    return `incident ${incident} is closed before it was opened`;
  }
  if (known.closed_at !== null) return `incident ${incident} had been closed already`;
  draft.setIncident({ ...known, closed_at: event.at });
  draft.setEnvironment({ open_incidents: draft.environment.open_incidents - 1 });
  const row = draft.deployment(known.deployment);
  if (row === undefined) return undefined;
  const left = { ...row, open_incidents: row.open_incidents - 1 };
  const over = left.open_incidents === 0 && left.failing === 'incident';
  draft.setDeployment(over ? withRecovery(left, event.at, incident) : left);
  return undefined;
}
