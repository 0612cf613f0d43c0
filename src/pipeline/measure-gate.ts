/** Measures what the agents of one gate ask for: each runner once a run, in the order written. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import type { Emit } from '../event.ts';
import type { Agent, GateName } from '../judge/agent.ts';
import { combined } from '../judge/combine.ts';
import type { Reading } from '../judge/reading.ts';
import { waive } from '../judge/waive.ts';
import type { Config } from '../config/config.ts';
import type { ReadChange } from '../measure/change/change.ts';
import type { ProcessEngine } from '../measure/process/contract.ts';
import type { Project } from '../measure/project.ts';
import { followed } from '../measure/process/follow.ts';
import { readExposed } from '../measure/exposed.ts';
import { redactMeasurement, redactor, redactorOf, type Redact } from '../measure/redact.ts';
import type { Measurement, Runner } from '../measure/runner.ts';
import { absent } from '../measure/tool.ts';
import { readingsOf } from './readings.ts';
import { leftOutBecause, ofConcerned } from './left-out.ts';
import { publish } from './publish-report.ts';
import type { RunnerResult } from './result.ts';

export interface MeasureContext {
  readonly config: Config;
  readonly project: Project;
  readonly runners: readonly Runner[];
  readonly engine: ProcessEngine;
  readonly signal: AbortSignal;
  /** Absolute: `.nemesis` of the project. */
  readonly stateDir: string;
  /** Absolute: what runners leave for the next run. */
  readonly keepDir?: string;
  /** Unique to this run. */
  readonly runId: string;
  /** How many runners may work at once. */
  readonly jobs: number;
  /** Takes secrets out of what a tool said. */
  readonly redact: Redact;
  /** Grown here: what takes out the secrets that were found in the project's own files. */
  readonly hidden: Redact[];
  now(): number;
  /** What the work tree has that its base has not. */
  readonly change?: () => Promise<ReadChange>;
  /** The day waivers are held against, in UTC. */
  readonly today: string;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Runners that no plain check starts are asked for: all of them, or these. */
  readonly asked?: 'all' | readonly string[];
  /** Loads are this many times shorter than the gates ask. */
  readonly trial?: number | undefined;
  /** What tools say is told as they say it. */
  readonly stream?: boolean;
  /** Grown here: what is known so far. */
  readonly readings: Map<string, Reading>;
  readonly results: Map<string, RunnerResult>;
  readonly emit: Emit;
}

export async function measureGate(
  gate: GateName,
  agents: readonly Agent[],
  context: MeasureContext,
): Promise<void> {
  const chosen = agents
    .flatMap((agent) => agent.runners)
    .map((alternatives) => choose(alternatives, context))
    .filter((runner) => !context.results.has(runner.id));
  const queue = [...new Set(chosen)];
  const started = new Map<Runner, Promise<RunnerResult>>();
  const start = (runner: Runner): Promise<RunnerResult> => {
    const running =
      started.get(runner) ?? measureWhenReady(runner, gate, context, queue, started, start);
    started.set(runner, running);
    return running;
  };
  // Results are taken in the order written, whatever ends first, so that the report never depends on timing.
  // What the scan for secrets finds is hidden in the words of all others: they wait for it, so it goes first.
  const slots = Math.max(1, context.jobs);
  const order = [...queue].sort((a, b) => Number(scansForSecrets(b)) - Number(scansForSecrets(a)));
  const ended = new Set<Runner>();
  for (const runner of queue) {
    const next = order.filter((one) => !ended.has(one)).slice(0, slots);
    for (const ahead of next)
      void start(ahead)
        .finally(() => ended.add(ahead))
        .catch(() => undefined);
    if (slots === 1) for (const ahead of next) await start(ahead);
    const result = await start(runner);
    take(runner, gate, result, context);
    if (context.signal.aborted) return;
  }
}

const scansForSecrets = ({ metrics }: Runner): boolean => 'secrets_found' in metrics;

/** The first alternative that can be found here measures; without any, the first one says what is missing. */
function choose(
  alternatives: readonly string[],
  { runners, project, config }: MeasureContext,
): Runner {
  const known = alternatives.map((id) => runners.find((runner) => runner.id === id)!);
  // What the config requires has no stand-in: absent, it is missing.
  const required = known.find(({ id }) => config.require.includes(id));
  if (required !== undefined) return required;
  return known.find((runner) => runner.isFound?.(project) ?? true) ?? known[0]!;
}

async function measureWhenReady(
  runner: Runner,
  gate: GateName,
  context: MeasureContext,
  queue: readonly Runner[],
  started: ReadonlyMap<Runner, Promise<RunnerResult>>,
  start: (runner: Runner) => Promise<RunnerResult>,
): Promise<RunnerResult> {
  const earlier = new Map<string, Measurement>();
  const { after = [] } = runner;
  for (const id of typeof after === 'function' ? after(context.project) : after) {
    const done = context.results.get(id);
    const other = context.runners.find((candidate) => candidate.id === id);
    // One that is written later is measured now: what it found is asked for here.
    const asked = other !== undefined && (started.has(other) || queue.includes(other));
    const result = done ?? (asked ? await start(other) : undefined);
    if (result !== undefined) earlier.set(id, result.measurement);
  }
  const startedAt = context.now();
  const scan = queue.find((other) => other !== runner && scansForSecrets(other));
  const scanned = async () => void (scan && !scansForSecrets(runner) && (await start(scan)));
  const said = await measureOne(runner, gate, earlier, scanned, context);
  const measurement = withoutWaived(runner, said, context);
  return { id: runner.id, gate, measurement, durationMs: context.now() - startedAt };
}

function take(runner: Runner, gate: GateName, result: RunnerResult, context: MeasureContext): void {
  context.results.set(runner.id, result);
  const { measurement, durationMs } = result;
  for (const [name, reading] of readingsOf(runner, measurement, context.config.tolerate)) {
    const known = context.readings.get(name);
    const together = known && combined(runner.metrics[name]!, known, reading);
    context.readings.set(name, together ?? reading);
  }
  context.emit({ kind: 'runner_ended', gate, runner: runner.id, measurement, durationMs });
}

/** What a waiver covers leaves findings and numbers here, before anybody reads them. */
function withoutWaived(
  { id, metrics }: Runner,
  measurement: Measurement,
  { config, today }: MeasureContext,
): Measurement {
  const { counts: _, ...left } =
    waive(measurement, id, metrics, config.waivers, today) ?? measurement;
  return left;
}

async function measureOne(
  runner: Runner,
  gate: GateName,
  earlier: ReadonlyMap<string, Measurement>,
  scanned: () => Promise<void>,
  context: MeasureContext,
): Promise<Measurement> {
  const { config, project } = context;
  const leftOut = leftOutBecause(runner, context);
  if (leftOut !== undefined) return leftOut;
  const about = { gate, runner: runner.id };
  context.emit({ kind: 'runner_started', ...about });
  const workDir = path.join(context.stateDir, 'tmp', context.runId, runner.id);
  makeFolder(workDir, 0o700);
  const suite = config.suites[runner.id as keyof typeof config.suites];
  const custom = config.custom.find(({ id }) => id === runner.id);
  const reportDir = path.join(context.stateDir, 'reports', runner.id);
  const hidden: Redact[] = [context.redact];
  const redact: Redact = (text) =>
    [...hidden, ...context.hidden].reduce((left, hide) => hide(left), text);
  const said = (text: string) =>
    context.emit({ kind: 'runner_said', ...about, text: redact(text) });
  try {
    const { exposed = [], ...measurement } = await runner.measure({
      project,
      engine: context.stream === true ? followed(context.engine, said) : context.engine,
      workDir,
      timeoutMs: suite?.timeoutMs ?? custom?.timeoutMs ?? config.timeoutMs,
      outputCapBytes: config.outputCapBytes,
      signal: context.signal,
      earlier,
      ...(context.keepDir === undefined ? {} : { keepDir: context.keepDir }),
      ...(context.change !== undefined && { change: context.change }),
      ...(context.trial !== undefined && { trial: context.trial }),
      progress: (text) => context.emit({ kind: 'runner_progress', ...about, text: redact(text) }),
      hide: (env) => void hidden.push(redactor(env, [])),
    });
    const secrets = readExposed(project.root, exposed);
    if (secrets.length > 0) context.hidden.push(redactorOf(secrets));
    await scanned();
    return redactMeasurement(ofConcerned(runner, project, measurement), redact);
  } catch (error) {
    // A tool may clean up more than its own; whatever it said lay in there.
    if (existsSync(workDir)) throw error;
    return absent('no_report', 'something removed .nemesis while it ran, its report with it');
  } finally {
    publish(workDir, reportDir, { ...context, redact });
  }
}
