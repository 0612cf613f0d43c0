/** What every command that acts on an environment begins with: configuration, history, driver, the way to tell. */

import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { EnvironmentConfig } from '../config/environment.ts';
import type { Stream } from '../history/journal.ts';
import { userStateFolder } from '../history/heads.ts';
import type { ReleaseRecord } from '../history/records.ts';
import { inTriggerOrder } from '../judge/trigger.ts';
import { nearest } from '../language/index.ts';
import type { Driver } from '../rollout/driver.ts';
import { rememberEnvironment, storeWritten } from '../rollout/last-good.ts';
import type { RolloutParts, RolloutPlace } from '../rollout/parts.ts';
import type { Outcome } from '../rollout/ports.ts';
import type { StageContext } from '../rollout/stage.ts';
import type { Actor, PlanRequest } from '../rollout/strategies/plan-rollout.ts';
import { rolloutReporter, type RolloutReporter } from '../report/rollout-text.ts';
import { styleFor, type Style } from '../report/text.ts';
import { alertsFrom } from './alerts.ts';
import { textOption, type CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import { actorIn, headStands } from './history-streams.ts';
import { withHistory, type History } from './history.ts';
import { failpoint } from './failpoint.ts';
import { lineOption, spanOf } from './history-options.ts';
import type { Io } from './io.ts';
import { placeOf } from './rollout-place.ts';
import { failed, usage } from './store-failure.ts';

export interface Rollouts {
  readonly history: History;
  readonly io: Io;
  readonly input: CommandInput;
  readonly actor: string;
  readonly style: Style;
  readonly reporter: RolloutReporter;
  /** By name, or the one there is. */
  readonly environment: (name: string | undefined) => Result<EnvironmentConfig>;
  context(environment: EnvironmentConfig): Promise<Result<StageContext>>;
  request(
    environment: EnvironmentConfig,
    release: ReleaseRecord,
  ): Omit<PlanRequest, 'stable' | 'dials' | 'service'>;
  driver(environment: EnvironmentConfig): Driver;
  readonly place: RolloutPlace;
  readonly acting: RolloutParts;
}

/** Opens all of it, does the work, and closes it again. */
export function withRollouts(
  input: CommandInput,
  work: (rollouts: Rollouts) => Promise<Ending>,
): Promise<Ending> {
  const wait = waitOf(input);
  if (!wait.ok) return Promise.resolve(failed(wait.failure));
  const speed = speedOf(input);
  if (!speed.ok) return Promise.resolve(failed(speed.failure));
  return withHistory(input, 'write', async (history) => {
    const { io } = input;
    const style = styleFor({ env: io.env, isTerminal: io.errIsTerminal, columns: io.columns });
    const moves = io.errIsTerminal && !io.env['CI'] && io.env['TERM'] !== 'dumb';
    const { spinner, stillness } = await import('../report/live.ts');
    const live = moves ? spinner(process.stderr) : stillness;
    const quiet = input.options['quiet'] === true;
    const err = (text: string) => (quiet ? undefined : io.err(text));
    const reporter = rolloutReporter({ err, style, live, moves: moves && !quiet });
    const actor = await actorIn(history.session, io.env);
    if (input.parts.rollout === undefined)
      throw new Error('this nemesis was started without drivers');
    const acting = await input.parts.rollout();
    const given = { input, history, reporter, style, actor, acting };
    try {
      return await work(rolloutsOf(given, wait.value, speed.value));
    } finally {
      reporter.close();
      await acting.close();
    }
  });
}

function rolloutsOf(
  given: Pick<Rollouts, 'input' | 'history' | 'reporter' | 'style' | 'actor' | 'acting'>,
  waitMs: number,
  speed: number | undefined,
): Rollouts {
  const { input, history, reporter, actor, acting } = given;
  const { io } = input;
  const { session, service, store } = history;
  const { config, agents } = session.loaded;
  const place = placeOf(session, io, service);
  return {
    ...given,
    io,
    place,
    driver: (environment) => acting.driver(environment, place),
    environment: (name) => environmentOf(config.environments, name),
    async context(environment) {
      const stream: Stream = { service, environment: environment.name };
      const stands = await headStands(history, stream);
      if (!stands.ok) return stands;
      const overrideFreeze = lineOption(input.options, 'overrideFreeze', 1000);
      if (!overrideFreeze.ok) return overrideFreeze;
      const drives = acting.driver(environment, place);
      const clock = clockOf(io);
      const runCommand = acting.runCommand(environment, place);
      const author = {
        ...{ actor, host: os.hostname(), now: () => io.now(), newId: () => randomUUID() },
      };
      return ok({
        ...{ store, stream, driver: drives, author, clock, runCommand, waitMs },
        remember: rememberIn(history, io, environment, drives),
        sources: acting.sources(environment, place),
        alerts: alertsFrom(store, stream, (about) => acting.alerts(environment, place, about), io),
        tell: (event) => reporter.on(event),
        signal: io.signal,
        at: failpoint(io.env),
        freezes: environment.freeze ?? [],
        ...(overrideFreeze.value !== undefined && { overrideFreeze: overrideFreeze.value }),
      });
    },
    request: (environment, release) => ({
      environment,
      release,
      actors: inTriggerOrder(agents).flatMap(({ id, action }): Actor[] =>
        action === undefined ? [] : [{ id, action }],
      ),
      speed: speed ?? config.trial?.speed ?? 1,
      migrations: config.release.migrations,
    }),
  };
}

/** What the emergency rollback goes by. Without it a rollout goes on all the same. */
function rememberIn(
  { service, session: { root, loaded } }: History,
  io: Io,
  { name, instances, readyWithinMs: ready_ms }: EnvironmentConfig,
  { frozen: driver }: Driver,
): NonNullable<StageContext['remember']> {
  const store = storeWritten(io.env, loaded.config.store, root);
  const place = { service, environment: name, driver, store, root, instances, ready_ms };
  return (change) => {
    try {
      rememberEnvironment(userStateFolder(io.env), place, change, io.now());
    } catch (error) {
      const why = (error as NodeJS.ErrnoException).code ?? String(error);
      io.err(`warning: an emergency rollback could not go by what happens here now: ${why}\n`);
    }
  };
}

/** The same after a rollout; a store that could not be written for so long is not asked once more. */
export async function rememberEnd(
  history: History,
  environment: string,
  acted: Result<Outcome, unknown>,
): Promise<void> {
  if (acted.ok && acted.value.kind === 'journal_lost') return;
  await rememberHead(history, environment);
}

/** Notes how far the chain goes, after something was added to it. */
async function rememberHead(
  { store, heads, service }: History,
  environment: string,
): Promise<void> {
  const head = await store.head({ service, environment });
  if (!head.ok || head.value === undefined) return;
  try {
    heads.remember(store.name, { service, environment }, head.value);
  } catch {
    // the next start simply knows less
  }
}

function environmentOf(
  environments: readonly EnvironmentConfig[],
  name: string | undefined,
): Result<EnvironmentConfig> {
  const names = environments.map((one) => one.name);
  if (environments.length === 0) {
    const help = 'say where it runs in `environments:` of nemesis.config.yaml';
    return fail(usage('no environment is configured', help));
  }
  const found = environments.find((one) => one.name === name);
  if (found !== undefined) return ok(found);
  const [only, ...more] = environments;
  if (name === undefined && only !== undefined && more.length === 0) return ok(only);
  if (name === undefined)
    return fail(usage('which environment?', `--env ${names.join(' or --env ')}`));
  const near = nearest(name, names);
  const help = near === undefined ? `configured: ${names.join(', ')}` : `did you mean ${near}?`;
  return fail(usage(`there is no environment \`${name}\``, help));
}

function waitOf({ options }: CommandInput): Result<number, Failure> {
  const text = textOption(options, 'wait');
  if (text === undefined) return ok(0);
  const ms = spanOf(text);
  return ms === undefined ? fail(usage('--wait takes a span of time', 'write --wait 15m')) : ok(ms);
}

/** Undefined where the configuration says it, or nobody does. */
function speedOf({ options }: CommandInput): Result<number | undefined, Failure> {
  const text = textOption(options, 'trial');
  if (text === undefined) return ok(undefined);
  if (/^[1-9]\d{0,5}$/.test(text)) return ok(Number(text));
  const message = '--trial takes a whole number: how often shorter every wait is';
  return fail(usage(message, 'write --trial 60'));
}

function clockOf(io: Io): StageContext['clock'] {
  return {
    now: () => io.now(),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const end = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal?.addEventListener('abort', end, { once: true });
      }),
  };
}
