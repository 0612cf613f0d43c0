/** Takes the arguments a project's script gives a tool apart, so that nemesis can ask for its own report. */

export interface KnownFlags {
  /** Flags whose value is the next word: `--config`. */
  readonly valued: readonly string[];
  /** Flags left out, with their value where they have one: output, caching, anything that writes. */
  readonly dropped: readonly string[];
}

export interface ScriptArguments {
  /** In order, each followed by its value. */
  readonly flags: readonly string[];
  readonly paths: readonly string[];
}

/** `words` without the program's name. */
export function readArguments(words: readonly string[], known: KnownFlags): ScriptArguments {
  const flags: string[] = [];
  const paths: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '--') {
      paths.push(...words.slice(index + 1));
      break;
    }
    if (!word.startsWith('-')) {
      paths.push(word);
      continue;
    }
    const name = word.replace(/=.*$/s, '');
    const takesNext = name === word && known.valued.includes(name);
    const value = takesNext ? words[index + 1] : undefined;
    if (value !== undefined) index += 1;
    if (!known.dropped.includes(name)) flags.push(word, ...(value === undefined ? [] : [value]));
  }
  return { flags, paths };
}
