/** `deploy:pipeline`, `deploy:staging` and `deploy:production`: parts of one way, from code to production. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import { fail, ok, type Result } from '../failure.ts';
import { GATES, type GateName } from '../judge/agent.ts';
import { nearest } from '../language/index.ts';
import { hasPassed, type Progress } from '../pipeline/progress.ts';
import type { Plan } from '../rollout/plan.ts';
import { outcomeLines } from '../report/rollout-text.ts';
import { planText } from '../report/plan-text.ts';
import { harmless } from '../report/text.ts';
import { listOption, textOption, type CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import { askApproval } from './ask.ts';
import { readOutputs } from './output-asked.ts';
import { beginPipeline, MEASURED, passMeasured, progressOfRelease } from './pipeline-records.ts';
import { measure, releaseFor } from './pipeline-release.ts';
import { passStage } from './promote.ts';
import type { Promoted, Promotion } from './promotion.ts';
import { waitingFailure } from './stage-approval.ts';
import { endingOfOutcome } from './rollout-ending.ts';
import { withRollouts, type Rollouts } from './rollouts.ts';
import { failed, usage } from './store-failure.ts';

/** Where a run through the gates may end; `approval` stands between staging and production. */
const ENDS = [...GATES, 'approval'] as const;
type End = (typeof ENDS)[number];

const ORDER: readonly End[] = ['code', 'build', 'test', 'staging', 'approval', 'production'];

export interface PipelineAsked {
  readonly from: GateName;
  readonly until: End;
}

/** What the options of `deploy:pipeline` ask for. */
export function pipelineAsked({ options }: CommandInput): Result<PipelineAsked> {
  const outputs = readOutputs(listOption(options, 'output'), false);
  if (!outputs.ok) return outputs;
  if (outputs.value.stdout !== 'pretty') {
    const { stdout } = outputs.value;
    const message = `standard output tells of the release; ${stdout} of its check goes to a file`;
    return fail(usage(message, `write --output ${stdout}=<path>`));
  }
  const from = textOption(options, 'from') ?? 'code';
  const until = textOption(options, 'until') ?? 'production';
  if (!GATES.includes(from as GateName)) return fail(unknownGate('--from', from, GATES));
  if (!ENDS.includes(until as End)) return fail(unknownGate('--until', until, ENDS));
  if (ORDER.indexOf(from as End) > ORDER.indexOf(until as End))
    return fail(usage(`${until} comes before ${from}`, `the order is: ${ORDER.join(', ')}`));
  return ok({ from: from as GateName, until: until as End });
}

function unknownGate(flag: string, given: string, known: readonly string[]) {
  const near = nearest(given, known);
  const help = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
  return usage(`${flag} takes a gate; got ${given.slice(0, 60)}`, help);
}

export function runPipeline(input: CommandInput, asked: PipelineAsked): Promise<Ending> {
  return withRollouts(input, async (rollouts) => {
    const promoted = await promote(rollouts, asked);
    if (!promoted.ok) {
      tellJson(rollouts, { state: 'refused', failure: promoted.failure });
      return failed(promoted.failure);
    }
    return endingOf(promoted.value, rollouts, asked);
  });
}

async function promote(rollouts: Rollouts, asked: PipelineAsked): Promise<Result<Promoted>> {
  const { input, io } = rollouts;
  const [operand] = input.operands;
  const planOnly = input.options['plan'] === true;
  const stages = stagesOf(rollouts, asked);
  if (!stages.ok) return stages;
  const known = await releaseFor(rollouts, asked, operand);
  if (!known.ok) return known;
  const { release, progress } = known.value;
  const promotion: Promotion = {
    rollouts,
    release,
    measure: () => measure(rollouts),
    ask: askApproval(rollouts),
    say: (line) => (input.options['quiet'] === true ? undefined : io.err(`${harmless(line)}\n`)),
  };
  const isMeasured = MEASURED.includes(asked.from);
  if (planOnly || !isMeasured) return passStages(promotion, progress, stages.value, asked);
  const begun = await beginPipeline(rollouts, release);
  if (!begun.ok) return begun;
  const passed = await passMeasured(promotion, begun.value);
  if (!passed.ok) return passed;
  if (MEASURED.some((gate) => gate === asked.until))
    return ok({ kind: 'so_far', gate: asked.until });
  return passStages(promotion, begun.value, stages.value, asked);
}

/** One environment after the other, until one says no, a person is waited for, or all is done. */
async function passStages(
  promotion: Promotion,
  progress: Progress | undefined,
  stages: readonly StageRow[],
  asked: PipelineAsked,
): Promise<Result<Promoted>> {
  const { rollouts } = promotion;
  const { input, io, style } = rollouts;
  const planOnly = input.options['plan'] === true;
  let last: Promoted = { kind: 'so_far', gate: 'test' };
  let run = progress;
  const plans: Plan[] = [];
  for (const stage of stages) {
    if (!planOnly && stage.gate === 'production') {
      const passed = await passedStaging(promotion);
      if (!passed.ok) return passed;
      run = passed.value;
    }
    const stopAtApproval = asked.until === 'approval' && stage.gate === 'production';
    const passed = await passStage(promotion, run, { ...stage, planOnly, stopAtApproval });
    if (!passed.ok) return passed;
    last = passed.value;
    if (last.kind === 'planned') plans.push(...last.plans);
    if (last.kind === 'waiting') return ok(last);
    if (last.kind !== 'ended') continue;
    keepReport(rollouts, stage.gate, last);
    if (last.outcome.kind !== 'succeeded') return ok(last);
    if (input.options['json'] !== true)
      io.out(`${outcomeLines(last.plan, last.outcome, style).join('\n')}\n`);
  }
  return ok(planOnly ? { kind: 'planned', plans } : last);
}

/** Nothing goes to production that staging has not seen, exactly as it is. */
async function passedStaging({
  rollouts,
  release,
}: Promotion): Promise<Result<Progress | undefined>> {
  const progress = await progressOfRelease(rollouts, release);
  if (!progress.ok || hasPassed(progress.value, 'staging', rollouts.io.now())) return progress;
  const message = `${release.version} has not passed staging`;
  return fail({ kind: 'blocked', message, help: ['nemesis deploy:pipeline takes it there'] });
}

interface StageRow {
  readonly gate: 'staging' | 'production';
  readonly environment: string;
  readonly needsApproval: boolean;
}

/** The deploying gates asked for, each with the environment its agents deploy to. */
function stagesOf(rollouts: Rollouts, { from, until }: PipelineAsked): Result<readonly StageRow[]> {
  const { agents } = rollouts.history.session.loaded;
  const rows: StageRow[] = [];
  for (const gate of ['staging', 'production'] as const) {
    const end = until === 'approval' ? 'production' : until;
    if (ORDER.indexOf(gate) < ORDER.indexOf(from) || ORDER.indexOf(gate) > ORDER.indexOf(end))
      continue;
    const acting = agents.filter(({ stage }) => stage === gate).map(({ action }) => action);
    const deployment = acting.find((action) => action?.deployment !== undefined)?.deployment;
    if (deployment === undefined) continue;
    const { environment } = deployment;
    const known = rollouts.environment(environment);
    if (!known.ok) return known;
    const needsApproval = acting.some((action) => action?.requiresApproval === true);
    rows.push({ gate, environment, needsApproval });
  }
  return ok(rows);
}

function keepReport(
  { history }: Rollouts,
  gate: string,
  ended: Extract<Promoted, { kind: 'ended' }>,
): void {
  const folder = path.join(history.session.stateDir, 'reports');
  makeFolder(folder);
  const text = `${JSON.stringify({ schema: 'nemesis.rollout/1', gate, ...ended }, null, 2)}\n`;
  writeFileSync(path.join(folder, `${gate}.json`), text, { mode: 0o600 });
}

function endingOf(promoted: Promoted, rollouts: Rollouts, asked: PipelineAsked): Ending {
  const { io, input, style } = rollouts;
  const isJson = input.options['json'] === true;
  tellJson(rollouts, { state: promoted.kind, ...promoted });
  switch (promoted.kind) {
    case 'released':
    case 'so_far':
      return { kind: 'yes' };
    case 'planned':
      if (!isJson) io.out(promoted.plans.map((plan) => planText(plan, style.columns)).join('\n'));
      return { kind: 'yes' };
    case 'waiting': {
      const failure = waitingFailure(promoted);
      if (asked.until !== 'approval') return failed(failure);
      const help = 'help' in failure ? (failure.help ?? []) : [];
      if (input.options['quiet'] !== true) io.err(`${help.map(harmless).join('\n')}\n`);
      if (!isJson) io.out(`WAITING state=waiting approval=${promoted.approval.id}\n`);
      return { kind: 'yes' };
    }
    case 'ended': {
      const { plan, outcome } = promoted;
      if (outcome.kind !== 'succeeded' && !isJson)
        io.out(`${outcomeLines(plan, outcome, style).join('\n')}\n`);
      return endingOfOutcome(outcome, plan, io);
    }
  }
}

function tellJson({ input, io }: Rollouts, result: object): void {
  if (input.options['json'] !== true) return;
  io.out(`${JSON.stringify({ schema: 'nemesis.pipeline/1', ...result }, null, 2)}\n`);
}
