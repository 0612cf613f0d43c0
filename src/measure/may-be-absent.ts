/** Asks the file system about what may not be there, or not be ours to read: then the answer is empty. */

import { readdirSync, realpathSync } from 'node:fs';

/** With every link followed, or as it was given. */
export function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
