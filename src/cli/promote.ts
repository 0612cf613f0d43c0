/** Takes a release through the gates, in order, from where it stands: what `deploy:pipeline` and its parts do. */

import { hash, randomUUID } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import { NO_ENVIRONMENT } from '../history/journal.ts';
import type { JournalRecord, ReleaseRecord } from '../history/records.ts';
import type { GateName } from '../judge/agent.ts';
import { approvalFor, approvalsIn, APPROVAL_TYPES, type Approval } from '../pipeline/approvals.ts';
import type { CheckResult } from '../pipeline/result.ts';
import {
  hasPassed,
  progressIn,
  progressOf,
  PROGRESS_TYPES,
  type Progress,
} from '../pipeline/progress.ts';
import type { Plan } from '../rollout/plan.ts';
import type { Outcome } from '../rollout/ports.ts';
import { actStage, planStage, type StageContext } from '../rollout/stage.ts';
import { appendRecords } from './history-streams.ts';
import { refusalOf } from './rollout-ending.ts';
import { rememberHead, type Rollouts } from './rollouts.ts';

/** Gates that are measured before anything is deployed. */
export const MEASURED: readonly GateName[] = ['code', 'build', 'test'];

/** How a release came through. */
export type Promoted =
  | { readonly kind: 'released' }
  /** As far as was asked. */
  | { readonly kind: 'so_far'; readonly gate: string }
  | { readonly kind: 'waiting'; readonly approval: Approval }
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'ended'; readonly plan: Plan; readonly outcome: Outcome };

export interface Promotion {
  readonly rollouts: Rollouts;
  readonly release: ReleaseRecord;
  /** Measures the gates before staging, whole. */
  readonly measure: () => Promise<Result<CheckResult>>;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly ask: ((approval: Approval, plan: Plan) => Promise<boolean>) | undefined;
  /** A line for the person: a gate that has passed already. */
  readonly say: (line: string) => void;
}

const APPROVAL_MS = 86_400_000;
const MOST_RECORDS = 2000;

/** What is recorded of a release, newest run. */
export async function progressOfRelease(
  { history }: Rollouts,
  release: Pick<ReleaseRecord, 'version' | 'artifact'> | { readonly version: string | undefined },
): Promise<Result<Progress | undefined>> {
  const { store, service, told } = history;
  const stream = { service, environment: NO_ENVIRONMENT };
  const newest = await store.newest(stream, PROGRESS_TYPES, MOST_RECORDS);
  if (!newest.ok) return fail(told(newest.failure));
  const all = progressIn([...newest.value].reverse());
  if ('artifact' in release) return ok(progressOf(all, release as ReleaseRecord));
  const { version } = release;
  return ok(all.findLast((one) => version === undefined || one.release.version === version));
}

export async function notePipeline(
  { history, io }: Rollouts,
  records: readonly JournalRecord[],
): Promise<Result<void>> {
  const at = io.now();
  return appendRecords(
    history,
    NO_ENVIRONMENT,
    io,
    records.map((one) => ({ ...one, at })),
  );
}

/** The run through the gates this release is on; begun where there is none that is still under way. */
export async function beginPipeline(
  rollouts: Rollouts,
  release: ReleaseRecord,
): Promise<Result<Progress>> {
  const known = await progressOfRelease(rollouts, release);
  if (!known.ok) return known;
  if (known.value !== undefined && known.value.ended === undefined) return ok(known.value);
  const pipeline = randomUUID();
  const noted = await notePipeline(rollouts, [
    { type: 'pipeline_started', body: { pipeline, release } },
  ]);
  if (!noted.ok) return noted;
  const startedAt = rollouts.io.now();
  return ok({ pipeline, release, startedAt, gates: new Map(), ended: undefined });
}

/** Measures what has not passed yet and records each verdict. */
export async function passMeasured(
  promotion: Promotion,
  progress: Progress,
): Promise<Result<void>> {
  const { rollouts, say } = promotion;
  const now = rollouts.io.now();
  if (MEASURED.every((gate) => hasPassed(progress, gate, now))) {
    say(`code, build and test passed this release already (${ageText(progress, now)})`);
    return ok(undefined);
  }
  const measured = await promotion.measure();
  if (!measured.ok) return measured;
  const { verdicts, readiness } = measured.value;
  const { pipeline } = progress;
  const noted = await notePipeline(
    rollouts,
    verdicts.map(({ gate, mode, kind, reasons }) => ({
      type: 'gate_judged',
      body: {
        pipeline,
        gate,
        verdict: mode === 'observe' ? ('passed' as const) : kind,
        reasons: reasons.map(({ sentence }) => sentence.text),
      },
    })),
  );
  if (!noted.ok) return noted;
  // A team that only observes all of its gates has said that they do not decide.
  const decides = verdicts.some(({ mode }) => mode === 'enforce');
  if (decides && (readiness.kind === 'blocked' || readiness.kind === 'undecided')) {
    const reason = readiness.because.join('; ');
    await notePipeline(rollouts, [
      { type: 'pipeline_finished', body: { pipeline, status: 'stopped', reason } },
    ]);
    const kind = readiness.kind === 'blocked' ? 'blocked' : 'cannot_act';
    const message = `${promotion.release.version} goes no further: ${readiness.kind} before staging`;
    return fail({ kind, message });
  }
  return ok(undefined);
}

function ageText(progress: Progress, now: number): string {
  const at = Math.min(...MEASURED.map((gate) => progress.gates.get(gate)?.at ?? now));
  return `${Math.max(0, Math.round((now - at) / 60_000))} m ago`;
}

export interface StageAsked {
  readonly gate: 'staging' | 'production';
  readonly environment: string;
  /** Only print what would be done. */
  readonly planOnly: boolean;
  readonly needsApproval: boolean;
  /** Go no further than to the approval. */
  readonly stopAtApproval: boolean;
}

/** Plans a deploying gate, has it approved where that is asked for, and walks it. */
export async function passStage(
  promotion: Promotion,
  progress: Progress | undefined,
  asked: StageAsked,
): Promise<Result<Promoted>> {
  const { rollouts, release } = promotion;
  const { history, io } = rollouts;
  const environment = rollouts.environment(asked.environment);
  if (!environment.ok) return environment;
  const context = await rollouts.context(environment.value);
  if (!context.ok) return context;
  const request = rollouts.request(environment.value, release);
  const refused = (refusal: Parameters<typeof refusalOf>[0]): Result<never> =>
    fail(refusalOf(refusal, asked.environment, history.told, io));
  const planned = await planStage(request, context.value);
  if (!planned.ok) {
    if (planned.failure.kind !== 'serves_already' || asked.planOnly)
      return refused(planned.failure);
    promotion.say(`${release.version} serves ${asked.environment} already`);
    return servesAlready(promotion, progress, asked, context.value);
  }
  const plan = planned.value;
  if (asked.planOnly) return ok({ kind: 'planned', plan });
  if (asked.needsApproval) {
    const approved = await approve(promotion, progress, plan);
    if (!approved.ok) return approved;
    if (approved.value !== undefined) return ok({ kind: 'waiting', approval: approved.value });
    if (asked.stopAtApproval) return ok({ kind: 'so_far', gate: 'approval' });
  }
  const acted = await actStage(plan, request, context.value);
  await rememberHead(history, asked.environment);
  if (!acted.ok) return refused(acted.failure);
  const outcome = acted.value;
  if (progress !== undefined) {
    const noted = await noteStage(rollouts, progress, asked.gate, outcome);
    if (!noted.ok) return noted;
  }
  return ok({ kind: 'ended', plan, outcome });
}

/** It may have got there in a run that was killed before its verdict was written; that is made good. */
async function servesAlready(
  { rollouts, release }: Promotion,
  progress: Progress | undefined,
  { gate }: StageAsked,
  { store, stream }: StageContext,
): Promise<Result<Promoted>> {
  const done: Promoted = { kind: 'so_far', gate };
  if (progress === undefined || hasPassed(progress, gate, rollouts.io.now())) return ok(done);
  const rows = await store.current(stream);
  if (!rows.ok) return fail(rollouts.history.told(rows.failure));
  const newest = rows.value.successes(1).find(({ kind }) => kind === 'deploy');
  const isIt = newest?.version === release.version && newest.artifact === release.artifact;
  if (!isIt) return ok(done);
  const noted = await noteStage(rollouts, progress, gate, { kind: 'succeeded' });
  return noted.ok ? ok(done) : noted;
}

async function noteStage(
  rollouts: Rollouts,
  { pipeline }: Progress,
  gate: string,
  outcome: Outcome,
): Promise<Result<void>> {
  const isDone = outcome.kind === 'succeeded';
  const reasons = 'because' in outcome ? [outcome.because.trigger] : [];
  const judged: JournalRecord = {
    type: 'gate_judged',
    body: { pipeline, gate, verdict: isDone ? 'passed' : 'blocked', reasons },
  };
  const status = isDone ? 'released' : 'rolled_back';
  const isLast = gate === 'production' || !isDone;
  const finished: JournalRecord = {
    type: 'pipeline_finished',
    body: { pipeline, status, reason: reasons[0] ?? outcome.kind },
  };
  return notePipeline(rollouts, isLast ? [judged, finished] : [judged]);
}

/** @returns undefined where it is approved; else what is waited for */
async function approve(
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
