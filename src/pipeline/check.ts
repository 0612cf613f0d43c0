/** One run through the gates: measure, judge, score. Emits what happens; returns what it found. */

import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { Emit } from '../event.ts';
import type { Result } from '../failure.ts';
import { metricsOf, type Known } from '../language/index.ts';
import { scoreOf } from '../judge/score.ts';
import type { Agent, GateName, ScorePlan } from '../judge/agent.ts';
import type { Baseline } from '../judge/baseline.ts';
import { createCatalogue, type Catalogue } from '../judge/catalogue.ts';
import type { Cell } from '../judge/matrix.ts';
import { dayOf } from '../judge/day.ts';
import { readinessOf } from '../judge/readiness.ts';
import type { Reading } from '../judge/reading.ts';
import { NEW_FINDINGS } from '../judge/ratchet.ts';
import { recorded } from '../judge/recorded.ts';
import { judgeGate, type GateVerdict } from '../judge/verdict.ts';
import { hasExpired } from '../judge/waiver.ts';
import type { Config } from '../config/config.ts';
import { redactMeasurement } from '../measure/redact.ts';
import type { Runner } from '../measure/runner.ts';
import { baselineValues, besideBaseline, newFindings, type BaselineRun } from './baseline.ts';
import { measureGate, type MeasureContext } from './measure-gate.ts';
import { pastMeasurement, trendOf, type Past } from './past.ts';
import { countedReadings, readingsOf, unmeasuredYet } from './readings.ts';
import type { CheckResult, RunnerResult, TrustedConfig } from './result.ts';
import { expiredIn, waivedIn, type WaiverRun } from './waivers.ts';

/** Gates a check runs; the later ones only have their files proved until there is something to release. */
export const CHECKED_GATES: readonly GateName[] = ['code', 'build', 'test'];

export interface CheckOptions {
  /** Gates asked for; all of `CHECKED_GATES` by default. */
  readonly gates: readonly GateName[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly failFast: boolean;
  /** The cell of the build matrix this machine is. */
  readonly cell?: Cell;
  /** Runners that no plain check starts are asked for: all of them, or these; none by default. */
  readonly asked?: 'all' | readonly string[];
  /** What tools say is told as they say it. */
  readonly stream?: boolean;
  /** Loads are this many times shorter than the gates ask. */
  readonly trial?: number | undefined;
  /** Of all sentences, judge only those that name a metric for which this is true. */
  readonly about?: (metric: string) => boolean;
}

export interface CheckContext extends Omit<
  MeasureContext,
  | 'readings'
  | 'results'
  | 'hidden'
  | 'emit'
  | 'only'
  | 'skip'
  | 'today'
  | 'asked'
  | 'stream'
  | 'trial'
> {
  readonly config: Config;
  readonly agents: readonly Agent[];
  readonly runners: readonly Runner[];
  /** The folder people know, where the project that is measured stands in for it. */
  readonly shownRoot?: string;
  readonly commit: string | undefined;
  readonly dirty: boolean | undefined;
  /** What the history says of the service: asked once the score of a whole run is summed. Absent: nobody asks. */
  readonly past?: (() => Promise<Result<Past>>) | undefined;
  /** Absent where the project has none. */
  readonly baseline?: Baseline | undefined;
  /** A baseline is about to be written: a sentence that asks for one does not apply yet. */
  readonly makesBaseline?: boolean;
  readonly trusted?: TrustedConfig | undefined;
}

export async function runCheck(
  options: CheckOptions,
  context: CheckContext,
  emit: Emit,
): Promise<CheckResult> {
  const { config, project } = context;
  const startedAt = context.now();
  const catalogue = createCatalogue(context.runners);
  const readings = new Map<string, Reading>(unmeasuredYet(catalogue));
  const results = new Map<string, RunnerResult>();
  const verdicts: GateVerdict[] = [];
  emit({
    kind: 'run_started',
    service: config.service,
    root: context.shownRoot ?? project.root,
    configuration: config.describedAs,
    gates: options.gates,
  });

  const partial = partialBecause(options, project.concerned !== undefined);
  const today = dayOf(startedAt);
  const { waivers } = config;
  const waiverRun = {
    ...{ waivers, today, agents: context.agents, results },
    isWhole: partial === undefined,
  };
  const run = { context, catalogue, readings, results, verdicts };
  const hidden: MeasureContext['hidden'] = [];
  let stoppedBy: CheckResult['stoppedBy'];
  for (const gate of options.gates) {
    const agents = context.agents
      .filter(({ stage }) => stage === gate)
      .map((agent) => narrowed(agent, options));
    emit({ kind: 'gate_started', gate });
    const measuring: MeasureContext = {
      ...context,
      ...options,
      today,
      readings,
      results,
      hidden,
      emit,
    };
    await measureGate(gate, agents, measuring);
    if (context.signal.aborted) {
      stoppedBy = 'interrupted';
      break;
    }
    takeNew(gate, run);
    const verdict = verdictOn(gate, agents, run, waiverRun);
    verdicts.push(verdict);
    emit({ kind: 'gate_judged', verdict });
    if (stopsAt(verdict, options)) {
      stoppedBy = 'fail_fast';
      break;
    }
  }

  takeNew(undefined, run);
  // A cell is a part of the answer: the score is that of all of them together.
  const isWhole = partial === undefined && stoppedBy === undefined && options.cell === undefined;
  const plan = context.agents.find(({ score }) => score !== undefined)?.score;
  const { score, trend } = isWhole && plan !== undefined ? await summed(plan, run) : {};
  if (context.signal.aborted) stoppedBy = 'interrupted';
  const result: CheckResult = {
    service: config.service,
    root: context.shownRoot ?? project.root,
    configuration: config.describedAs,
    ofChange: project.concerned !== undefined,
    commit: context.commit,
    dirty: context.dirty,
    startedAt,
    durationMs: context.now() - startedAt,
    cell: options.cell,
    partial,
    trial: [...results.values()].find(({ measurement }) => measurement.trial !== undefined)
      ?.measurement.trial,
    stoppedBy,
    runners: [...results.values()],
    readings,
    verdicts,
    score,
    readiness: readinessOf(verdicts, score, plan?.bands ?? { ready: 1, caution: 1 }),
    trend,
    waived: waivedIn(verdicts, waiverRun),
    baseline: besideBaseline(context.baseline, baselineRun(run)),
    catalogue,
    trusted: context.trusted,
  };
  emit({ kind: 'run_ended', result });
  return result;
}

/** Judged with the waivers that hold; those of this gate that have expired stop it. */
function verdictOn(
  gate: GateName,
  agents: readonly Agent[],
  run: Run,
  waiverRun: WaiverRun,
): GateVerdict {
  const { catalogue, readings } = run;
  const { config, project } = run.context;
  const mode = config.mode[gate] ?? 'enforce';
  const waivers = config.waivers.filter((waiver) => !hasExpired(waiver, waiverRun.today));
  const evidence = {
    ...{ catalogue, readings, waivers, baseline: baselineIn(run) },
    ofChange: project.concerned !== undefined,
  };
  const judged = judgeGate(gate, mode, agents, evidence);
  const expired = expiredIn(judged, waiverRun);
  return expired.length === 0 ? judged : judgeGate(gate, mode, agents, evidence, expired);
}

/** Is it the first gate that is blocked, with others behind it that nobody needs to ask? */
function stopsAt({ gate, kind, mode }: GateVerdict, { failFast, gates }: CheckOptions): boolean {
  return failFast && kind === 'blocked' && mode === 'enforce' && gate !== gates.at(-1);
}

interface Run {
  readonly context: CheckContext;
  readonly catalogue: Catalogue;
  readonly readings: Map<string, Reading>;
  readonly results: Map<string, RunnerResult>;
  readonly verdicts: readonly GateVerdict[];
}

/** How many findings are new: of the gate about to be judged, or of all. */
function takeNew(gate: GateName | undefined, run: Run): void {
  const { results, files } = baselineRun(run);
  const asked = results.filter((result) => gate === undefined || result.gate === gate);
  const { baseline, config } = run.context;
  run.readings.set(NEW_FINDINGS, newFindings(baseline, { results: asked, files }, config.tolerate));
}

function baselineIn(run: Run): ReadonlyMap<string, Known> {
  const { baseline, makesBaseline = false } = run.context;
  const values = baselineValues(baseline, baselineRun(run));
  if (!makesBaseline) return values;
  const why = 'the baseline is about to be written';
  return new Map(
    [...run.catalogue.keys()].map((name) => {
      const known = values.get(name);
      return [name, known?.kind === 'value' ? known : { kind: 'not_applicable', why }];
    }),
  );
}

function baselineRun({ context, catalogue, readings, results }: Run): BaselineRun {
  const { project, agents } = context;
  return {
    ...{ catalogue, readings, results: [...results.values()] },
    sentences: agents.flatMap(({ sentences }) => sentences),
    files: new Set(project.filesCut ? [] : project.files.filter(isThereIn(project.root))),
  };
}

/** Git lists what was moved or deleted until that is staged; the work tree says that it is gone. */
const isThereIn = (root: string) => (file: string) =>
  lstatSync(path.join(root, file), { throwIfNoEntry: false }) !== undefined;

/** The score of a whole run, and how it went before. */
async function summed(plan: ScorePlan, run: Run): Promise<Pick<CheckResult, 'score' | 'trend'>> {
  const { context, catalogue } = run;
  const past = await context.past?.();
  if (past !== undefined) takePast(past, run);
  const readings = countedReadings(run.readings, observedRunners(context));
  const score = scoreOf(plan, { catalogue, readings, baseline: baselineIn(run) });
  return { score, trend: past?.ok ? trendOf(past.value.checks, score.low) : undefined };
}

/** The history's numbers stand among those of the runners, and its absence is told as theirs is. */
function takePast(
  past: Result<Past>,
  { context: { redact, config }, readings, results, verdicts }: Run,
): void {
  const { id } = recorded;
  const build = verdicts.find(({ gate }) => gate === 'build');
  const measurement = redactMeasurement(pastMeasurement(past, build), redact);
  results.set(id, { id, gate: 'monitor', measurement, durationMs: 0 });
  for (const [name, reading] of readingsOf(recorded, measurement, config.tolerate))
    readings.set(name, reading);
}

function partialBecause(options: CheckOptions, ofChange: boolean): string | undefined {
  if (ofChange) return `only what is staged asked, in ${options.gates.join(' and ')}`;
  if (options.about !== undefined) return 'only a part of the sentences asked';
  if (options.only.length > 0) return `only ${options.only.join(', ')} asked`;
  const all = CHECKED_GATES.every((gate) => options.gates.includes(gate));
  return all ? undefined : `only the ${options.gates.join(' and ')} gate asked`;
}

/** Runners that only gates in `observe` mode ask for. */
function observedRunners({ agents, config }: CheckContext): ReadonlySet<string> {
  const askedBy = (mode: 'enforce' | 'observe') =>
    agents
      .filter(({ stage }) => stage !== 'monitor' && (config.mode[stage] ?? 'enforce') === mode)
      .flatMap(({ runners }) => runners.flat());
  const enforced = new Set(askedBy('enforce'));
  return new Set(askedBy('observe').filter((id) => !enforced.has(id)));
}

function narrowed(agent: Agent, { about }: CheckOptions): Agent {
  if (about === undefined) return agent;
  const sentences = agent.sentences.filter(({ expr }) => metricsOf(expr).some(about));
  return { ...agent, sentences };
}
