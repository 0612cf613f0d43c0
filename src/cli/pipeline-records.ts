/** What is recorded of a release on its way: the gates before staging, measured here, and the verdict of each. */

import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../failure.ts';
import { NO_ENVIRONMENT } from '../history/journal.ts';
import type { JournalRecord, ReleaseRecord } from '../history/records.ts';
import type { GateName } from '../judge/agent.ts';
import { toleratedAbsences } from '../judge/readiness.ts';
import {
  hasPassed,
  progressIn,
  progressOf,
  PROGRESS_TYPES,
  type Progress,
} from '../pipeline/progress.ts';
import type { CheckResult } from '../pipeline/result.ts';
import type { Outcome } from '../rollout/ports.ts';
import { appendRecords } from './history-streams.ts';
import type { Promotion } from './promotion.ts';
import type { Rollouts } from './rollouts.ts';

/** Gates that are measured before anything is deployed. */
export const MEASURED: readonly GateName[] = ['code', 'build', 'test'];

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
  const { verdicts, readiness, score } = measured.value;
  const accepts = acceptedIn(verdicts, score);
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
        accepts,
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

/** Said to whoever approves: what was not measured and is tolerated, and which gates decide nothing. */
function acceptedIn(
  verdicts: CheckResult['verdicts'],
  score: CheckResult['score'],
): readonly string[] {
  const enforced = verdicts.filter(({ mode }) => mode === 'enforce');
  const observed = verdicts.filter(({ mode }) => mode === 'observe');
  return [
    ...observed.map(({ gate }) => `${gate}: observed only`),
    ...toleratedAbsences(enforced, score),
  ];
}

function ageText(progress: Progress, now: number): string {
  const at = Math.min(...MEASURED.map((gate) => progress.gates.get(gate)?.at ?? now));
  return `${Math.max(0, Math.round((now - at) / 60_000))} m ago`;
}

/** The verdict on a deploying gate; the last one ends the run. */
export async function noteStage(
  rollouts: Rollouts,
  { pipeline }: Progress,
  gate: string,
  outcome: Outcome,
  unmeasured: readonly string[] = [],
): Promise<Result<void>> {
  const isDone = outcome.kind === 'succeeded';
  const reasons =
    'because' in outcome
      ? [outcome.because.trigger]
      : unmeasured.map((check) => `${check} was not measured: not declared`);
  const verdict = unmeasured.length > 0 ? 'warned' : 'passed';
  const judged: JournalRecord = {
    type: 'gate_judged',
    body: { pipeline, gate, verdict: isDone ? verdict : 'blocked', reasons },
  };
  const status = isDone ? 'released' : 'rolled_back';
  const isLast = gate === 'production' || !isDone;
  const finished: JournalRecord = {
    type: 'pipeline_finished',
    body: { pipeline, status, reason: isDone ? outcome.kind : (reasons[0] ?? outcome.kind) },
  };
  return notePipeline(rollouts, isLast ? [judged, finished] : [judged]);
}
