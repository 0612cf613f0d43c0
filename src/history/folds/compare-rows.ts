/** Rows a store has kept beside those its journal gives: they were folded alike, so any difference was made by hand. */

import type { MemoryRows } from './memory-rows.ts';
import type { DeploymentRow, EnvironmentRow, IncidentRow, RowChange } from './rows.ts';

export interface RowDifference {
  readonly table: RowChange['table'] | 'day';
  /** Of the deployment or incident; the day. */
  readonly id?: string;
  /** Absent where the whole row is missing, or one too many. */
  readonly column?: string;
  /** JSON; absent where there is no such row. */
  readonly kept?: string;
  readonly folded?: string;
}

/** As many are told; one is enough to fold all anew. */
export const MOST_DIFFERENCES = 5;

/** Takes kept rows, a part at a time, in any order. */
export interface Comparison {
  environment(row: EnvironmentRow | undefined): void;
  deployments(rows: readonly DeploymentRow[]): void;
  incidents(rows: readonly IncidentRow[]): void;
  /** Once all were given. */
  differences(): readonly RowDifference[];
}

export function compareRows(folded: MemoryRows): Comparison {
  const found: RowDifference[] = [];
  const seen = { deployment: 0, incident: 0 };
  const rowsOf = {
    deployment: (id: string) => folded.deployment(id),
    incident: (id: string) => folded.incident(id),
  };
  const compareAll = (table: 'deployment' | 'incident') => {
    const ids = new Set<string>();
    return {
      ids,
      take: (rows: readonly (DeploymentRow | IncidentRow)[]): void => {
        for (const row of rows) {
          ids.add(row.id);
          seen[table] += 1;
          found.push(...rowDifferences(table, row.id, row, rowsOf[table](row.id)));
        }
      },
    };
  };
  const deployments = compareAll('deployment');
  const incidents = compareAll('incident');
  return {
    environment(row) {
      found.push(...rowDifferences('environment', undefined, row, folded.environment()));
    },
    deployments: deployments.take,
    incidents: incidents.take,
    differences() {
      if (seen.deployment < folded.deployments().length)
        found.push(...missing('deployment', folded.deployments(), deployments.ids));
      if (seen.incident < folded.incidents().length)
        found.push(...missing('incident', folded.incidents(), incidents.ids));
      return found.slice(0, MOST_DIFFERENCES);
    },
  };
}

/** Columns whose values differ; the row itself where one of the two is absent. */
export function rowDifferences(
  table: RowDifference['table'],
  id: string | undefined,
  kept: object | undefined,
  folded: object | undefined,
): RowDifference[] {
  const place = { table, ...(id !== undefined && { id }) };
  if (kept === undefined && folded === undefined) return [];
  if (folded === undefined) return [{ ...place, kept: JSON.stringify(kept) }];
  if (kept === undefined) return [{ ...place, folded: JSON.stringify(folded) }];
  const values = kept as Readonly<Record<string, unknown>>;
  return Object.entries(folded).flatMap(([column, value]) => {
    if (values[column] === value) return [];
    const [here, there] = [JSON.stringify(values[column]), JSON.stringify(value)];
    return here === there ? [] : [{ ...place, column, kept: here, folded: there }];
  });
}

function missing(
  table: 'deployment' | 'incident',
  rows: readonly { readonly id: string }[],
  ids: ReadonlySet<string>,
): RowDifference[] {
  return rows
    .filter(({ id }) => !ids.has(id))
    .map((row) => ({ table, id: row.id, folded: JSON.stringify(row) }));
}

/** `deployment d-7 has lead_ms 5, the events say 7` */
export function differenceText({ table, id, column, kept, folded }: RowDifference): string {
  const name = id === undefined ? table : `${table} ${id}`;
  if (column !== undefined) return `${name} has ${column} ${kept}, the events say ${folded}`;
  return folded === undefined ? `no event tells of ${name}` : `${name} is missing`;
}
