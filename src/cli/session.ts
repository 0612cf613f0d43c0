/** What most commands begin with: the folder, its configuration, its runners, its facts. */

import { statSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import { createCatalogue } from '../judge/catalogue.ts';
import { recallGates, rememberGates } from '../config/cache.ts';
import type { Loaded } from '../config/load.ts';
import { findRoot, hasConfig, type Root } from '../config/find.ts';
import type { Project } from '../measure/project.ts';
import type { Runner } from '../measure/runner.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';

export interface Session extends Root {
  readonly loaded: Loaded;
  /** Absolute: where nemesis keeps what it writes. */
  readonly stateDir: string;
}

/** Finds the root and proves its configuration; every diagnostic comes at once. */
export async function openSession(io: Io, parts: Parts, cwd?: string): Promise<Result<Session>> {
  const folder = path.resolve(io.cwd, cwd ?? '.');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    const help = ['give a folder with --cwd'];
    return fail({ kind: 'usage', message: `${cwd ?? folder} is not a folder`, help });
  }
  const root = findRoot(folder, hasConfig);
  const loaded = await loadGates(root, io, parts);
  if (!loaded.ok) return loaded;
  return ok({ ...root, loaded: loaded.value, stateDir: path.join(root.root, '.nemesis') });
}

async function loadGates(root: Root, io: Io, parts: Parts): Promise<Result<Loaded>> {
  const cache = { env: io.env, ...root, build: parts.build };
  const recalled = recallGates(cache);
  if (recalled !== undefined) return ok(recalled);
  const { loadConfig } = await import('../config/load.ts');
  const sources = await parts.sources();
  const load = loadConfig({
    ...root,
    packageRoot: parts.packageRoot,
    catalogue: createCatalogue(sources),
    runnerIds: sources.map(({ id }) => id),
    ...(parts.shipped && { kept: parts.shipped() }),
  });
  if (!load.ok) return fail({ kind: 'bad_input', diagnostics: load.diagnostics });
  rememberGates(cache, load.value, load.seen);
  return ok(load.value);
}

/** Every runner in force: nemesis' own and those the gate files declare. */
export async function runnersOf(session: Session, parts: Parts): Promise<readonly Runner[]> {
  const custom = await Promise.all(
    session.loaded.config.custom.map((config) => parts.custom(config)),
  );
  return [...(await parts.runners()), ...custom];
}

export async function projectOf(session: Session, io: Io, parts: Parts): Promise<Project> {
  const { readProject } = await import('../measure/project.ts');
  const { config } = session.loaded;
  return readProject({
    root: session.root,
    repositoryTop: session.repositoryTop,
    env: io.env,
    suites: config.suites,
    secrets: config.secrets,
    ownBinDirs: [
      path.join(parts.packageRoot, 'node_modules', '.bin'),
      path.dirname(process.execPath),
    ],
  });
}
