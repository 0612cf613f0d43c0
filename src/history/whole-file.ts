/** A file of the user's own state that is there as a whole or not at all. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';

/**
 * The old text or the new one, whatever happens in between; readable by this user alone. Makes the folder.
 * @throws the error of the file system
 */
export function writeWhole(file: string, text: string): void {
  write(file, text, true);
}

/** The same for what may be lost when the machine loses power: it waits for no disk. */
export function replaceFile(file: string, text: string): void {
  write(file, text, false);
}

function write(file: string, text: string, durable: boolean): void {
  const folder = path.dirname(file);
  makeFolder(folder, 0o700);
  const draft = `${file}.${process.pid}-${process.hrtime().join('-')}`;
  try {
    const open = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(open, text);
      if (durable) fsyncSync(open);
    } finally {
      closeSync(open);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
