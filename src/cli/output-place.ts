/** Where an output would end up, and whether git keeps what lies there: a path typed wrong must cost no work. */

import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { askGit } from '../measure/git.ts';

/** Without links, also where the file, its folder, or what a link points at is not there yet. */
export function settled(file: string): string {
  try {
    return realpathSync.native(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const folder = path.dirname(file);
  if (folder === file) return file;
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (isLink) return settled(path.resolve(folder, readlinkSync(file)));
  return path.join(settled(folder), path.basename(file));
}

/** A disk that takes `.GIT` for `.git` is no excuse. */
export const isOfGit = (file: string): boolean =>
  file.split(path.sep).some((step) => step.toLowerCase() === '.git');

/** Of whatever repository it lies in. */
export async function isTracked(file: string): Promise<boolean> {
  const argv = ['--literal-pathspecs', 'ls-files', '-z', '--', path.basename(file)];
  const listed = await askGit(path.dirname(file), ...argv);
  return listed !== undefined && listed !== '';
}
