/** The files of a work tree that are not as they were committed, as an index that holds them. Only reads there. */

import { lstatSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../../failure.ts';
import { runGit } from '../git.ts';
import { WITHOUT_SETTINGS } from './checkout.ts';
import { recordsOf, textOf, type Change, type Entry } from './listing.ts';
import type { Index, Repository } from './repository.ts';

/**
 * @param gitDir of the tree in which is mended: the bytes are stored there
 * @param index what is staged
 */
export async function readWorkTree(
  repository: Repository,
  index: Index,
  gitDir: string,
): Promise<Result<Index>> {
  const { top } = repository;
  const asked = await runGit({
    cwd: top,
    argv: ['status', '--porcelain', '-z', '--no-renames', '-uall', '--ignore-submodules=all'],
    env: { GIT_INDEX_FILE: repository.index },
    encoding: 'latin1',
  });
  if (!asked.ok) return unreadable(asked.said);
  const names = recordsOf(asked.stdout).map((record) => record.slice(3));
  const files = names.flatMap((name) => {
    const text = textOf(name);
    const stat = text === undefined ? undefined : lstatSync(path.join(top, text), QUIETLY);
    return stat?.isFile() === true ? [{ name, mode: stat.mode & 0o100 ? '100755' : '100644' }] : [];
  });
  const stored = await runGit({
    cwd: top,
    argv: ['hash-object', '-w', '--no-filters', '--stdin-paths'],
    env: { ...WITHOUT_SETTINGS, GIT_DIR: gitDir, GIT_WORK_TREE: top },
    input: Buffer.from(files.map(({ name }) => `${quoted(name)}\n`).join(''), 'latin1'),
  });
  if (!stored.ok) return unreadable(stored.said);
  const objects = stored.stdout.split('\n');
  const entries: Entry[] = files.map((file, at) => ({ ...file, object: objects[at]! }));
  const changed = new Set(names);
  const changes = entries.map(({ name }): Change => ({ kind: 'changed', name, isFile: true }));
  const same = index.entries.filter(({ name }) => !changed.has(name));
  return ok({ gitlinks: index.gitlinks, entries: [...same, ...entries], changes });
}

const QUIETLY = { throwIfNoEntry: false } as const;

/** A line that begins with a quotation mark is read as a string of C. */
function quoted(name: string): string {
  if (!/["\\\n]/.test(name)) return name;
  return `"${name.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function unreadable(said: string): Result<never> {
  return fail({ kind: 'cannot_act', message: `git does not tell what is changed: ${said}` });
}
