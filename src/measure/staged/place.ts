/**
 * Where the tree of what is staged lies: in the user's cache folder, one for each repository, where no linter or test
 * runner that is started by hand can stumble over a second copy of the project. While another run holds it, or where
 * there is no such folder, it is made below `.nemesis` for this run alone.
 */

import { createHash } from 'node:crypto';
import {
  existsSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';

export interface StagedPlace {
  /** Absolute. */
  readonly folder: string;
  release(): void;
}

/**
 * @param cache the user's cache folder for nemesis
 * @param top of the repository
 * @param ownTmp a folder in which everything may be made and cleared
 */
export function takePlace(cache: string | undefined, top: string, ownTmp: string): StagedPlace {
  clearDead(ownTmp);
  const kept = cache === undefined || !path.isAbsolute(cache) ? undefined : keptFolder(cache, top);
  if (kept !== undefined && lock(kept)) {
    return {
      folder: realpathSync(kept),
      release: () => rmSync(path.join(kept, LOCK), { force: true }),
    };
  }
  const folder = path.join(ownTmp, `${OWN}${process.pid}`);
  makeFolder(folder, 0o700);
  return {
    folder: realpathSync(folder),
    release: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const LOCK = 'lock';
const OWN = 'staged-';
const KEPT_MS = 30 * 86_400_000;

function keptFolder(cache: string, top: string): string | undefined {
  const readable = path
    .basename(top)
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .slice(0, 60);
  const name = `${readable}-${createHash('sha256').update(top).digest('hex').slice(0, 16)}`;
  const all = path.join(cache, 'staged');
  const folder = path.join(all, name);
  try {
    if (!existsSync(folder)) {
      makeFolder(folder, 0o700);
      clearForgotten(all);
    }
    return folder;
  } catch {
    return undefined;
  }
}

/** Trees of repositories nobody has committed to for a month. */
function clearForgotten(all: string): void {
  for (const name of readdirSync(all)) {
    const listing = statSync(path.join(all, name, 'listing'), { throwIfNoEntry: false });
    if (listing !== undefined && Date.now() - listing.mtimeMs > KEPT_MS)
      rmSync(path.join(all, name), { recursive: true, force: true });
  }
}

function lock(folder: string): boolean {
  const file = path.join(folder, LOCK);
  for (let round = 0; round < 2; round++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
      if (isAlive(Number(readFileSync(file, 'utf8')))) return false;
      // Whoever held it was killed.
      rmSync(file, { force: true });
    }
  }
  return false;
}

function clearDead(ownTmp: string): void {
  if (!existsSync(ownTmp)) return;
  for (const name of readdirSync(ownTmp)) {
    if (name.startsWith(OWN) && !isAlive(Number(name.slice(OWN.length))))
      rmSync(path.join(ownTmp, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
