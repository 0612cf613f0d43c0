/** Offsets in a text as places people can go to. */

import type { LineCounter } from 'yaml';
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

/** @param counter knows where the lines begin once the text has been parsed */
export function placerOf(file: string, text: string, counter: LineCounter): Placer {
  const last = Math.max(0, text.trimEnd().length - 1);
  return (start, end) => {
    const from = Math.min(start, last);
    const { line, col } = counter.linePos(from);
    const lineStart = Math.max(0, from - col + 1);
    const lineEnd = text.indexOf('\n', lineStart);
    const source = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, '');
    const column = Math.min(from - lineStart, source.length) + 1;
    const length = Math.max(1, Math.min(end - from, source.length - column + 1));
    return { file, line: Math.max(1, line), column, length, source };
  };
}

export function diagnoserOf(at: Placer): Diagnose {
  return (message, start, end, help = []) => {
    const { length, source, file, line, column } = at(start, end);
    return { place: { file, line, column }, message, length, source, help };
  };
}
