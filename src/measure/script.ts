/**
 * Reads a package.json script as data: which program it would start, with which arguments.
 * Nothing is run by a shell. What is too clever to be read (substitutions, redirections, loops) is left alone.
 */

/** One command of a script: `NODE_ENV=test mocha test/` is env {NODE_ENV: test}, words [mocha, test/]. */
export interface ScriptCommand {
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

/** Programs that only start another one, and how many words of theirs come first. */
const WRAPPERS: Readonly<Record<string, (words: readonly string[]) => number>> = {
  'cross-env': () => 1,
  'cross-env-shell': () => 1,
  npx: (words) => skipFlags(words, 1),
  env: () => 1,
  time: () => 1,
  c8: (words) => skipFlags(words, 1),
  nyc: (words) => skipFlags(words, 1),
  dotenv: (words) => words.indexOf('--') + 1 || 1,
};

/**
 * The first command of a script that starts `program`, found through `&&`, wrappers and `npm run other`.
 * `env` collects assignments before it.
 */
export function commandIn(
  scripts: Readonly<Record<string, string>>,
  script: string,
  program: string,
): ScriptCommand | undefined {
  return findCommand(scripts, script, program, new Set());
}

function findCommand(
  scripts: Readonly<Record<string, string>>,
  name: string,
  program: string,
  seen: Set<string>,
): ScriptCommand | undefined {
  const text = scripts[name];
  if (text === undefined || seen.has(name)) return undefined;
  seen.add(name);
  for (const command of readScript(text)) {
    const unwrapped = unwrap(command);
    if (unwrapped.words[0] === program) return unwrapped;
    for (const other of scriptsStarted(unwrapped.words, Object.keys(scripts))) {
      const found = findCommand(scripts, other, program, seen);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Scripts of the same package that `npm run x`, `yarn x`, `run-s a b:*` and the like start. */
function scriptsStarted(words: readonly string[], names: readonly string[]): string[] {
  const [program, ...rest] = words;
  const plain = rest.filter((word) => !word.startsWith('-'));
  if (program === 'npm' || program === 'pnpm' || program === 'yarn' || program === 'bun') {
    const [verb, target] = plain;
    if (verb === 'run' || verb === 'run-script') return target === undefined ? [] : [target];
    return verb !== undefined && names.includes(verb) ? [verb] : [];
  }
  if (program === 'run-s' || program === 'run-p' || program === 'npm-run-all') {
    return plain.flatMap((pattern) =>
      pattern.endsWith(':*')
        ? names.filter((name) => name.startsWith(pattern.slice(0, -1)))
        : [pattern],
    );
  }
  return [];
}

function unwrap(command: ScriptCommand): ScriptCommand {
  let { words } = command;
  let env = command.env;
  for (let round = 0; round < 8; round++) {
    const skip = WRAPPERS[words[0] ?? '']?.(words);
    if (skip === undefined) break;
    const inner = withoutAssignments(words.slice(skip));
    words = inner.words;
    env = { ...env, ...inner.env };
  }
  const path = /(?:^|\/)node_modules\/\.bin\/([^/]+)$/.exec(words[0] ?? '');
  if (path?.[1] !== undefined) words = [path[1], ...words.slice(1)];
  return { env, words };
}

/** Index of the first word after `from` that is no flag. */
function skipFlags(words: readonly string[], from: number): number {
  let index = from;
  while (words[index]?.startsWith('-')) index += 1;
  return index;
}

/** Commands of a script in order; those that need a shell to be understood are left out. */
export function readScript(text: string): ScriptCommand[] {
  const commands: ScriptCommand[] = [];
  for (const words of splitWords(text)) {
    if (words !== undefined && words.length > 0) commands.push(withoutAssignments(words));
  }
  return commands;
}

function withoutAssignments(words: readonly string[]): ScriptCommand {
  const env: Record<string, string> = {};
  let index = 0;
  for (; index < words.length; index++) {
    const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(words[index]!);
    if (assignment === null) break;
    env[assignment[1]!] = assignment[2]!;
  }
  return { env, words: words.slice(index) };
}

/** Words of each command between `&&`, `||`, `;` and `&`; undefined for one that only a shell understands. */
function splitWords(text: string): (string[] | undefined)[] {
  const commands: (string[] | undefined)[] = [];
  let words: string[] | undefined = [];
  const token = /\s+|(&&|\|\||;|&)|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\&|;])+)|(.)/gs;
  for (const match of text.matchAll(token)) {
    const [, separator, word, odd] = match;
    if (separator !== undefined) {
      commands.push(words);
      words = [];
    } else if (odd !== undefined || (word !== undefined && needsShell(word))) {
      words = undefined;
    } else if (word !== undefined) {
      words?.push(unquote(word));
    }
  }
  commands.push(words);
  return commands;
}

/** Single quotes hold no shell syntax, double quotes only substitutions. */
function needsShell(word: string): boolean {
  const rest = word.replace(/'[^']*'/g, '');
  return /[`$]/.test(rest) || /[<>(){}]/.test(rest.replace(/"(?:[^"\\]|\\.)*"/g, ''));
}

function unquote(word: string): string {
  return word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs, (_, double, single, escaped) =>
    double !== undefined
      ? String(double).replace(/\\(["\\$`])/g, '$1')
      : String(single ?? escaped ?? ''),
  );
}
