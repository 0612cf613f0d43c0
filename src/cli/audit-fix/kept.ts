/**
 * The lock file as it was, kept while a changed one is tried. Whoever ends in the middle leaves it, and the next start
 * puts it back byte for byte, unless somebody has changed the file since, or given the changed one to git.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { askGit } from '../../measure/git.ts';

export const LOCK = 'package-lock.json';

interface State {
  readonly pid: number;
  readonly before: string;
  readonly after: string;
  readonly installed: boolean;
}

const folderIn = (stateDir: string) => path.join(stateDir, 'audit-fix');
const sha = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** Keeps what is there, then writes the new one. */
export function changeLock(root: string, stateDir: string, text: string, installed: boolean): void {
  const folder = folderIn(stateDir);
  const before = readFileSync(path.join(root, LOCK));
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(path.join(folder, LOCK), before);
  const state: State = { pid: process.pid, before: sha(before), after: sha(text), installed };
  writeFileSync(path.join(folder, 'state.json'), JSON.stringify(state));
  writeWhole(path.join(root, LOCK), text);
}

export type Kept =
  | { readonly kind: 'none' }
  | { readonly kind: 'busy'; readonly pid: number }
  /** Somebody has changed the file since: what is kept lies there. */
  | { readonly kind: 'changed'; readonly file: string }
  /** Somebody has committed or staged what was left: it is theirs now. */
  | { readonly kind: 'adopted'; readonly installed: boolean }
  | { readonly kind: 'restored'; readonly installed: boolean };

/** Puts back what an earlier run has left. */
export async function restoreKept(root: string, stateDir: string): Promise<Kept> {
  const folder = folderIn(stateDir);
  if (!existsSync(folder)) return { kind: 'none' };
  const state = stateIn(folder);
  if (state === undefined) {
    // It ended before the lock file was touched.
    rmSync(folder, { recursive: true, force: true });
    return { kind: 'none' };
  }
  if (state.pid !== process.pid && isAlive(state.pid)) return { kind: 'busy', pid: state.pid };
  const kept = path.join(folder, LOCK);
  const file = path.join(root, LOCK);
  const now = existsSync(file) ? sha(readFileSync(file)) : '';
  if (now !== state.after && now !== state.before) return { kind: 'changed', file: kept };
  if (now === state.after && (await isInGit(root)))
    return { kind: 'adopted', installed: state.installed };
  if (now === state.after) writeWhole(file, readFileSync(kept));
  return { kind: 'restored', installed: state.installed };
}

/** What is kept is needed no longer. */
export function forgetKept(stateDir: string): void {
  rmSync(folderIn(stateDir), { recursive: true, force: true });
}

/** As it stands: a line `H` for a file git knows, and one `C` more where it differs from that. */
async function isInGit(root: string): Promise<boolean> {
  const listed = await askGit(root, 'ls-files', '-t', '--cached', '--modified', '--', LOCK);
  return listed !== undefined && /^H /m.test(listed) && !/^C /m.test(listed);
}

function stateIn(folder: string): State | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'state.json'), 'utf8')) as State;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function writeWhole(file: string, content: string | Buffer): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}
