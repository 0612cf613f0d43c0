/** All local environments of this user, from what lies in the state folder: nobody is asked, nothing is started. */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { isRunning } from '../../../measure/process/process-table.ts';
import type { Desired } from '../../driver.ts';
import { daemonFile, localFolder, nameFile } from './folders.ts';
import { ProcessShape } from './shapes.ts';
import { readState } from './state.ts';
import { readJson } from './whole-file.ts';

export interface ListedEnvironment {
  readonly service: string;
  readonly environment: string;
  /** Its daemon's pid; null where none runs. */
  readonly daemon: number | null;
  readonly fence: number;
  readonly desired: Desired;
}

const NameShape = z.object({ service: z.string(), environment: z.string() });

/** Sorted by service and environment. What cannot be read is passed over. */
export function listLocal(stateFolder: string): readonly ListedEnvironment[] {
  const all = localFolder(stateFolder);
  return foldersIn(all)
    .flatMap((name) => listed(path.join(all, name)))
    .sort((a, b) => compare(a.service, b.service) || compare(a.environment, b.environment));
}

/** The pid of the environment's daemon, where it runs. */
export function daemonOf(folder: string): number | undefined {
  const read = ProcessShape.safeParse(readJson(daemonFile(folder)));
  if (!read.success) return undefined;
  const { pid, startToken } = read.data;
  return isRunning(pid, startToken ?? undefined) ? pid : undefined;
}

function listed(folder: string): ListedEnvironment[] {
  const name = NameShape.safeParse(readJson(nameFile(folder)));
  const state = readState(folder);
  if (!name.success || !state.ok) return [];
  const { fence, desired } = state.value ?? { fence: 0, desired: { slots: [] } };
  return [{ ...name.data, daemon: daemonOf(folder) ?? null, fence, desired }];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
