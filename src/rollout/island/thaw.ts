/** Makes a driver again of what was written down of it. */

import { existsSync } from 'node:fs';
import { createProcessEngine } from '../../measure/process/engine.ts';
import type { FrozenDriver } from '../driver.ts';
import { commandDriver } from '../drivers/command/driver.ts';
import { thaw } from '../drivers/command/frozen.ts';
import { thawLocalDriver } from '../drivers/local/index.ts';
import type { IslandDriver } from './quick-local.ts';

export interface Thawing {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateFolder: string;
  /** The program that keeps a local environment. */
  readonly daemonEntry: string;
  /** Where scripts run when the project they belong to is gone. */
  readonly folder: string;
}

export interface Thawed {
  readonly driver: IslandDriver;
  /** Ends what is left of the processes it has started. */
  close(): Promise<void>;
}

/** Undefined for what nobody here knows. */
export function thawDriver(frozen: FrozenDriver, thawing: Thawing): Thawed | undefined {
  const { env, stateFolder, daemonEntry, folder } = thawing;
  const { kind, service, environment } = frozen;
  if (kind === 'local' && typeof service === 'string' && typeof environment === 'string') {
    const local = { service, environment, stateFolder: placeOf(frozen, stateFolder) };
    const driver = thawLocalDriver({ ...local, daemonEntry, env });
    return { driver, close: () => Promise.resolve() };
  }
  const command = thaw(frozen);
  if (command === undefined) return undefined;
  const engine = createProcessEngine();
  const root = existsSync(command.root) ? command.root : folder;
  const driver = commandDriver({
    ...command,
    ...{ root, env },
    run: (request, signal) => engine.run(request, signal),
  });
  return { driver, close: () => engine.close() };
}

const placeOf = ({ stateFolder }: FrozenDriver, otherwise: string): string =>
  typeof stateFolder === 'string' ? stateFolder : otherwise;
