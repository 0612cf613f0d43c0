/**
 * Cheap bounds on a text before the parser sees it: its cost grows faster than the text, and its recursion ends in a
 * full stack. What passes is measured exactly afterwards.
 */

const MOST_LINES = 10_000;
/** Colons, commas, brackets and dashes of 5000 keys; */
const MOST_MARKS = 10_000;
/** and the quotes around them. */
const MOST_QUOTES = 40_000;
/** Twice what is allowed, since this only guesses; the parser can take ten times as much. */
const DEEPEST_GUESS = 64;

export interface TooMuch {
  readonly message: string;
  readonly offset: number;
}

export function tooMuch(text: string): TooMuch | undefined {
  const nul = text.indexOf('\0');
  if (nul >= 0) return { message: 'the file holds a NUL character', offset: nul };
  const deep = tooDeep(text) ?? /(?:[-?:][ \t]+){65}/.exec(text)?.index;
  if (deep !== undefined) return { message: 'nested deeper than 32 levels', offset: deep };
  const lines = nthMatch(text, /\n/g, MOST_LINES);
  if (lines !== undefined) return { message: `more than ${MOST_LINES} lines`, offset: lines };
  const crowd =
    nthMatch(text, /[:,?[\]{}!&*%]|^[ \t]*-/gm, MOST_MARKS) ?? nthMatch(text, /["']/g, MOST_QUOTES);
  if (crowd === undefined) return undefined;
  return { message: 'more structure than any gate needs (limit: 5000 keys)', offset: crowd };
}

/** Where the match after the first `most` stands. */
function nthMatch(text: string, pattern: RegExp, most: number): number | undefined {
  let count = 0;
  for (const { index } of text.matchAll(pattern)) {
    count += 1;
    if (count > most) return index;
  }
  return undefined;
}

/** The offset where nesting goes too far: by indentation, by `- - -` in one line, or by brackets. */
function tooDeep(text: string): number | undefined {
  const indents: number[] = [];
  let brackets = 0;
  let offset = 0;
  for (const line of text.split('\n')) {
    const lead = /^ *(?:[-?:] +)*(?=\S)/.exec(line)?.[0];
    if (lead !== undefined && brackets <= 0) {
      for (const { index } of lead.matchAll(/[-?:]|$/g)) {
        while ((indents.at(-1) ?? -1) >= index) indents.pop();
        indents.push(index);
        if (indents.length > DEEPEST_GUESS) return offset + index;
      }
    }
    for (const { 0: mark, index } of withoutQuotes(line).matchAll(/[[{\]}]/g)) {
      brackets = Math.max(0, brackets + (mark === '[' || mark === '{' ? 1 : -1));
      if (brackets > DEEPEST_GUESS) return offset + index;
    }
    offset += line.length + 1;
  }
  return undefined;
}

/** Quoted text and comments as spaces, so that every other character keeps its place. */
function withoutQuotes(line: string): string {
  if (!/[[{\]}]/.test(line)) return '';
  return line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'|(?<=^|\s)#.*/g, (part) => ' '.repeat(part.length));
}
