/** Files that are there as a whole or not at all. */

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/**
 * The old text or the new one, also after the power failed: when this returns, the new one.
 * @throws the error of the file system; then the old one
 */
export function writeDurably(file: string, text: string): void {
  replace(file, text, true);
  const folder = openSync(path.dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * The old text or the new one, also when this process is killed; quicker.
 * @throws the error of the file system; then the old one
 */
export function writeWhole(file: string, text: string): void {
  replace(file, text, false);
}

/** Undefined where there is none, or where it cannot be read. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function replace(file: string, text: string, isDurable: boolean): void {
  const draft = `${file}.${randomUUID()}`;
  try {
    const open = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(open, text);
      if (isDurable) fsyncSync(open);
    } finally {
      closeSync(open);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
