/**
 * Cheap bounds on a text before the parser sees it: its cost grows faster than the text, and its recursion ends in a
 * full stack. What passes is measured exactly afterwards.
 */

/** More commas, colons, brackets and dashes than 5000 keys can need. */
const MOST_MARKS = 20_000;
/** Twice what is allowed, since this only guesses; the parser can take ten times as much. */
const DEEPEST_GUESS = 64;

export interface TooMuch {
  readonly message: string;
  readonly offset: number;
}

export function tooMuch(text: string): TooMuch | undefined {
  const nul = text.indexOf('\0');
  if (nul >= 0) return { message: 'the file holds a NUL character', offset: nul };
  const deep = tooDeep(text);
  if (deep !== undefined) return { message: 'nested deeper than 32 levels', offset: deep };
  const marks = text.matchAll(/[:,[{?]|^[ \t]*-/gm);
  let count = 0;
  for (const { index } of marks) {
    count += 1;
    if (count > MOST_MARKS) {
      return { message: 'more structure than any gate needs (limit: 5000 keys)', offset: index };
    }
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
