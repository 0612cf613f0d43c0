/** The columns of the rows in both SQL stores: as they are, as 0 and 1, or as a text of JSON. */

import type { DeploymentRow, EnvironmentRow, IncidentRow, RowChange } from '../folds/rows.ts';

export type ColumnKind = 'plain' | 'flag' | 'json';

export type Columns<R> = { readonly [C in keyof R]: ColumnKind };

export const ENVIRONMENT: Columns<EnvironmentRow> = {
  ...({ service: 'plain', environment: 'plain', seq: 'plain', first_at: 'plain' } as const),
  ...({ serving: 'plain', latest_success: 'plain', in_doubt: 'plain' } as const),
  ...({ rollback_open: 'plain', open_incidents: 'plain', unknown: 'plain', bad: 'plain' } as const),
  ...({ stray: 'plain', last_passed_over: 'json' } as const),
};

export const DEPLOYMENT: Columns<DeploymentRow> = {
  ...({
    service: 'plain',
    environment: 'plain',
    id: 'plain',
    seq: 'plain',
    kind: 'plain',
  } as const),
  ...({ version: 'plain', commit: 'plain', committed_at: 'plain', artifact: 'plain' } as const),
  ...({ previous: 'plain', takes_back: 'plain', hotfix: 'flag', strategy: 'plain' } as const),
  ...({ actor: 'plain', host: 'plain', validation_ms: 'plain', started_at: 'plain' } as const),
  ...({ received_traffic_at: 'plain', finished_at: 'plain', finished_seq: 'plain' } as const),
  ...({ status: 'plain', reason: 'plain', stage: 'plain', stage_since: 'plain' } as const),
  ...({ taken_back_by: 'json', rollback_count: 'plain', failed: 'flag' } as const),
  ...({ failed_because: 'json', failing: 'plain', failure_detected_at: 'plain' } as const),
  ...({ failing_since: 'plain', recovered_at: 'plain', recovered_by: 'plain' } as const),
  ...({ recovery_ms: 'plain', recovery_before_ms: 'plain', open_incidents: 'plain' } as const),
  ...({ rework: 'flag', repeats: 'plain', lead_ms: 'plain' } as const),
};

export const INCIDENT: Columns<IncidentRow> = {
  ...({ service: 'plain', environment: 'plain', id: 'plain', seq: 'plain' } as const),
  ...({ severity: 'plain', title: 'plain', deployment: 'plain' } as const),
  ...({ opened_at: 'plain', closed_at: 'plain' } as const),
};

/** The table of each kind of row. */
export const TABLES = {
  environment: { name: 'environments', columns: ENVIRONMENT, key: ['service', 'environment'] },
  deployment: { name: 'deployments', columns: DEPLOYMENT, key: ['service', 'environment', 'id'] },
  incident: { name: 'incidents', columns: INCIDENT, key: ['service', 'environment', 'id'] },
} as const satisfies Record<RowChange['table'], unknown>;

/** `"service", "commit"`: one of them is a word of SQL. */
export function columnList(columns: object): string {
  const names = Array.isArray(columns) ? (columns as string[]) : Object.keys(columns);
  return names.map((name) => `"${name}"`).join(', ');
}
