/** Takes a release through one deploying gate: planned, approved where that is asked for, and walked. */

import { fail, ok, type Result } from '../failure.ts';
import type { EnvironmentConfig } from '../config/environment.ts';
import type { ReleaseRecord } from '../history/records.ts';
import type { Approval } from '../pipeline/approvals.ts';
import { hasPassed, type Progress } from '../pipeline/progress.ts';
import type { Plan } from '../rollout/plan.ts';
import type { Outcome } from '../rollout/ports.ts';
import {
  actStage,
  planStage,
  resumeStage,
  type StageContext,
  type StageRefusal,
} from '../rollout/stage.ts';
import { noteStage } from './pipeline-records.ts';
import type { Promoted, Promotion } from './promotion.ts';
import { refusalOf } from './rollout-ending.ts';
import { rememberEnd, type Rollouts } from './rollouts.ts';
import { admitOnce, approve } from './stage-approval.ts';

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
  const planned = await planStage(request, context.value);
  if (!planned.ok) return withoutPlan(promotion, progress, asked, planned.failure, context.value);
  const plan = planned.value;
  if (asked.planOnly) return ok({ kind: 'planned', plans: [plan] });
  const stop = await stopBefore(promotion, progress, asked, plan, environment.value);
  if (!stop.ok) return stop;
  const { promoted, approval } = stop.value;
  if (promoted !== undefined) return ok(promoted);
  const admit = approval && admitOnce(rollouts, approval, asked.environment);
  const acted = await actStage(plan, request, { ...context.value, ...(admit && { admit }) });
  await rememberEnd(history, asked.environment, acted);
  if (!acted.ok) return fail(refusalOf(acted.failure, asked.environment, history.told, io));
  return endedStage(rollouts, progress, asked.gate, plan, acted.value);
}

/** A person has to say yes first, or was all that was asked for; `promoted` is undefined where it goes on. */
async function stopBefore(
  promotion: Promotion,
  progress: Progress | undefined,
  { needsApproval, stopAtApproval }: StageAsked,
  plan: Plan,
  { approval: policy }: EnvironmentConfig,
): Promise<Result<{ readonly promoted?: Promoted; readonly approval?: Approval }>> {
  const stop: { promoted?: Promoted } = stopAtApproval
    ? { promoted: { kind: 'so_far', gate: 'approval' } }
    : {};
  if (!needsApproval) return ok(stop);
  const asked = { progress, plan, policy, looksOnly: stopAtApproval };
  const approved = await approve(promotion, asked);
  if (!approved.ok) return approved;
  if (approved.value.kind === 'approved') return ok({ ...stop, approval: approved.value.approval });
  return ok({ promoted: { ...approved.value, kind: 'waiting' } });
}

/** Nothing is planned where it serves already, or where this very release was left half done. */
async function withoutPlan(
  promotion: Promotion,
  progress: Progress | undefined,
  asked: StageAsked,
  refusal: StageRefusal,
  context: StageContext,
): Promise<Result<Promoted>> {
  const { rollouts, release } = promotion;
  if (refusal.kind === 'serves_already') {
    promotion.say(`${release.version} serves ${asked.environment} already`);
    if (asked.planOnly) return ok({ kind: 'planned', plans: [] });
    return servesAlready(promotion, progress, asked, context);
  }
  if (!asked.planOnly && refusal.kind === 'unfinished') {
    const { plan } = refusal.one;
    if (plan !== undefined && isOfRelease(plan, release))
      return goOnStage(promotion, progress, asked, plan, context);
  }
  const { history, io } = rollouts;
  return fail(refusalOf(refusal, asked.environment, history.told, io));
}

function isOfRelease({ release, strategy }: Plan, { version, artifact }: ReleaseRecord): boolean {
  return strategy !== 'restore' && release.version === version && release.artifact === artifact;
}

/** The run before this one was killed in the middle of this very rollout: it was approved, and goes on. */
async function goOnStage(
  { rollouts, say }: Promotion,
  progress: Progress | undefined,
  { gate, environment }: StageAsked,
  plan: Plan,
  context: StageContext,
): Promise<Result<Promoted>> {
  const { history, io } = rollouts;
  say(`${plan.release.version} was left half done in ${environment}; going on from there`);
  const resumed = await resumeStage(context, false);
  await rememberEnd(history, environment, resumed);
  if (!resumed.ok) return fail(refusalOf(resumed.failure, environment, history.told, io));
  return endedStage(rollouts, progress, gate, plan, resumed.value);
}

async function endedStage(
  rollouts: Rollouts,
  progress: Progress | undefined,
  gate: string,
  plan: Plan,
  outcome: Outcome,
): Promise<Result<Promoted>> {
  // What comes of it is told by whoever has taken it over, or goes on with it.
  const isOver = outcome.kind !== 'taken_over' && outcome.kind !== 'journal_lost';
  if (progress !== undefined && isOver) {
    const noted = await noteStage(rollouts, progress, gate, outcome, plan.unmeasured);
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
