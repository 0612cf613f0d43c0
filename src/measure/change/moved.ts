/**
 * Lines that are new to the project, and not only to their place: code that was moved to another file, indented anew
 * or got other line ends says nothing that was not there before. Pure.
 */

import type { ChangedFile, Line } from './diff.ts';

/** By path, the added lines that no removed line of the whole change is the same as, spaces aside. */
export function newLines(files: readonly ChangedFile[]): ReadonlyMap<string, readonly Line[]> {
  const left = new Map<string, number>();
  for (const { removed } of files) {
    for (const { text } of removed) {
      const key = keyOf(text);
      left.set(key, (left.get(key) ?? 0) + 1);
    }
  }
  return new Map(
    files.map(({ path, added }) => [
      path,
      added.filter(({ text }) => {
        const key = keyOf(text);
        const count = left.get(key) ?? 0;
        if (count > 0) left.set(key, count - 1);
        return count === 0;
      }),
    ]),
  );
}

/** What formatters change without a change of meaning: spaces, quotes, semicolons, commas at the end, parentheses. */
function keyOf(text: string): string {
  return text
    .replace(/["'`]/g, '"')
    .replace(/[\s;()]|,(?=\s*$)/g, '')
    .replace(/^export(default)?(?=async|function|class|const|let)/, '');
}
