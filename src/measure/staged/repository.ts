/** Where git keeps what belongs to a work tree, and what its index holds now. Only reads. */

import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '../../failure.ts';
import { runGit, type GitAnswer } from '../git.ts';
import { readChanges, readListing, recordsOf, textOf, type Change, type Entry } from './listing.ts';

export interface Repository {
  /** Top of the work tree, links resolved. */
  readonly top: string;
  readonly gitDir: string;
  readonly objects: string;
  /** The file that decides what is committed; a hook may be given another one than the usual. */
  readonly index: string;
  /** Undefined before the first commit. */
  readonly head: string | undefined;
  readonly objectFormat: string;
  /** The history ends early here. */
  readonly shallow: string | undefined;
}

export interface Index {
  readonly entries: readonly Entry[];
  readonly gitlinks: readonly string[];
  /** Against HEAD; what was only announced with `add --intent-to-add` is none. */
  readonly changes: readonly Change[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @param cwd where nemesis was started: a hook names its index from there */
export async function findRepository(
  folder: string,
  cwd: string,
  env: Environment,
): Promise<Result<Repository>> {
  const asked = [
    ...['rev-parse', '--show-toplevel', '--absolute-git-dir', '--show-object-format'],
    ...['--git-path', 'objects', '--git-path', 'index', '--git-path', 'shallow'],
  ];
  const [facts, head] = await Promise.all([
    runGit({ cwd: folder, argv: asked }),
    runGit({ cwd: folder, argv: ['rev-parse', '--verify', '--quiet', 'HEAD'] }),
  ]);
  if (!facts.ok) return fail(unreadable(facts));
  const [top = '', gitDir = '', objectFormat = '', ...files] = facts.stdout.split('\n');
  const [objects = '', usual = '', shallow = ''] = files.map((file) => path.resolve(folder, file));
  return ok({
    top: realpathSync(top),
    gitDir,
    objects,
    index: indexOfHook(gitDir, cwd, env) ?? usual,
    head: head.ok ? head.stdout.trim() : undefined,
    objectFormat,
    shallow: existsSync(shallow) ? shallow : undefined,
  });
}

/** `git commit -a` and `git commit FILE` hand their hook an index of its own. One of another repository is none. */
function indexOfHook(gitDir: string, cwd: string, env: Environment): string | undefined {
  const { GIT_INDEX_FILE: index, GIT_DIR: named } = env;
  if (!index) return undefined;
  if (named && realpath(path.resolve(cwd, named)) !== realpath(gitDir)) return undefined;
  return path.resolve(cwd, index);
}

function realpath(file: string): string | undefined {
  return existsSync(file) ? realpathSync(file) : undefined;
}

export async function readIndex(repository: Repository): Promise<Result<Index>> {
  const ask = (...argv: readonly string[]): Promise<GitAnswer> =>
    runGit({
      cwd: repository.top,
      argv,
      env: { GIT_INDEX_FILE: repository.index },
      encoding: 'latin1',
    });
  const diff = ['diff', '--cached', '--raw', '-z', '--no-renames', '--no-abbrev', '--no-relative'];
  const [listed, changed] = await Promise.all([
    ask('ls-files', '--stage', '-t', '-z'),
    ask(...diff, '--ignore-submodules=none', '--no-ext-diff'),
  ]);
  if (!listed.ok) return fail(unreadable(listed));
  if (!changed.ok) return fail(unreadable(changed));
  const { entries, gitlinks, unmerged } = readListing(listed.stdout);
  if (unmerged.length > 0) return fail(inConflict(unmerged));
  const changes = readChanges(changed.stdout);
  const unnameable = changes.find(({ name, isFile }) => isFile && textOf(name) === undefined);
  if (unnameable !== undefined) return fail(unspeakable(unnameable.name));
  const isStaged = new Set(changes.map(({ name }) => name));
  const suspects = entries.some(({ name, object }) => isEmptyFile(object) && !isStaged.has(name));
  if (!suspects) return ok({ entries, gitlinks, changes });
  const announced = await ask('diff-files', '--diff-filter=A', '--name-only', '-z');
  const unstaged = new Set(announced.ok ? recordsOf(announced.stdout) : []);
  return ok({ entries: entries.filter(({ name }) => !unstaged.has(name)), gitlinks, changes });
}

/** What git notes of a file that is only announced, and of every empty one; of SHA-1 and of SHA-256. */
function isEmptyFile(object: string): boolean {
  return (
    object === 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391' ||
    object === '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813'
  );
}

const MOST_NAMED = 5;

function inConflict(names: readonly string[]): Failure {
  const shown = names.slice(0, MOST_NAMED).map((name) => textOf(name) ?? name);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return {
    kind: 'cannot_act',
    message: `what is staged is in conflict: ${shown.join(', ')}${more}`,
    help: ['resolve the conflict and git add the files; nothing was measured'],
  };
}

function unspeakable(name: string): Failure {
  return {
    kind: 'cannot_act',
    message: `the name of a staged file is no UTF-8: ${JSON.stringify(name)}`,
    help: ['git mv it to a name that tools can be told'],
  };
}

function unreadable(answer: GitAnswer): Failure {
  const said = answer.ok ? '' : answer.said;
  return { kind: 'cannot_act', message: `git does not tell what is staged: ${said}` };
}
