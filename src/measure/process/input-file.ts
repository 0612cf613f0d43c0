/**
 * What a process finds on its standard input: a file, so that one that never reads, or ends half way, holds nobody up.
 */
import { constants, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A descriptor to read the text from; undefined without one. The file has no name any more. Throws the system's error. */
export function openInput(dir: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const file = join(dir, 'stdin');
  rmSync(file, { force: true });
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } finally {
    rmSync(file, { force: true });
  }
}
