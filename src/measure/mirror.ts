/** Some files of the project in a folder of their own, as links: for tools that take a folder and no list of names. */

import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';

export interface Mirror {
  /** Name of the folder in the work folder. */
  readonly folder: string;
  /** Relative to the project's root; the same names in the mirror. */
  readonly files: readonly string[];
}

/** Names are taken as they are, so that brackets and line ends in them mean nothing. */
export function layMirror({ folder, files }: Mirror, root: string, workDir: string): void {
  const top = path.join(workDir, folder);
  const made = new Set<string>();
  makeFolder(top);
  for (const file of files) {
    const link = path.join(top, file);
    const parent = path.dirname(link);
    if (!made.has(parent)) makeFolder(parent);
    made.add(parent);
    symlinkSync(path.join(root, file), link);
  }
}
