/** Ways to spoil a good file, each with the reason why what comes out is wrong. */

export interface Spoiler {
  readonly what: string;
  spoil(this: void, good: string): readonly (string | Uint8Array)[];
}

/** The text with one match replaced, once for every match. */
export const replacedOnce = (
  text: string,
  pattern: RegExp,
  by: (match: RegExpExecArray) => string,
) =>
  [...text.matchAll(pattern)].map((match) => {
    const { index } = match;
    return text.slice(0, index) + by(match) + text.slice(index + match[0].length);
  });
