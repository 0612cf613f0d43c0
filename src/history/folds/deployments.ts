/**
 * The fold of one stream: an event and the rows as they stand give the rows that change. Pure, so that the same
 * code folds a journal in memory and keeps tables current inside a store's append.
 *
 * Order is by sequence alone; recorders' clocks give times, never an order. A record begins once and ends once:
 * what is told about it before or after is passed over, and counted as `stray` in the environment's row. Every event
 * changes the environment's row and at most a handful more; a success also ends the failures that are open.
 */

import type { JournalEvent } from '../journal.ts';
import type { JournalRecord, RecordBodies, RecordType } from '../records.ts';
import { beginning, Draft, type Stray } from './draft.ts';
import { isWithinValidation, withEarlierDetection, withFailure, withRecovery } from './failing.ts';
import { closed, opened } from './incidents.ts';
import { readRecord } from './read-record.ts';
import { isExposed, type DeploymentRow, type Look, type RowChange } from './rows.ts';

/**
 * The rows to put in place after `event`, each at most once; none where it was folded in before. Events must come in
 * order of sequence; a gap is the journal's business, not the fold's.
 */
export function applyEvent(look: Look, event: JournalEvent): readonly RowChange[] {
  const environment = look.environment() ?? beginning(event);
  if (event.seq <= environment.seq) return [];
  const draft = new Draft(look, { ...environment, seq: event.seq });
  const read = readRecord(event);
  if (read.kind === 'unknown')
    draft.passOver('unknown', event, 'a type this version does not know');
  else if (read.kind === 'bad') draft.passOver('bad', event, read.why);
  else {
    const stray = applyRecord(draft, event, read.record);
    if (stray !== undefined) draft.passOver('stray', event, stray);
  }
  return draft.changes();
}

type Body<T extends RecordType> = RecordBodies[T];

function applyRecord(draft: Draft, event: JournalEvent, record: JournalRecord): Stray {
  switch (record.type) {
    case 'deployment_started':
      return started(draft, event, record.body);
    case 'deployment_received_traffic':
    case 'deployment_stage':
    case 'deployment_finished': {
      const row = draft.deployment(record.body.deployment);
      if (row === undefined) return `no record of ${record.body.deployment} has begun`;
      if (row.status !== 'running') return `the record of ${row.id} had ended already`;
      if (record.type === 'deployment_finished') return finished(draft, event, record.body, row);
      draft.setDeployment(
        record.type === 'deployment_stage'
          ? withStage(row, record.body.stage, event.at)
          : { ...row, received_traffic_at: row.received_traffic_at ?? event.at },
      );
      return undefined;
    }
    case 'incident_opened':
      return opened(draft, event, record.body);
    case 'incident_closed':
      return closed(draft, event, record.body);
    default:
      // Told of elsewhere: checks and pipelines, plans and steps, pins and approvals move no row.
      return undefined;
  }
}

function withStage(row: DeploymentRow, stage: string, at: number): DeploymentRow {
  return row.stage === stage ? row : { ...row, stage, stage_since: at };
}

function started(draft: Draft, event: JournalEvent, body: Body<'deployment_started'>): Stray {
  if (draft.deployment(body.deployment) !== undefined) {
    return `a record of ${body.deployment} had begun already`;
  }
  const takesBack = body.kind === 'rollback' ? (body.takes_back ?? whatStands(draft)) : null;
  draft.setDeployment(newDeployment(draft, event, body, takesBack));
  if (body.kind === 'rollback') takeBack(draft, event.at, body.deployment, takesBack);
  return undefined;
}

/** What a rollback that names nothing takes back: what runs, unless something that began later serves by now. */
function whatStands(draft: Draft): string | null {
  const serving = draft.deployment(draft.environment.serving);
  const running = draft.newestRunning();
  const newest = running !== undefined && running.seq > (serving?.seq ?? 0) ? running : serving;
  return newest?.id ?? null;
}

function takeBack(draft: Draft, at: number, rollback: string, target: string | null): void {
  const row = draft.deployment(target);
  if (row !== undefined && row.id !== rollback) {
    const takenBackBy = [...row.taken_back_by, rollback];
    const taken: DeploymentRow = {
      ...row,
      taken_back_by: takenBackBy,
      rollback_count: takenBackBy.length,
    };
    const fails = isExposed(row) && isWithinValidation(row, at);
    draft.setDeployment(fails ? withFailure(taken, 'rollback', 'rollback', at) : taken);
  }
  // Before users met it there is nothing to make good; of one nobody knows, the worse is assumed.
  if (row === undefined || isExposed(row)) draft.setEnvironment({ rollback_open: rollback });
}

function newDeployment(
  draft: Draft,
  { service, environment, seq, at, actor, host }: JournalEvent,
  body: Body<'deployment_started'>,
  takesBack: string | null,
): DeploymentRow {
  const { open_incidents, rollback_open } = draft.environment;
  const repairs = body.hotfix || open_incidents > 0 || rollback_open !== null;
  return {
    service,
    environment,
    id: body.deployment,
    seq,
    kind: body.kind,
    ...body.release,
    previous: body.previous,
    takes_back: takesBack,
    hotfix: body.hotfix,
    strategy: body.strategy,
    actor,
    host,
    validation_ms: body.validation_ms,
    started_at: at,
    received_traffic_at: null,
    finished_at: null,
    finished_seq: null,
    status: 'running',
    reason: null,
    stage: null,
    stage_since: at,
    taken_back_by: [],
    rollback_count: 0,
    failed: false,
    failed_because: [],
    failing: null,
    failure_detected_at: null,
    failing_since: null,
    recovered_at: null,
    recovered_by: null,
    recovery_ms: null,
    recovery_before_ms: 0,
    open_incidents: 0,
    rework: body.kind === 'deploy' && repairs,
    repeats: null,
    lead_ms: null,
  };
}

function finished(
  draft: Draft,
  event: JournalEvent,
  { status, reason, failure_detected_at }: Body<'deployment_finished'>,
  running: DeploymentRow,
): Stray {
  const row: DeploymentRow = {
    ...running,
    status,
    reason,
    finished_at: event.at,
    finished_seq: event.seq,
  };
  if (status === 'succeeded') {
    succeed(draft, event.at, row);
    return undefined;
  }
  const exposed = isExposed(row);
  if (status === 'rolled_back') {
    const counted = { ...row, rollback_count: Math.max(1, row.rollback_count) };
    draft.setDeployment(exposed ? rolledBack(counted, event.at, failure_detected_at) : counted);
  } else {
    const detectedAt = failure_detected_at ?? event.at;
    draft.setDeployment(exposed ? withFailure(row, status, 'rollback', detectedAt) : row);
  }
  const unsure = status === 'rollback_failed' || (status === 'failed' && exposed);
  if (unsure) draft.setEnvironment({ in_doubt: row.id });
  if (exposed && status !== 'failed') draft.setEnvironment({ rollback_open: row.id });
  return undefined;
}

/** It ends with the release before it serving again: its failure is over with it, if not before. */
function rolledBack(row: DeploymentRow, at: number, detectedAt: number | null): DeploymentRow {
  // The rollback has told of this very failure, and has ended it: a second time it is not.
  if (row.failing === null && row.failed_because.includes('rollback')) {
    const told: DeploymentRow = { ...row, failed_because: [...row.failed_because, 'rolled_back'] };
    return detectedAt === null ? told : withEarlierDetection(told, detectedAt);
  }
  return withRecovery(withFailure(row, 'rolled_back', 'rollback', detectedAt ?? at), at, row.id);
}

/** All of it serves and is healthy: so nothing before it is failing any more. */
function succeed(draft: Draft, at: number, row: DeploymentRow): void {
  const first =
    row.kind === 'deploy' && row.commit !== null ? draft.firstSuccessOf(row.commit) : undefined;
  const leads = row.kind === 'deploy' && row.committed_at !== null && first === undefined;
  draft.setDeployment({
    ...row,
    repeats: first?.id ?? null,
    lead_ms: leads ? at - row.committed_at : null,
  });
  for (const failing of draft.failing()) {
    draft.setDeployment(withRecovery(failing, at, row.id));
  }
  draft.setEnvironment({
    serving: row.id,
    in_doubt: null,
    ...(row.kind === 'deploy' && { latest_success: row.id, rollback_open: null }),
  });
}
