/**
 * `deploy:check --staged`: the code gate on what will be committed. The index is checked out to a tree of its own, so
 * that neither the work tree nor the stash is touched, and the tools look at the files that are staged.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { Config } from '../config/config.ts';
import { cacheFolder } from '../config/cache.ts';
import { findRoot, hasConfig } from '../config/find.ts';
import { checkOut } from '../measure/staged/checkout.ts';
import { textOf, type Change } from '../measure/staged/listing.ts';
import { takePlace, type StagedPlace } from '../measure/staged/place.ts';
import { findRepository, readIndex, type Repository } from '../measure/staged/repository.ts';
import type { AskedCheck } from './asked-check.ts';
import type { Ending } from './exit.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { reporterFor } from './reporters.ts';
import { endingOf, performCheck } from './run-check.ts';
import { openSession, type Session } from './session.ts';
import { makeStateDir } from './state-dir.ts';

export async function checkStaged(asked: AskedCheck, io: Io, parts: Parts): Promise<Ending> {
  const wrong = refused(asked);
  if (wrong !== undefined) return { kind: 'failed', failure: wrong };
  const found = await findStaged(asked, io);
  if (!found.ok) return { kind: 'failed', failure: found.failure };
  const staged = found.value;
  if (staged.changes.length === 0) {
    tellNothing(asked, io);
    return { kind: 'yes' };
  }
  const made = makeStateDir(staged.stateDir);
  if (!made.ok) return { kind: 'failed', failure: made.failure };
  const place = takePlace(
    cacheFolder(io.env),
    staged.repository.top,
    path.join(staged.stateDir, 'tmp'),
  );
  try {
    const session = await openTree(staged, place, io, parts);
    if (!session.ok) return { kind: 'failed', failure: session.failure };
    const isConfigured = session.value.loaded.config.file !== undefined;
    const report = () => reporterFor(asked, io, parts, isConfigured);
    const gates = { ...asked, gates: ['code'] };
    const result = await performCheck(gates, session.value, io, parts, report);
    if (!result.ok) return { kind: 'failed', failure: result.failure };
    return endingOf(result.value, asked.strict ?? false);
  } finally {
    place.release();
  }
}

/** What a commit hook can wait for. */
function refused({ gates = [] }: AskedCheck): Failure | undefined {
  const other = gates.find((gate) => gate !== 'code');
  if (other === undefined) return undefined;
  return {
    kind: 'usage',
    message: `--staged measures the code gate only; got ${other}`,
    help: [`nemesis deploy:check --gate ${other} measures the work tree`],
  };
}

interface Found {
  readonly repository: Repository;
  /** The user's folder that is judged. */
  readonly root: string;
  readonly stateDir: string;
  /** Those below the root. */
  readonly changes: readonly Change[];
  readonly index: Parameters<typeof checkOut>[2];
}

async function findStaged({ cwd }: AskedCheck, io: Io): Promise<Result<Found>> {
  const folder = path.resolve(io.cwd, cwd ?? '.');
  const { root, repositoryTop } = findRoot(folder, hasConfig);
  if (repositoryTop === undefined) {
    const message = `${folder} is in no git repository, so nothing is staged`;
    return fail({ kind: 'usage', message });
  }
  const repository = await findRepository(root, io.cwd, io.env);
  if (!repository.ok) return repository;
  const index = await readIndex(repository.value);
  if (!index.ok) return index;
  const below = path.relative(repository.value.top, root);
  const changes = index.value.changes.filter(({ name }) => isBelow(textOf(name) ?? name, below));
  return ok({
    repository: repository.value,
    root,
    stateDir: path.join(root, '.nemesis'),
    changes,
    index: index.value,
  });
}

function isBelow(name: string, folder: string): boolean {
  return folder === '' || name.startsWith(`${folder}/`);
}

function tellNothing({ json }: AskedCheck, io: Io): void {
  if (json) io.out(`${JSON.stringify({ schema: 'nemesis.staged/1', staged: [] })}\n`);
  else io.out('nothing is staged, so there is nothing to measure\n');
}

/** A session on the tree: its configuration is the staged one too. */
async function openTree(
  { repository, root, stateDir, changes, index }: Found,
  { folder }: StagedPlace,
  io: Io,
  parts: Parts,
): Promise<Result<Session>> {
  const checkedOut = await checkOut(folder, repository, index);
  if (!checkedOut.ok) return checkedOut;
  const tree = checkedOut.value;
  const below = path.relative(repository.top, root);
  // Where all of it is deleted there is no folder any more.
  mkdirSync(path.join(tree, below), { recursive: true });
  const session = await openSession(io, parts, path.join(tree, below));
  if (!session.ok) return session;
  const { loaded, root: rootInTree } = session.value;
  const inTree = path.relative(tree, rootInTree);
  const concerned = changes
    .filter(({ isFile }) => isFile)
    .flatMap(({ name }) => textOf(name) ?? [])
    .map((name) => path.posix.relative(inTree, name))
    .sort();
  return ok({
    ...session.value,
    loaded: { ...loaded, config: named(loaded.config, rootInTree, root) },
    stateDir,
    staged: {
      shownRoot: root,
      concerned,
      commit: repository.head,
      keepDir: path.join(folder, 'kept'),
      rename: (text) => text.replaceAll(tree, repository.top),
    },
  });
}

/** A service that nobody has named has the name of its folder: the user's. */
function named(config: Config, rootInTree: string, root: string): Config {
  return config.service === path.basename(rootInTree)
    ? { ...config, service: path.basename(root) }
    : config;
}
