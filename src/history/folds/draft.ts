/** What one event changes, while it is being folded in. */

import type { JournalEvent } from '../journal.ts';
import type { DeploymentRow, EnvironmentRow, IncidentRow, Look, RowChange } from './rows.ts';

/** Says why, where an event fits no record. */
export type Stray = string | undefined;

/** The row of an environment in which nothing was folded yet. */
export function beginning({ service, environment, at }: JournalEvent): EnvironmentRow {
  return {
    service,
    environment,
    seq: 0,
    first_at: at,
    serving: null,
    latest_success: null,
    in_doubt: null,
    rollback_open: null,
    open_incidents: 0,
    unknown: 0,
    bad: 0,
    stray: 0,
    last_passed_over: null,
  };
}

/** The rows as they stand after what this event has changed so far. */
export class Draft {
  readonly #look: Look;
  readonly #deployments = new Map<string, DeploymentRow>();
  readonly #incidents = new Map<string, IncidentRow>();
  #environment: EnvironmentRow;

  constructor(look: Look, environment: EnvironmentRow) {
    this.#look = look;
    this.#environment = environment;
  }

  get environment(): EnvironmentRow {
    return this.#environment;
  }

  setEnvironment(changed: Partial<EnvironmentRow>): void {
    this.#environment = { ...this.#environment, ...changed };
  }

  deployment(id: string | null): DeploymentRow | undefined {
    return id === null ? undefined : (this.#deployments.get(id) ?? this.#look.deployment(id));
  }

  incident(id: string): IncidentRow | undefined {
    return this.#incidents.get(id) ?? this.#look.incident(id);
  }

  newestRunning(): DeploymentRow | undefined {
    return this.#look.newestRunning();
  }

  firstSuccessOf(commit: string): DeploymentRow | undefined {
    return this.#look.firstSuccessOf(commit);
  }

  failing(): readonly DeploymentRow[] {
    return this.#look.failing().map((row) => this.#deployments.get(row.id) ?? row);
  }

  setDeployment(row: DeploymentRow): void {
    this.#deployments.set(row.id, row);
  }

  setIncident(row: IncidentRow): void {
    this.#incidents.set(row.id, row);
  }

  passOver(kind: 'unknown' | 'bad' | 'stray', { seq, type }: JournalEvent, why: string): void {
    this.setEnvironment({
      [kind]: this.#environment[kind] + 1,
      last_passed_over: { seq, type, why },
    });
  }

  changes(): readonly RowChange[] {
    return [
      ...[...this.#deployments.values()].map((row) => ({ table: 'deployment', row }) as const),
      ...[...this.#incidents.values()].map((row) => ({ table: 'incident', row }) as const),
      { table: 'environment', row: this.#environment },
    ];
  }
}
