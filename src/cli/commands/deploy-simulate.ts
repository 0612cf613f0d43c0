/** `nemesis deploy:simulate`: the real planner and walker on a clock and a fleet that do not exist. */

import path from 'node:path';
import { fail, ok, type Result } from '../../failure.ts';
import type { DeclaredStep, EnvironmentConfig } from '../../config/environment.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import type { Probe } from '../../config/probe.ts';
import { missingSteps, pathsOf } from '../../judge/steps.ts';
import { inTriggerOrder } from '../../judge/trigger.ts';
import { nearest } from '../../language/index.ts';
import { simulationText } from '../../report/simulation-text.ts';
import type { Plan } from '../../rollout/plan.ts';
import type { Outcome } from '../../rollout/ports.ts';
import { simulate, type Simulated } from '../../rollout/simulation/simulate.ts';
import { SCENARIOS, worldOf, type Scenario } from '../../rollout/simulation/scenario.ts';
import { planRollout, type Actor } from '../../rollout/strategies/plan-rollout.ts';
import type { Ending } from '../exit.ts';
import { environmentOption } from '../history-options.ts';
import { readScenario } from '../scenario-file.ts';
import { openSession, type Session } from '../session.ts';
import { failed, usage } from '../store-failure.ts';
import { textOption, type CommandInput, type RunCommand } from './command.ts';

export const run: RunCommand = async (input) => {
  const { io, parts, options } = input;
  const env = environmentOption(options);
  if (!env.ok) return failed(env.failure);
  const seed = seedOf(options);
  if (!seed.ok) return failed(seed.failure);
  const scenario = scenarioOf(input);
  if (!scenario.ok) return failed(scenario.failure);
  const session = await openSession(io, parts, textOption(options, 'cwd'));
  if (!session.ok) return failed(session.failure);
  const plan = planOf(session.value, env.value ?? 'production', scenario.value);
  if (!plan.ok) return failed(plan.failure);
  const world = worldOf(scenario.value, plan.value, seed.value);
  const simulated = await simulate(plan.value, world, turn);
  if (options['json'] === true)
    io.out(`${JSON.stringify(jsonOf(plan.value, simulated), null, 2)}\n`);
  else io.out(simulationText(simulated, io.columns));
  return endingOf(simulated.outcome);
};

/** After a turn of the event loop everything that could go on has gone on. */
const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

function seedOf(options: CommandInput['options']): Result<number> {
  const text = textOption(options, 'seed');
  if (text === undefined) return ok(1);
  if (/^\d{1,9}$/.test(text)) return ok(Number(text));
  return fail(usage('--seed takes a whole number', 'write --seed 7'));
}

function scenarioOf({ options, io }: CommandInput): Result<Scenario> {
  const asked = textOption(options, 'scenario') ?? 'healthy';
  const known = Object.hasOwn(SCENARIOS, asked) ? SCENARIOS[asked] : undefined;
  if (known !== undefined) return ok(known);
  if (/[./\\]/.test(asked)) {
    const folder = path.resolve(io.cwd, textOption(options, 'cwd') ?? '.');
    return readScenario(path.resolve(folder, asked), asked);
  }
  const names = Object.keys(SCENARIOS);
  const near = nearest(asked, names);
  const help =
    near === undefined ? `known: ${names.join(', ')}; or a file` : `did you mean ${near}?`;
  return fail(usage(`there is no scenario \`${asked.slice(0, 60)}\``, help));
}

function planOf(
  { loaded: { config, agents } }: Session,
  name: string,
  { isFirst }: Scenario,
): Result<Plan> {
  const actors = inTriggerOrder(agents).flatMap(({ id, action }): Actor[] =>
    action === undefined ? [] : [{ id, action }],
  );
  const configured = config.environments.find((one) => one.name === name);
  const environment = withEveryStep(counting(configured ?? imagined(name)), actors);
  const planned = planRollout({
    ...{ service: config.service, environment, actors },
    dials:
      environment.driver.kind === 'command' ? environment.driver.dials : ['instances', 'traffic'],
    release: named('candidate'),
    stable: isFirst ? null : named('stable'),
    speed: config.trial?.speed ?? 1,
    migrations: config.release.migrations,
  });
  if (!planned.ok) {
    const help = `an agent with \`deployment: { environment: ${name} }\` does`;
    return fail(usage(`no gate deploys to ${name}`, help));
  }
  const note = `${name} is not configured: four instances are assumed`;
  const notes = configured === undefined ? [note, ...planned.value.notes] : planned.value.notes;
  return ok({ ...planned.value, notes });
}

const named = (version: string): ReleaseRecord => {
  return { version, commit: null, committed_at: null, artifact: null };
};

/** The invented fleet counts its requests itself: nobody else is asked. */
function counting({ metrics: _, ...environment }: EnvironmentConfig): EnvironmentConfig {
  return environment;
}

/** Where a project has no environments yet, the plan of its gates can be tried all the same. */
function imagined(name: string): EnvironmentConfig {
  return {
    name,
    driver: {
      ...{ kind: 'command', observe: [], apply: [], secrets: [], reach: 'machine' },
      ...{ dials: ['instances', 'traffic'], timeoutMs: 60_000 },
    },
    ...{ instances: 4, readyWithinMs: 60_000, steps: {}, onInterrupt: 'rollback' },
    withoutTraffic: 'refuse',
  };
}

/** No command is run here, so that none has to be declared. */
function withEveryStep(
  environment: EnvironmentConfig,
  actors: readonly Actor[],
): EnvironmentConfig {
  const missing = actors.flatMap(({ action }) => missingSteps(action, environment));
  const paths = missing.filter(({ name }) => isPath(name, actors));
  // Where no path is declared, the one step that walks them all stands for them.
  const whole = actors.flatMap(({ action: { smoke } }) => {
    const isBare = paths.length > 0 && paths.length === smoke?.paths?.length;
    return smoke !== undefined && isBare ? [smoke.step] : [];
  });
  const wanted = [...missing.filter((step) => !paths.includes(step)), ...whole];
  const steps: Record<string, DeclaredStep> = {};
  for (const { name } of wanted) steps[name] = { argv: ['(not declared)'], timeoutMs: 300_000 };
  const place = { file: '', line: 0, column: 0 };
  const probe = (why: string): Probe => {
    return { kind: 'not_applicable', why, needs: [], timeoutMs: 0, place };
  };
  const single = whole.length > 0 ? [] : paths;
  const probes = Object.fromEntries(single.map(({ name }) => [name, probe('not declared')]));
  return {
    ...environment,
    steps: { ...steps, ...environment.steps },
    probes: { ...probes, ...environment.probes },
  };
}

const isPath = (name: string, actors: readonly Actor[]): boolean =>
  actors.some(({ action }) => pathsOf(action).some((path) => path.name === name));

function jsonOf(plan: Plan, { outcome, records, tookMs }: Simulated) {
  const events = records.map(({ at, record }) => ({ at, ...record }));
  return { schema: 'nemesis.simulation/1', plan, took_ms: tookMs, outcome, events };
}

/** As the real thing would end, and without a word on the standard error: the result is the answer. */
function endingOf(outcome: Outcome): Ending {
  const told = (kind: 'rolled_back' | 'rollback_failed' | 'cannot_act', message: string) =>
    failed({ kind, message: `simulated: ${message}` });
  switch (outcome.kind) {
    case 'succeeded':
      return { kind: 'yes' };
    case 'rolled_back':
    case 'withdrawn':
      return told('rolled_back', `${outcome.because.trigger} took it back`);
    case 'rollback_failed':
      return told('rollback_failed', outcome.why);
    case 'interrupted':
      return failed({ kind: 'interrupted', signal: 'SIGINT' });
    default:
      return told('cannot_act', outcome.kind.replaceAll('_', ' '));
  }
}
