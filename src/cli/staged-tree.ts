/** What is staged below the judged folder, and a session on a tree that holds it. */

import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import { fail, ok, type Result } from '../failure.ts';
import { cacheFolder } from '../config/cache.ts';
import type { Config } from '../config/config.ts';
import { findRoot, hasConfig } from '../config/find.ts';
import { checkOut } from '../measure/staged/checkout.ts';
import { textOf, type Change } from '../measure/staged/listing.ts';
import { takePlace, type StagedPlace } from '../measure/staged/place.ts';
import {
  findRepository,
  readIndex,
  type Index,
  type Repository,
} from '../measure/staged/repository.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { openSession, type Session } from './session.ts';

export interface StagedProject {
  readonly repository: Repository;
  /** The user's folder that is judged. */
  readonly root: string;
  readonly stateDir: string;
  readonly index: Index;
}

export async function findStaged(cwd: string | undefined, io: Io): Promise<Result<StagedProject>> {
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
  const stateDir = path.join(root, '.nemesis');
  return ok({ repository: repository.value, root, stateDir, index: index.value });
}

/** Those below the folder that is judged. */
export function changesIn({ repository, root, index }: StagedProject): readonly Change[] {
  const below = path.relative(repository.top, root);
  return index.changes.filter(
    ({ name }) => below === '' || (textOf(name) ?? name).startsWith(`${below}/`),
  );
}

export function placeFor({ repository, stateDir }: StagedProject, io: Io): StagedPlace {
  return takePlace(cacheFolder(io.env), repository.top, path.join(stateDir, 'tmp'));
}

/** The configuration is the one in the tree. */
export async function openTree(
  staged: StagedProject,
  { folder }: StagedPlace,
  io: Io,
  parts: Parts,
): Promise<Result<Session & Required<Pick<Session, 'staged'>>>> {
  const { repository, root, stateDir, index } = staged;
  const checkedOut = await checkOut(folder, repository, index);
  if (!checkedOut.ok) return checkedOut;
  const tree = checkedOut.value;
  const below = path.relative(repository.top, root);
  // Where all of it is deleted there is no folder any more.
  makeFolder(path.join(tree, below));
  const session = await openSession(io, parts, path.join(tree, below));
  if (!session.ok) return session;
  const { loaded, root: rootInTree } = session.value;
  const inTree = path.relative(tree, rootInTree);
  const concerned = changesIn(staged)
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
      below: inTree,
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
