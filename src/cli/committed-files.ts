/** The files of one commit, read out of git's objects: no work tree, no filter, no link of it is touched. */

import path from 'node:path';
import { askGit } from '../measure/git.ts';
import type { Sight } from '../config/look.ts';

export interface CommittedFiles {
  readonly commit: string;
  /** What lay at an absolute path; undefined where only the disk can tell. Files not fetched yet are empty. */
  sight(this: void, file: string): Sight | undefined;
  /** Fetches what was looked at since; false when there was nothing to fetch. */
  fetch(): Promise<boolean>;
}

const REGULAR = /^100\d{3}$/;

/** Undefined where the ref names no commit here. */
export async function committedFiles(
  top: string,
  ref: string,
): Promise<CommittedFiles | undefined> {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const commit = (await askGit(top, ...argv))?.trim();
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  const listed = await askGit(top, 'ls-tree', '-r', '-z', '--full-tree', commit);
  if (listed === undefined) return undefined;
  const modes = new Map<string, string>();
  const folders = new Map<string, Set<string>>([['', new Set()]]);
  for (const row of listed.split('\0').filter((one) => one !== '')) {
    const [, mode = '', name = ''] = /^(\d+) \S+ \S+\t([^]*)$/.exec(row) ?? [];
    modes.set(name, mode);
    for (let inner = name; inner !== '';) {
      const outer = path.posix.dirname(inner) === '.' ? '' : path.posix.dirname(inner);
      const names = folders.get(outer) ?? new Set();
      folders.set(outer, names.add(path.posix.basename(inner)));
      inner = outer;
    }
  }
  const contents = new Map<string, Buffer>();
  const wanted = new Set<string>();
  return {
    commit,
    sight(file) {
      const name = path.relative(top, file).split(path.sep).join('/');
      const steps = name.split('/');
      if (steps[0] === '..' || steps.includes('node_modules')) return undefined;
      const names = folders.get(name);
      if (names !== undefined) return { kind: 'folder', real: file, names: [...names].sort() };
      const mode = modes.get(name);
      if (mode === undefined) return { kind: 'absent' };
      if (!REGULAR.test(mode)) return { kind: 'unreadable', why: 'it is a link' };
      const bytes = contents.get(name);
      if (bytes === undefined) wanted.add(name);
      return { kind: 'file', bytes: bytes ?? Buffer.alloc(0) };
    },
    async fetch() {
      const names = [...wanted];
      wanted.clear();
      for (const name of names) {
        const text = await askGit(top, 'cat-file', 'blob', `${commit}:${name}`);
        contents.set(name, Buffer.from(text ?? ''));
      }
      return names.length > 0;
    },
  };
}
