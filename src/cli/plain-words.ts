/**
 * The usual way of asking, `nemesis <command> --flag --option value`, read without commander, whose loading takes
 * longer than most starts. Whatever is not exactly that is commander's to read. A test holds the two together.
 */

import type { CommandRow, OptionRow } from './commands/command.ts';
import type { Asked } from './program.ts';

const FLAG = /^--((?!no-)[a-z]+(?:-[a-z]+)*)( <[a-z]+>)?$/;

/** What was asked, or undefined when commander has to look. */
export function plainWords(
  [name, ...words]: readonly string[],
  rows: readonly CommandRow[],
): Asked | undefined {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined || row.operands !== undefined) return undefined;
  const options: Record<string, unknown> = {};
  for (let index = 0; index < words.length; index += 1) {
    const option = row.options.find(({ flags }) => flags.split(' ')[0] === words[index]);
    const [, flag, value] = FLAG.exec(option?.flags ?? '') ?? [];
    if (flag === undefined) return undefined;
    const key = flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const before = options[key];
    if (isTwice(option!, before)) return undefined;
    if (value === undefined) {
      options[key] = true;
      continue;
    }
    index += 1;
    const given = words[index];
    // An empty value is commander's to refuse.
    if (given === undefined || given === '' || given.startsWith('-')) return undefined;
    options[key] = valueOf(option!, given, before);
  }
  return { row, operands: [], options };
}

function isTwice({ repeats }: OptionRow, before: unknown): boolean {
  return before !== undefined && repeats !== true;
}

function valueOf({ list, repeats }: OptionRow, given: string, before: unknown): unknown {
  if (repeats === true) return [...((before ?? []) as readonly string[]), given];
  return list === true ? collect(given, undefined) : given;
}

/** Values of an option that takes several, comma-separated and given more than once. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  const values = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...(before ?? []), ...values];
}
