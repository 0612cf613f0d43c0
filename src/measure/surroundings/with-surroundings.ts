/** What a project declares around a suite: steps before it, something that runs beside it, steps after it in any case. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SetupStep, SuiteConfig, TeardownStep } from '../../config/suite.ts';
import type { Finding } from '../../judge/finding.ts';
import { startKeeper, type Keeper, type KeeperOutcome } from '../process/keeper.ts';
import { resolveBinary } from '../process/resolve-binary.ts';
import type { Measurement, RunContext } from '../runner.ts';
import { absent } from '../tool.ts';
import { readEnvironmentFile, type Variables } from './environment-file.ts';
import { becomesReady, isReady, outputFolder, readinessText, type Ask } from './readiness.ts';
import { usefulLine } from '../suites/said.ts';

type Around = Pick<SuiteConfig, 'setup' | 'teardown' | 'env'>;
type Env = Readonly<Record<string, string>>;

/** From TERM to KILL for what runs in the background, in ms. */
const GRACE_MS = 5000;

/**
 * Does the steps, then the work, then tidies up: whatever became of the work, and also when nemesis is killed.
 *
 * @param id of the suite, for people
 */
export async function withSurroundings(
  id: string,
  { setup = [], teardown = [], env = {} }: Around,
  context: RunContext,
  work: (env: Env) => Promise<Measurement>,
): Promise<Measurement> {
  if (setup.length === 0 && teardown.length === 0) return await work(env);
  const folder = outputFolder(path.join(context.workDir, 'setup'));
  const scene: Scene = { context, folder, env: { ...env }, isTidied: teardown.length > 0 };
  writeFileSync(environmentFile(scene), '', { mode: 0o600 });
  const commands = teardown.map((step) => ({ ...step, found: programOf(step, context) }));
  const lost = commands.find(({ found }) => found === undefined);
  if (lost !== undefined) {
    return absent('not_installed', `teardown ${lost.name}: ${lost.argv[0]} is not installed`);
  }
  const keeper = await startKeeper({
    commands: commands.map(({ name, argv, timeoutMs, found }) => ({
      ...{ name, file: found!, argv: argv.slice(1), timeoutMs },
    })),
    cwd: context.project.root,
    env: stepEnvironment(scene),
    graceMs: GRACE_MS,
    outcomeFile: path.join(folder, 'teardown.json'),
    logFile: path.join(folder, 'teardown.log'),
  });
  let measurement: Measurement;
  let outcomes: readonly KeeperOutcome[] | undefined;
  try {
    measurement = (await prepare(setup, scene, keeper)) ?? (await work(scene.env));
  } finally {
    if (teardown.length > 0) context.progress?.(teardown.map(({ name }) => name).join(', '));
    outcomes = await keeper.finish();
    hideVariables(scene);
    rmSync(environmentFile(scene), { force: true });
  }
  return afterwards(measurement, id, teardown, outcomes);
}

interface Scene {
  readonly context: RunContext;
  /** Where the steps leave what they say. */
  readonly folder: string;
  /** Grown by what the steps leave in their file. */
  env: Env;
  /** Something is declared that ends what the steps leave running. */
  readonly isTidied: boolean;
}

const environmentFile = ({ folder }: Pick<Scene, 'folder'>): string => path.join(folder, 'env');

const stepEnvironment = (scene: Scene): Env => ({
  ...scene.context.project.environment('project'),
  ...scene.env,
  NEMESIS_ENV: environmentFile(scene),
});

/** Undefined when all is prepared; else why the suite cannot be measured. */
async function prepare(
  steps: readonly SetupStep[],
  scene: Scene,
  keeper: Keeper,
): Promise<Measurement | undefined> {
  for (const step of steps) {
    scene.context.progress?.(`setup ${step.name}`);
    const failed =
      step.background === undefined
        ? await runStep(step, scene)
        : await startStep(step, step.background, scene, keeper);
    const left = hideVariables(scene);
    if (failed !== undefined) return failed;
    if (!left.ok)
      return absent('bad_config', `setup ${step.name} left NEMESIS_ENV unreadable: ${left.why}`);
    scene.env = { ...scene.env, ...left.env };
    keeper.tell(left.env);
  }
  return undefined;
}

/** What the steps left until now, taken out of all that is told from here on: also of one that failed. */
function hideVariables({ context, ...scene }: Scene): Variables {
  const left = readEnvironmentFile(environmentFile(scene));
  context.hide?.(left.ok ? left.env : left.guessed);
  return left;
}

async function runStep(step: SetupStep, scene: Scene): Promise<Measurement | undefined> {
  const { context, isTidied } = scene;
  const file = programOf(step, context);
  if (file === undefined) return notInstalled(step);
  const { end, stdoutFile, stderrFile } = await context.engine.run(
    {
      ...{ file, argv: step.argv.slice(1), cwd: context.project.root, timeoutMs: step.timeoutMs },
      env: stepEnvironment(scene),
      outputCapBytes: context.outputCapBytes,
      outputDir: outputFolder(path.join(scene.folder, step.name)),
      // It may say what it has left in the file as well.
      beforeTold: () => void hideVariables(scene),
      // A server that goes on by itself is ended by the teardown, in its own way.
      ...(isTidied && { unmarked: true }),
    },
    context.signal,
  );
  const name = `setup ${step.name}`;
  switch (end.kind) {
    case 'exited': {
      if (end.code === 0) return undefined;
      const said = usefulLine(textOf(stderrFile), textOf(stdoutFile));
      return absent(
        'crashed',
        `${name} exited ${end.code}${said === undefined ? '' : `: ${said}`}`,
      );
    }
    case 'timed_out':
      return absent('timed_out', `${name} was ended after ${end.afterMs / 1000} s`);
    case 'aborted':
      return absent('skipped', `${name} was interrupted`);
    case 'signalled':
      return absent('crashed', `${name} was killed by ${end.signal}`);
    case 'output_capped':
      return absent('crashed', `${name} was ended: it said more than is kept`);
    case 'not_started':
      return absent('crashed', `${name} could not be started: ${end.message}`);
  }
}

async function startStep(
  step: SetupStep,
  { ready, withinMs }: NonNullable<SetupStep['background']>,
  scene: Scene,
  keeper: Keeper,
): Promise<Measurement | undefined> {
  const { context } = scene;
  const file = programOf(step, context);
  if (file === undefined) return notInstalled(step);
  const name = `setup ${step.name}`;
  const ask = asker(scene, step);
  if (await isReady(ready, ask)) {
    const why = `${name}: ${readinessText(ready)} answers already, before it was started`;
    return absent('bad_config', why, 'end what runs there, or take another port');
  }
  const logFile = path.join(outputFolder(path.join(scene.folder, step.name)), 'log');
  let ended: string | undefined;
  const launch = await context.engine.launchDetached(
    {
      ...{ file, argv: step.argv.slice(1), cwd: context.project.root, logFile },
      env: stepEnvironment(scene),
    },
    (code, signal) => (ended = String(code ?? signal)),
  );
  if (launch.kind === 'not_started') {
    return absent('crashed', `${name} could not be started: ${launch.message}`);
  }
  keeper.guard(launch.pid);
  const became = await becomesReady(
    ready,
    withinMs,
    ask,
    () => ended !== undefined,
    context.signal,
  );
  const last = usefulLine(textOf(logFile));
  const said = last === undefined ? '' : `: ${last}`;
  switch (became) {
    case 'ready':
      return undefined;
    case 'ended':
      return absent('crashed', `${name} ended (${ended}) before it was ready${said}`);
    case 'late':
      return absent(
        'backend_unavailable',
        `${name}: ${readinessText(ready)} was not ready within ${withinMs / 1000} s${said}`,
      );
    case 'aborted':
      return absent('skipped', `${name} was interrupted`);
  }
}

function asker(scene: Scene, step: SetupStep): Ask {
  const { context } = scene;
  return async (argv) => {
    const file = programOf({ ...step, argv }, context);
    if (file === undefined) return false;
    const { end } = await context.engine.run(
      {
        ...{ file, argv: argv.slice(1), cwd: context.project.root, timeoutMs: 10_000 },
        env: stepEnvironment(scene),
        outputCapBytes: context.outputCapBytes,
        outputDir: outputFolder(path.join(scene.folder, `${step.name}.ready`)),
        aside: true,
      },
      context.signal,
    );
    return end.kind === 'exited' && end.code === 0;
  };
}

function programOf(
  { argv }: Pick<TeardownStep, 'argv'>,
  { project }: RunContext,
): string | undefined {
  const [name = ''] = argv;
  const wanted = name.includes('/') ? path.resolve(project.root, name) : name;
  const found = resolveBinary(wanted, project.path);
  return found.ok ? found.file : undefined;
}

const notInstalled = ({ name, argv }: SetupStep): Measurement =>
  absent('not_installed', `setup ${name}: ${argv[0]} is not installed`);

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** What could not be tidied up is told; it changes no number. */
function afterwards(
  measurement: Measurement,
  id: string,
  teardown: readonly TeardownStep[],
  outcomes: readonly KeeperOutcome[] | undefined,
): Measurement {
  const failed =
    outcomes === undefined
      ? teardown.map(({ name }) => ({ name, ended: 'nobody knows how it ended' }))
      : outcomes.filter(({ ended }) => ended !== '0');
  if (failed.length === 0) return measurement;
  const findings = failed.map(({ name, ended }): Finding => ({
    tool: id,
    rule: 'teardown-failed',
    severity: 'warning',
    message: `teardown ${name} failed (${ended}): see .nemesis/reports/${id}/setup/teardown.log`,
  }));
  return { ...measurement, findings: [...measurement.findings, ...findings] };
}
