/** Has a person said yes to exactly this: the release, its plan and what was measured? */

import { hash, randomUUID } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { ReleaseRecord } from '../history/records.ts';
import { approvalFor, approvalsIn, APPROVAL_TYPES, type Approval } from '../pipeline/approvals.ts';
import type { Progress } from '../pipeline/progress.ts';
import type { Plan } from '../rollout/plan.ts';
import { appendRecords } from './history-streams.ts';
import type { Promotion } from './promotion.ts';
import type { Rollouts } from './rollouts.ts';

const APPROVAL_MS = 86_400_000;
const MOST_RECORDS = 2000;

/** @returns undefined where it is approved; else what is waited for */
export async function approve(
  promotion: Promotion,
  progress: Progress | undefined,
  plan: Plan,
): Promise<Result<Approval | undefined>> {
  const { rollouts, release, ask } = promotion;
  const { history, io } = rollouts;
  const evidence = evidenceOf(plan, progress);
  const stream = { service: history.service, environment: plan.environment };
  const newest = await history.store.newest(stream, APPROVAL_TYPES, MOST_RECORDS);
  if (!newest.ok) return fail(history.told(newest.failure));
  const all = approvalsIn([...newest.value].reverse(), io.now());
  let approval = approvalFor(all, release, evidence);
  if (approval?.state.kind === 'given') return ok(undefined);
  if (approval?.state.kind === 'rejected') {
    const { by, reason } = approval.state;
    return fail({
      kind: 'blocked',
      message: `${release.version} was rejected by ${by}: ${reason}`,
    });
  }
  if (approval?.state.kind !== 'waiting') {
    const requested = await requestApproval(rollouts, plan.environment, release, evidence);
    if (!requested.ok) return requested;
    approval = requested.value;
  }
  if (ask === undefined) return ok(approval);
  if (!(await ask(approval, plan))) return ok(approval);
  const given = { approval: approval.id, proof: 'unsigned', note: 'at the terminal' } as const;
  const record = { type: 'approval_given', body: given, at: io.now() } as const;
  const noted = await appendRecords(history, plan.environment, io, [record]);
  return noted.ok ? ok(undefined) : noted;
}

async function requestApproval(
  { history, io, actor }: Rollouts,
  environment: string,
  release: ReleaseRecord,
  evidence: string,
): Promise<Result<Approval>> {
  const id = randomUUID().slice(0, 8);
  const at = io.now();
  const expiresAt = at + APPROVAL_MS;
  const body = { approval: id, release, evidence, expires_at: expiresAt };
  const record = { type: 'approval_requested', body, at } as const;
  const noted = await appendRecords(history, environment, io, [record]);
  if (!noted.ok) return noted;
  const state = { kind: 'waiting' } as const;
  return ok({ id, release, evidence, requestedBy: actor, requestedAt: at, expiresAt, state });
}

/** Any change of plan, artifact or verdicts makes another digest, and voids what was approved before. */
function evidenceOf(plan: Plan, progress: Progress | undefined): string {
  const gates = [...(progress?.gates ?? [])].map(([gate, { verdict }]) => [gate, verdict]);
  return hash('sha256', JSON.stringify([plan, gates]));
}

/** What a person is told to type. */
export function waitingFailure({ id, release }: Approval): Failure {
  return {
    kind: 'waiting',
    message: `${release.version} waits for approval`,
    help: [`approve it: nemesis deploy:approve ${id}`, 'then run this command again'],
  };
}
