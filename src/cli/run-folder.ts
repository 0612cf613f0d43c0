/** The work folder of one run, `.nemesis/tmp/<run>`: what tools wrote, before anything secret is taken out of it. */

import { readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../config/make-folder.ts';
import { isRunning, processStartToken } from '../measure/process/process-table.ts';

const OWNER = 'owner.json';
const Owner = z.object({
  /** Where a pid means the same process: this host, and its container. */
  where: z.string(),
  pid: z.int().positive(),
  start: z.string().optional(),
});

/** Says whose folder it is, so that it can go as soon as that process has. A disk that refuses is told by what writes next. */
export function claimRun(stateDir: string, runId: string): void {
  const folder = path.join(stateDir, 'tmp', runId);
  const { pid } = process;
  const owner: z.infer<typeof Owner> = { where: here(), pid, start: processStartToken(pid) };
  try {
    makeFolder(folder, 0o700);
    writeFileSync(path.join(folder, OWNER), JSON.stringify(owner), { mode: 0o600 });
  } catch {
    // nobody's: it goes after a day
  }
}

/** Takes the work of a run away, as far as the disk lets it. */
export function clearRun(stateDir: string, runId: string): void {
  removeFolder(path.join(stateDir, 'tmp', runId));
}

const ONE_DAY_MS = 86_400_000;

/** Work folders of runs that were killed: nobody reads them, and after a day nobody is writing them either. */
export function clearLeftovers(stateDir: string, now: number): void {
  const folder = path.join(stateDir, 'tmp');
  if (!statSync(folder, { throwIfNoEntry: false })) return;
  for (const name of readdirSync(folder)) {
    const left = path.join(folder, name);
    const stat = statSync(left, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (now - stat.mtimeMs > ONE_DAY_MS || isOfTheDead(left)) removeFolder(left);
  }
}

/** Only what is known: of another host, or of an owner nobody can read, nothing is. */
function isOfTheDead(folder: string): boolean {
  try {
    const owner = Owner.parse(JSON.parse(readFileSync(path.join(folder, OWNER), 'utf8')));
    return owner.where === here() && !isRunning(owner.pid, owner.start);
  } catch {
    return false;
  }
}

function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // something still writes there: a later run clears what is left
  }
}

/** Containers can share a name and a folder, and still not see each other's processes. */
function here(): string {
  try {
    return `${os.hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return os.hostname();
  }
}
