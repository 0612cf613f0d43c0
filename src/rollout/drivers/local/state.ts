/** What an environment was last told, as it lies on disk. */

import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { fail, ok, type Result } from '../../../failure.ts';
import { nameFile, stateFile } from './folders.ts';
import { StateShape } from './shapes.ts';
import { writeDurably } from './whole-file.ts';

export type State = z.infer<typeof StateShape>;

/** Undefined where nothing was ever asked of it. A file that cannot be read is a failure: its fence is not known. */
export function readState(folder: string): Result<State | undefined, string> {
  const file = stateFile(folder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ok(undefined) : fail(`${file} cannot be read: ${code}`);
  }
  try {
    const read = StateShape.safeParse(JSON.parse(text));
    if (read.success) return ok(read.data);
  } catch {
    // said below
  }
  return fail(`${file} does not hold the state of an environment`);
}

/** @throws the error of the file system; then the old state stands */
export function writeState(folder: string, state: State): void {
  writeDurably(stateFile(folder), `${JSON.stringify(state)}\n`);
}

/** For people who look at the folders, and for the list of environments. */
export function writeName(folder: string, service: string, environment: string): void {
  writeDurably(nameFile(folder), `${JSON.stringify({ service, environment })}\n`);
}
