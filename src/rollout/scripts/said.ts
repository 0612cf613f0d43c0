/** What a script said, made fit to be shown: no secrets, no terminal escapes, few and short lines. */

import { stripVTControlCharacters } from 'node:util';
import type { ProcessEnd } from '../../measure/process/contract.ts';
import type { Redact } from '../../measure/redact.ts';

const LONGEST_LINE = 300;
/** So much of the end is looked at, in bytes. */
const LOOKED_AT = 64 * 1024;

/** The last lines that are not empty, in order. */
export function lastLines(output: Buffer, most: number, redact: Redact): readonly string[] {
  return endOf(output)
    .split('\n')
    .map((line) => shown(line, redact))
    .filter((line) => line !== '')
    .slice(-most);
}

/** The last line that is not empty, as it stands. */
export function lastLine(output: Buffer): string {
  const lines = endOf(output).split('\n');
  return lines.findLast((line) => line.trim() !== '') ?? '';
}

/** Its whole lines at the end: half of one could be half of a secret. */
function endOf(output: Buffer): string {
  if (output.length <= LOOKED_AT) return output.toString();
  const end = output.subarray(-LOOKED_AT).toString();
  const first = end.indexOf('\n');
  return first === -1 ? `(${output.length} bytes without a line break)` : end.slice(first + 1);
}

/** One line of words from outside. */
export function shown(text: string, redact: Redact): string {
  const plain = stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
  const line = redact(plain).trim();
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

/** How it ended, where it did not end by itself with an exit code. */
export function endText(end: Exclude<ProcessEnd, { kind: 'exited' }>): string {
  switch (end.kind) {
    case 'not_started':
      return end.message;
    case 'signalled':
      return `was ended by ${end.signal}`;
    case 'timed_out':
      return `did not end within ${end.afterMs / 1000} s`;
    case 'output_capped':
      return `wrote more than ${end.capBytes} bytes to ${end.stream}`;
    case 'aborted':
      return 'was ended';
  }
}
