/** Which files belong to the project: what git tracks or would track, else a bounded walk. */

import { opendirSync } from 'node:fs';
import path from 'node:path';
import { askGit } from './git.ts';

/** Past this many files the list is cut, and says so. */
const MOST_FILES = 200_000;
const NEVER_OURS = new Set(['node_modules', '.git', '.nemesis', '.venv', 'venv', '__pycache__']);

export interface FileList {
  readonly files: readonly string[];
  readonly cut: boolean;
}

export async function listFiles(root: string, inGit: boolean): Promise<FileList> {
  const listed = (inGit ? await byGit(root) : undefined) ?? walk(root);
  const files = listed.filter((file) => !file.startsWith('.nemesis/')).sort();
  return { files: files.slice(0, MOST_FILES), cut: files.length > MOST_FILES };
}

async function byGit(root: string): Promise<string[] | undefined> {
  const [tracked, untracked] = await Promise.all([
    askGit(root, 'ls-files', '-z', '-c'),
    untrackedFiles(root),
  ]);
  if (tracked === undefined || untracked === undefined) return undefined;
  return [...new Set([...tracked.split('\0'), ...untracked])].filter((name) => name !== '');
}

/**
 * What git would track if it were added, but no environment and no packages that somebody forgot to ignore; undefined
 * when git cannot tell.
 */
export async function untrackedFiles(root: string): Promise<readonly string[] | undefined> {
  const never = [...NEVER_OURS].flatMap((name) => ['-x', `${name}/`]);
  const listed = await askGit(root, 'ls-files', '-z', '-o', '--exclude-standard', ...never);
  const files = listed?.split('\0').filter((name) => name !== '');
  // https://docs.python.org/3/library/venv.html: whatever its name, it has this file.
  const environments = files?.flatMap((name) => /^(.*\/)pyvenv\.cfg$/.exec(name)?.[1] ?? []) ?? [];
  return files?.filter((name) => !environments.some((folder) => name.startsWith(folder)));
}

/** Breadth first, links not followed, unreadable folders passed over. */
function walk(root: string): string[] {
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    if (files.length > MOST_FILES) break;
    try {
      const entries = opendirSync(path.join(root, folder));
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isFile()) files.push(name);
        if (entry.isDirectory() && !NEVER_OURS.has(entry.name)) folders.push(name);
      }
      entries.closeSync();
    } catch {
      // an unreadable folder holds nothing we could measure
    }
  }
  return files;
}
