/** Offsets in a text as places people can go to. */

import type { Diagnostic } from '../failure.ts';
import type { Spot } from './yaml-document.ts';

/** From two offsets to a spot; one behind the last word of the text is the end of that word. */
export type Placer = (start: number, end: number) => Spot;

export type Diagnose = (
  message: string,
  start: number,
  end: number,
  help?: readonly string[],
) => Diagnostic;

/** Counts lines itself: yaml's own counter loses some in a text that is broken. */
export function placerOf(file: string, text: string): Placer {
  let lineStarts: number[] | undefined;
  const linesUntil = (offset: number) => {
    lineStarts ??= [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
    let [low, high] = [0, lineStarts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lineStarts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const last = Math.max(0, text.trimEnd().length - 1);
  return (start, end) => {
    const from = Math.max(0, Math.min(start, last)); // yaml reports -1 for some ends
    const lineStart = from === 0 ? 0 : text.lastIndexOf('\n', from - 1) + 1;
    const line = linesUntil(lineStart) + 1;
    const lineEnd = text.indexOf('\n', lineStart);
    const source = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, '');
    const column = Math.min(from - lineStart, source.length) + 1;
    const length = Math.max(1, Math.min(end - from, source.length - column + 1));
    return { file, line, column, length, source };
  };
}

export function diagnoserOf(at: Placer): Diagnose {
  return (message, start, end, help = []) => {
    const { length, source, file, line, column } = at(start, end);
    return { place: { file, line, column }, message, length, source, help };
  };
}
