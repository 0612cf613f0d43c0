/** The table of drivers, and what they share: made for an environment as the configuration describes it. */

import type { EnvironmentConfig, LocalSettings } from '../../config/environment.ts';
import { commandDriver } from './command/driver.ts';
import { downLocal, localAddress, localDriver, type LocalEnvironment } from './local/index.ts';
import type { ProcessEngine } from '../../measure/process/contract.ts';
import type { Driver } from '../driver.ts';
import { failureText } from '../perform.ts';
import type { RolloutParts, RolloutPlace } from '../parts.ts';
import type { CommandContext } from '../ports.ts';
import { alertsCommand } from '../scripts/alerts-command.ts';
import { sourcesFrom } from '../sources/ask-all.ts';
import { runStep } from '../scripts/run-step.ts';
import { tryPaths } from '../scripts/try-paths.ts';

/** @param daemonEntry the program of the local environments' daemon */
export function rolloutParts(engine: ProcessEngine, daemonEntry: string): RolloutParts {
  const run: ProcessEngine['run'] = (...asked) => engine.run(...asked);
  const surroundings = (
    { root, env }: RolloutPlace,
    environment: EnvironmentConfig | undefined,
  ) => ({
    ...{ root, env, run },
    secrets: environment === undefined ? [] : namesFor(environment),
  });
  return {
    driver: (environment, place) => driverOf(environment, place, run, daemonEntry),
    runCommand: (environment, place) =>
      runStep({
        ...surroundings(place, environment),
        url: (context) =>
          environment === undefined ? undefined : urlOf(environment, place, daemonEntry, context),
      }),
    tryPaths: (environment, place, asked, tell, signal) =>
      tryPaths(asked, surroundings(place, environment), tell, signal),
    address: ({ driver }) => (driver.kind === 'local' ? listenUrl(driver) : driver.url),
    sources: (environment, place) => sourcesFrom(surroundings(place, environment)),
    alerts(environment, place, about) {
      const { alerts: command, name } = environment;
      if (command === undefined) return Promise.resolve({ kind: 'none' });
      const { service } = place;
      const asked = { ...surroundings(place, environment), service, environment: name, command };
      return alertsCommand(asked)(about);
    },
    async down(environment, place) {
      if (environment.driver.kind !== 'local') return [`${environment.name} is not local`];
      const ended = await downLocal(localOf(environment.name, place, daemonEntry));
      return ended.ok ? [] : [failureText(ended.failure)];
    },
    close: () => engine.close(),
  };
}

function driverOf(
  { name, driver: settings }: EnvironmentConfig,
  place: RolloutPlace,
  run: ProcessEngine['run'],
  daemonEntry: string,
): Driver {
  const { service, root, env, artifactPath } = place;
  switch (settings.kind) {
    case 'local':
      return localDriver({ ...localOf(name, place, daemonEntry), settings, artifactPath });
    case 'command':
      return commandDriver({ service, environment: name, settings, root, env, run });
  }
}

function localOf(environment: string, place: RolloutPlace, daemonEntry: string): LocalEnvironment {
  const { service, stateFolder, env } = place;
  return { service, environment, stateFolder, env, daemonEntry };
}

/** A declared command may be given what the environment itself is given. */
function namesFor({ driver }: EnvironmentConfig): readonly string[] {
  return driver.kind === 'local' ? driver.passEnv : driver.secrets;
}

function urlOf(
  { name, driver }: EnvironmentConfig,
  place: RolloutPlace,
  daemonEntry: string,
  { release, beforeTraffic }: CommandContext,
): string | undefined {
  // Before it has traffic, another release answers there.
  if (driver.kind !== 'local') return beforeTraffic ? undefined : driver.url;
  const direct = beforeTraffic
    ? localAddress(localOf(name, place, daemonEntry), release)
    : undefined;
  return direct ?? listenUrl(driver);
}

function listenUrl({ listen: { host, port } }: LocalSettings): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
