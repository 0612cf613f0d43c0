/** A command line as words. No shell reads it, so what only a shell understands is refused. */

/** Words of a command line with quotes; undefined when it uses what only a shell understands. */
export function splitCommand(text: string): readonly string[] | undefined {
  const words: string[] = [];
  for (const match of text.matchAll(/\s+|((?:"[^"]*"|'[^']*'|[^\s"'])+)|(.)/gs)) {
    const [, word, odd] = match;
    if (odd !== undefined) return undefined;
    if (word === undefined) continue;
    if (/[`$|&;<>(){}*?~]/.test(word.replace(/'[^']*'|"[^"$`]*"/g, ''))) return undefined;
    words.push(word.replace(/"([^"]*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''));
  }
  return words.length === 0 ? undefined : words;
}

/** What to say where `splitCommand` found no words. */
export const NEEDS_A_SHELL = [
  'this command needs a shell, and nemesis starts none',
  ['write one program with its arguments, or put the rest into a script and run that'],
] as const;
