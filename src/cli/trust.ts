/** Whether a file of ours may be relied on: somebody else could have written what stands in it. */

import { statSync } from 'node:fs';
import path from 'node:path';

const OTHERS_WRITE = 0o002;

/** What a file system says of a file. */
export interface Owned {
  readonly uid: number;
  readonly mode: number;
}

/** Why not; undefined where it can be relied on, or where nothing is. */
export function distrusted(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  const folder = statSync(path.dirname(file), { throwIfNoEntry: false });
  if (found === undefined || folder === undefined) return undefined;
  const why = reasonAgainst(found, folder, process.getuid?.());
  return why === undefined ? undefined : `${path.basename(file)} ${why}`;
}

/** @param user undefined where the system knows no owners */
export function reasonAgainst(
  file: Owned,
  folder: Owned,
  user: number | undefined,
): string | undefined {
  if (user === undefined) return undefined;
  // Root in a container works on what the user outside owns; and what root owns is no stranger's.
  if (file.uid !== user && user !== 0 && file.uid !== 0) return 'belongs to another user';
  // Where everything is open to everybody, the file system knows no permissions (a Windows drive in Linux).
  const isOpen = (file.mode & OTHERS_WRITE) !== 0 && (folder.mode & OTHERS_WRITE) === 0;
  return isOpen ? 'can be written by everybody' : undefined;
}
