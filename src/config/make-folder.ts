/** Makes a folder and those above it. */

import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * As `mkdirSync` with `recursive` does, but it ends: Node asks for ever where a folder may not be made although the one
 * above it is there, as in `/proc` and below a folder that was removed.
 *
 * @param mode of the folders it makes
 */
export function makeFolder(folder: string, mode = 0o777): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
    const above = path.dirname(folder);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || existsSync(above)) throw error;
    makeFolder(above, mode);
    makeFolder(folder, mode);
  }
}
