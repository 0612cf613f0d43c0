/**
 * Records of an emergency whose history could not be reached, on this machine until it can. A file each: the first line
 * says whose they are, then one event draft a line. `import-spool.ts` brings them home.
 */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { EventDraft, Stream } from './journal.ts';
import { writeWhole } from './whole-file.ts';

export interface SpoolHeader extends Stream {
  readonly nemesis: 'spool';
  readonly version: 1;
  /** Where they belong, as it was written; null where nobody knew: then to the history of that service. */
  readonly store:
    | { readonly kind: 'place'; readonly where: string }
    | { readonly kind: 'env'; readonly name: string }
    | null;
  /** The record of the rollback: whatever ran when it began ends with it. */
  readonly rollback: string;
}

export const spoolFolder = (stateFolder: string): string => path.join(stateFolder, 'spool');

/**
 * Durable when it returns.
 * @param name without its ending; unique
 * @returns the file
 * @throws the error of the file system
 */
export function writeSpool(
  stateFolder: string,
  name: string,
  header: SpoolHeader,
  drafts: readonly EventDraft[],
): string {
  const file = path.join(spoolFolder(stateFolder), `${name}.jsonl`);
  writeWhole(file, [header, ...drafts].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

/** Whole paths, the oldest first. */
export function spooled(stateFolder: string): readonly string[] {
  const folder = spoolFolder(stateFolder);
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
    return names.sort((a, b) => timeOf(a) - timeOf(b)).map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

const timeOf = (name: string): number => Number(/-(\d+)\.jsonl$/.exec(name)?.[1] ?? 0);
