/** Reading what a test runner says to people: the one line worth repeating, places in stack traces. */

import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const LONGEST_LINE = 300;

/** First line without colours, cut where it gets too long for a table. */
export function firstLine(text: string): string {
  const line = plain(text).trim().split('\n', 1)[0]!.trim();
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

/** As `firstLine`; where that only announces (`Expected values to be equal:`), with the line it announces. */
export function headline(text: string): string {
  const [first = '', next] = plain(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return firstLine(first.endsWith(':') && next !== undefined ? `${first} ${next}` : first);
}

export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r', '');
}

/** The first line that says what went wrong: an `Error:` line, else the first that is no decoration. */
export function usefulLine(...texts: readonly string[]): string | undefined {
  for (const text of texts) {
    const lines = plain(text)
      .split('\n')
      .map((line) => line.trim())
      .filter(
        (line) => /\p{L}{2}/u.test(line) && !/^(?:at |npm warn|\(node:\d+\)|⎯|RUN )/i.test(line),
      );
    const telling = lines.findIndex((line) =>
      /^[\w.]*(?:error|exception)\b[^:]{0,40}:/i.test(line),
    );
    const from = lines.slice(Math.max(0, telling));
    if (from.length > 0) return headline(from.join('\n'));
  }
  return undefined;
}

/** Relative to the root with `/`; undefined for what lies outside it. */
export function fileInside(root: string, file: string): string | undefined {
  const relative = path.relative(root, path.resolve(root, file.replace(/^file:\/\//, '')));
  const outside = relative === '' || relative.startsWith('..') || path.isAbsolute(relative);
  return outside ? undefined : relative.split(path.sep).join('/');
}

/** Line of the first frame of a stack that lies in a file, in any of the ways the stack may spell it. */
export function lineInStack(
  stack: string,
  ...spellings: readonly (string | undefined)[]
): number | undefined {
  const text = plain(stack);
  for (const file of spellings) {
    if (file === undefined || file === '') continue;
    for (let at = text.indexOf(`${file}:`); at >= 0; at = text.indexOf(`${file}:`, at + 1)) {
      const line = /^:(\d{1,7})\b/.exec(text.slice(at + file.length, at + file.length + 9))?.[1];
      const whole = at === 0 || /[\s(/]/.test(text[at - 1]!);
      if (whole && line !== undefined && Number(line) > 0) return Number(line);
    }
  }
  return undefined;
}

/** The first frame of a stack in the project's own files. */
export function placeInStack(
  stack: string,
  root: string,
): { readonly file: string; readonly line: number } | undefined {
  for (const [, spelled, line] of plain(stack).matchAll(
    /^ +at (?:.*? \()?(.+?):(\d{1,7}):\d+\)?$/gm,
  )) {
    const file = spelled!.startsWith('node:') ? undefined : fileInside(root, spelled!);
    const isOwn = file !== undefined && !`/${file}`.includes('/node_modules/');
    if (isOwn) return { file, line: Number(line) };
  }
  return undefined;
}
