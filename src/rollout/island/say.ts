/** What the island says: whole lines, written at once, without loading a terminal. */

import { writeSync } from 'node:fs';

export interface Mouth {
  /** Results. */
  out(text: string): void;
  /** Progress and complaints. */
  err(text: string): void;
}

export const mouth: Mouth = {
  out: (text) => write(1, text),
  err: (text) => write(2, text),
};

function write(descriptor: 1 | 2, text: string): void {
  let rest = Buffer.from(text, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A reader that has gone away is no reason to stop.
      if (code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Words from outside on one line, without anything a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 500);
}

/** `03:12:04`, as the clock on the wall. */
export function clockTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
