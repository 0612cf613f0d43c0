/** Secrets that stand in the project's own files, where a scanner has found them: other tools quote those lines. */

import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';

/** Where one stands. The secret itself is in no report. */
export interface Exposed {
  /** Relative to the project's root. */
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  /** Letters of the line it stands among; a scanner may count from the line break. */
  readonly column: number;
  readonly endColumn: number;
  /** What stands right before and after it, over these lines; empty where the columns say it all. */
  readonly before: string;
  readonly after: string;
}

/** Each makes every redaction longer. */
const MOST = 200;
const LARGEST_FILE = 1024 * 1024;

/** Reads them where they stand; what cannot be read is nothing that can be quoted. */
export function readExposed(root: string, places: readonly Exposed[]): readonly string[] {
  const lines = new Map<string, readonly string[]>();
  const found = new Set<string>();
  for (const { file, line, endLine, column, endColumn, before, after } of places) {
    if (found.size >= MOST) break;
    const all = lines.get(file) ?? linesOf(path.join(root, file));
    lines.set(file, all);
    const text = all.slice(Math.max(0, line - 1), endLine).join('\n');
    const secrets =
      before === ''
        ? longestWord(text.slice(Math.max(0, column - 2), endColumn))
        : between(text, before, after);
    for (const secret of secrets) found.add(secret);
  }
  return [...found];
}

function linesOf(file: string): readonly string[] {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(LARGEST_FILE);
      return bytes.toString('utf8', 0, readSync(descriptor, bytes)).split(/\r?\n/);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return [];
  }
}

function longestWord(text: string): readonly string[] {
  const words = text.match(/[^\s"'`<>()]+/g) ?? [];
  return words.sort((a, b) => b.length - a.length).slice(0, 1);
}

function* between(text: string, before: string, after: string): Generator<string> {
  for (let at = text.indexOf(before); at !== -1; at = text.indexOf(before, at + 1)) {
    const from = at + before.length;
    const to = after === '' ? text.indexOf('\n', from) : text.indexOf(after, from);
    yield text.slice(from, to === -1 ? undefined : to).trim();
  }
}
