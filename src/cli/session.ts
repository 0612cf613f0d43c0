/** What most commands begin with: the folder, its configuration, its runners, its facts. */

import { statSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import type { Baseline } from '../judge/baseline.ts';
import { createCatalogue } from '../judge/catalogue.ts';
import {
  recallConfig,
  recallGates,
  rememberGates,
  type CacheKey,
  type Configured,
} from '../config/cache.ts';
import type { Loaded } from '../config/load.ts';
import { findRoot, hasConfig, type Root } from '../config/find.ts';
import type { TrustedConfig } from '../pipeline/result.ts';
import type { Project } from '../measure/project.ts';
import type { Runner } from '../measure/runner.ts';
import { holdsSecret } from './guard.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';

/** A session of who does not ask for the gates. */
export interface ConfiguredSession extends Root {
  /** Set when the configuration is that of a protected ref. */
  readonly trusted?: TrustedConfig & { readonly baseline: Baseline | undefined };
  readonly loaded: Configured;
  /** Absolute: where nemesis keeps what it writes. */
  readonly stateDir: string;
}

export interface Session extends ConfiguredSession {
  readonly loaded: Loaded;
  /** Set where what is staged is measured: then the root is a tree of it, and `shownRoot` the user's folder. */
  readonly staged?: Staged;
}

export interface Staged {
  readonly shownRoot: string;
  /** The root in the repository, relative to its top; empty for itself. */
  readonly below: string;
  /** Added and changed files below the root. */
  readonly concerned: readonly string[];
  /** HEAD. */
  readonly commit: string | undefined;
  /** What runners leave for the next run lies here. */
  readonly keepDir: string;
  /** Names the user's folders where a tool named those of the tree. */
  readonly rename: (text: string) => string;
}

/** Finds the root and proves its configuration; every diagnostic comes at once. */
export function openSession(io: Io, parts: Parts, cwd?: string): Promise<Result<Session>> {
  return open(recallGates, io, parts, cwd);
}

/** The same, sooner: where all was proven before, the gates are not read. */
export function openConfigured(
  io: Io,
  parts: Parts,
  cwd?: string,
): Promise<Result<ConfiguredSession>> {
  return open(recallConfig, io, parts, cwd);
}

async function open<T extends Configured>(
  recall: (key: CacheKey) => T | undefined,
  io: Io,
  parts: Parts,
  cwd: string | undefined,
): Promise<Result<ConfiguredSession & { readonly loaded: T | Loaded }>> {
  const folder = path.resolve(io.cwd, cwd ?? '.');
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    const help = ['give a folder with --cwd'];
    return fail({ kind: 'usage', message: `${cwd ?? folder} is not a folder`, help });
  }
  const root = findRoot(folder, hasConfig);
  const cache = { env: io.env, ...root, build: parts.build };
  const recalled = recall(cache);
  const loaded = recalled === undefined ? await prove(root, cache, io, parts) : ok(recalled);
  if (!loaded.ok) return loaded;
  return ok({ ...root, loaded: loaded.value, stateDir: path.join(root.root, '.nemesis') });
}

async function prove(root: Root, cache: CacheKey, io: Io, parts: Parts): Promise<Result<Loaded>> {
  const { loadConfig } = await import('../config/load.ts');
  const sources = await parts.sources();
  const load = loadConfig({
    ...root,
    packageRoot: parts.packageRoot,
    catalogue: createCatalogue(sources),
    runnerIds: sources.map(({ id }) => id),
    // What was proved once is not cached into a mistake: the end of a waiver only comes nearer.
    now: io.now(),
    ...(parts.shipped && { kept: parts.shipped() }),
  });
  if (!load.ok) return fail({ kind: 'bad_input', diagnostics: load.diagnostics });
  if (!holdsSecret(load.value, io)) rememberGates(cache, load.value, load.seen);
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
  const project = await readProject({
    root: session.root,
    repositoryTop: session.repositoryTop,
    env: io.env,
    suites: config.suites,
    bundle: config.bundle,
    coverage: config.coverage,
    audit: config.audit,
    performance: config.performance,
    secrets: config.secrets,
    ownBinDirs: [
      path.join(parts.packageRoot, 'node_modules', '.bin'),
      path.dirname(process.execPath),
    ],
  });
  return session.staged === undefined
    ? project
    : { ...project, concerned: session.staged.concerned };
}
