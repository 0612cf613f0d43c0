/** Located complaints, with the line and a caret; and the other failures a command can end in. */

import type { Diagnostic, Failure } from '../failure.ts';
import { harmless, type Style } from './text.ts';

const MOST = 50;

export function diagnosticLines(
  diagnostics: readonly Diagnostic[],
  { paint, columns }: Style,
): string[] {
  const lines = diagnostics.slice(0, MOST).flatMap((diagnostic) => {
    const { file, line, column } = diagnostic.place;
    const where = `${harmless(file)}:${line}:${column}`;
    const head = `${where} ${paint.red('error:')} ${harmless(diagnostic.message)}`;
    const help = (diagnostic.help ?? []).map((text) => `  ${harmless(text)}`);
    return [head, ...excerpt(diagnostic, paint, columns), ...help];
  });
  const hidden = diagnostics.length - MOST;
  return hidden > 0 ? [...lines, `… and ${hidden} more`] : lines;
}

/** The source line with a caret below; a long line is cut to a window around it. */
function excerpt(
  { place, source, length = 1 }: Diagnostic,
  paint: Style['paint'],
  columns: number,
): string[] {
  if (source === undefined || source.trim() === '') return [];
  const room = Math.max(20, columns - 12);
  const from = place.column - 1 > room - 10 ? place.column - 11 : 0;
  const shown = [...source.slice(from, from + room)].map(inOneColumn).join('');
  const number = String(place.line).padStart(5);
  const indent = ' '.repeat(Math.max(0, place.column - 1 - from));
  const caret = '^'.repeat(Math.max(1, Math.min(length, room - indent.length)));
  return [
    `${paint.dim(`${number} |`)} ${shown}`,
    `${paint.dim('      |')} ${indent}${paint.red(caret)}`,
  ];
}

/** What would be shown in several columns, or in none, would move the caret. */
function inOneColumn(character: string): string {
  if (character === '\t') return ' ';
  return harmless(character) === character ? character : '?';
}

export function failureLines(failure: Failure, style: Style): string[] {
  switch (failure.kind) {
    case 'bad_input':
      return diagnosticLines(failure.diagnostics, style);
    case 'interrupted':
      return [`nemesis: interrupted by ${failure.signal}; no tool is left running`];
    default:
      return [
        `nemesis: ${harmless(failure.message)}`,
        ...(failure.help ?? []).map((line) => `  ${harmless(line)}`),
      ];
  }
}
