/**
 * Notes on this machine which `apply` is under way, a file for each, with all that is needed to find it again after
 * nemesis was killed. A claim has a name of its own, so that whoever removes a dead one never removes a living one.
 */

import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../../../config/make-folder.ts';
import { isSameProcess, leftOf } from '../../../measure/process/leftover.ts';
import { processStartToken } from '../../../measure/process/process-table.ts';

const Noted = z.object({ pid: z.int().positive(), startToken: z.string().optional() });

const Claim = z.object({
  id: z.string(),
  fence: z.int(),
  /** Epoch milliseconds. */
  since: z.number(),
  /** It is over at the latest after so long. */
  longestMs: z.number(),
  /** The nemesis it belongs to. */
  owner: Noted,
  /** The script; absent before it was started. */
  script: Noted.optional(),
});

export type Claim = z.infer<typeof Claim>;

/** In the environment of the script and of all that it starts. */
export const APPLY_MARKER = 'NEMESIS_APPLY';

export const markerOf = ({ id }: Claim): string => `${APPLY_MARKER}=${id}`;

/** Throws the error of the file system. */
export function makeClaim(folder: string, fence: number, longestMs: number, since: number): Claim {
  makeFolder(folder, 0o700);
  const claim = { id: randomUUID(), fence, since, longestMs, owner: noted(process.pid) };
  write(folder, claim);
  return claim;
}

export function noteScript(folder: string, claim: Claim, pid: number): void {
  write(folder, { ...claim, script: noted(pid) });
}

export function dropClaim(folder: string, { id }: Claim): void {
  rmSync(fileOf(folder, id), { force: true });
}

/** Claims of others that still stand; those that are over are removed. */
export function claimsBeside(folder: string, own: Claim): readonly Claim[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.flatMap((name) => {
    if (name === `${own.id}.json`) return [];
    const claim = read(path.join(folder, name));
    if (claim !== undefined && stands(claim)) return [claim];
    rmSync(path.join(folder, name), { force: true });
    return [];
  });
}

/** Is its nemesis alive? Then the claim ends by itself, and so does its script. */
export function isOwned({ owner }: Claim): boolean {
  return isSameProcess(owner);
}

/** A claim is for one start: once its script has come and gone, it is over, whoever forgot to remove it. */
function stands(claim: Claim): boolean {
  const left = leftOf(claim.script, markerOf(claim));
  return left.length > 0 || (claim.script === undefined && isOwned(claim));
}

function read(file: string): Claim | undefined {
  try {
    return Claim.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function noted(pid: number): Claim['owner'] {
  return { pid, startToken: processStartToken(pid) };
}

/** The old text or the new one, whatever happens in between. */
function write(folder: string, claim: Claim): void {
  const file = fileOf(folder, claim.id);
  writeFileSync(`${file}.new`, JSON.stringify(claim), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const fileOf = (folder: string, id: string): string => path.join(folder, `${id}.json`);
