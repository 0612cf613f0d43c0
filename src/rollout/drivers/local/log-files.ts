/** Logs that processes write to by themselves: kept below a size, and read from their end. */

import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';

/** What a log may hold before it is begun anew; the last full one is kept beside it as `.1`. */
export const LOG_CAP_BYTES = 4 * 1024 * 1024;
const TAIL_BYTES = 4096;
const LONGEST_LINE = 200;

/** The writers append, so a file that is cut under their hands goes on from its beginning. */
export function capLog(file: string, capBytes = LOG_CAP_BYTES): void {
  try {
    if (statSync(file).size <= capBytes) return;
    copyFileSync(file, `${file}.1`);
    const open = openSync(file, 'r+');
    try {
      ftruncateSync(open, 0);
    } finally {
      closeSync(open);
    }
  } catch {
    // gone, or a full disk: looked at again soon
  }
}

export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The last line that says anything, of what was written behind `from`; printable, shortened. */
export function lastLine(file: string, from: number): string | undefined {
  try {
    const open = openSync(file, 'r');
    try {
      const { size } = fstatSync(open);
      const begin = Math.max(size < from ? 0 : from, size - TAIL_BYTES);
      const bytes = Buffer.alloc(size - begin);
      readSync(open, bytes, 0, bytes.length, begin);
      const lines = bytes.toString('utf8').split(/[\r\n]+/);
      return lines.map(printable).findLast((line) => line !== '');
    } finally {
      closeSync(open);
    }
  } catch {
    return undefined;
  }
}

function printable(line: string): string {
  const plain = line.replace(/[\p{C}\s]+/gu, ' ').trim();
  return plain.length > LONGEST_LINE ? `${plain.slice(0, LONGEST_LINE - 1)}…` : plain;
}
