/** Command lines as lists of words: taking out the flags nemesis sets itself. */

/**
 * How a flag is written: `alone` has no value, `value` takes the next word unless it has a `=`,
 * `values` takes every word up to the next flag.
 */
export type FlagShape = 'alone' | 'value' | 'values';

/** `drop` is asked for each flag by name, `--coverage.reporter`; values of dropped flags go with them. */
export function withoutFlags(
  words: readonly string[],
  drop: (flag: string) => FlagShape | undefined,
): string[] {
  const kept: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '--') return [...kept, ...words.slice(index)];
    const shape = word.startsWith('-') ? drop(word.split('=', 1)[0]!) : undefined;
    if (shape === undefined) kept.push(word);
    else if (word.includes('=')) continue;
    else if (shape === 'value') index += 1;
    else if (shape === 'values') {
      while (words[index + 1]?.startsWith('-') === false) index += 1;
    }
  }
  return kept;
}

/** A table of flags by name; `--coverage.*` stands for everything that begins so. */
export function flagTable(
  table: Readonly<Record<string, FlagShape>>,
): (flag: string) => FlagShape | undefined {
  const prefixes = Object.entries(table).filter(([name]) => name.endsWith('*'));
  return (flag) =>
    Object.hasOwn(table, flag)
      ? table[flag]
      : prefixes.find(([name]) => flag.startsWith(name.slice(0, -1)))?.[1];
}
