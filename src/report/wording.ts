/** Text for people without colour: columns, durations, and other people's words made harmless. */

/** What moves a terminal, turns the direction of text, or cannot be seen: a stranger's text may hold any of it. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}\p{Surrogate}]/gu;

/** Control characters, escapes and direction marks in a stranger's text become visible and harmless. */
export function harmless(text: string): string {
  return harmlessLines(text).replace(/[\n\t]/g, ' ');
}

/** The same, and its lines stay lines. */
export function harmlessLines(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

/**
 * Whole output, with what a CI system would take for a command to itself broken up: `::error::` where a line begins,
 * `##[error]`, `##vso[` and `##teamcity[` anywhere. Colour in front of it counts as a blank.
 */
export function withoutCommands(output: string): string {
  return output
    .replace(/^((?:[^\S\r\n\u2028\u2029]|\u001b\[[\d;]*m)*):(?=:)/gm, '$1: ')
    .replace(/#(?=#[A-Za-z]{0,20}\[)/g, '# ');
}

/** `0.4 s`, `21 s`, `3 m 12 s`. */
export function durationText(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Cuts to a width with an ellipsis; only for text without colour. */
export function fit(text: string, width: number): string {
  if (text.length <= width) return text;
  const characters = [...text];
  return characters.length <= width
    ? text
    : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Breaks text at spaces into lines of at most `width` characters; no short word stands alone at the end. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  const before = lines.pop();
  if (before === undefined) return [line];
  const cut = before.lastIndexOf(' ');
  const pair = `${before.slice(cut + 1)} ${line}`;
  const isOrphan = cut > 0 && line.length <= LONGEST_ORPHAN && !line.includes(' ');
  return isOrphan && pair.length <= width
    ? [...lines, before.slice(0, cut), pair]
    : [...lines, before, line];
}

const LONGEST_ORPHAN = 8;
