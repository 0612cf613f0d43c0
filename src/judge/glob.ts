/**
 * Patterns of paths: `*` within a folder, `**` across folders, `?` one character, `{a,b}` either. Pure. A pattern is
 * walked in all its ways at once, so that none takes longer than its length times that of the path.
 */

export interface GlobOptions {
  /** `[a-z]` and `[!a]` stand for one character; else they are names of files, as in `app/[id]/page.tsx`. */
  readonly classes?: boolean;
  /** A folder's name stands for all in it. */
  readonly below?: boolean;
}

/** Whether a path (`/` as separator, relative) fits a pattern; a pattern without any of these is the path itself. */
export function fitsGlob(pattern: string, file: string): boolean {
  return globMatcher(pattern)(file);
}

export function globMatcher(pattern: string, options: GlobOptions = {}): (file: string) => boolean {
  const plain = /^[^*?{},[\]]*/.exec(pattern)?.[0] ?? '';
  const states = compile(options.below === true ? `${pattern}{,/**}` : pattern, options);
  return (file) => file.startsWith(plain) && walk(states, file);
}

/** Every brace has its other half. */
export function isBalanced(pattern: string): boolean {
  let depth = 0;
  for (const one of pattern.replace(/[^{}]/g, '')) {
    depth += one === '{' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Takes one character to `next`, or none to any of `free`; the last state of all does neither. */
interface State {
  readonly takes?: (character: string) => boolean;
  readonly free: number[];
  next: number;
}

const notSlash = (character: string): boolean => character !== '/';
const any = (): boolean => true;

function compile(pattern: string, { classes = false }: GlobOptions): readonly State[] {
  const states: State[] = [];
  const add = (takes?: State['takes']): number =>
    states.push({ ...(takes && { takes }), free: [], next: states.length + 1 }) - 1;
  const step = (takes: (character: string) => boolean): void => void add(takes);
  /** Any number of them, and on. */
  const repeat = (takes: (character: string) => boolean): void => {
    const split = add();
    const taken = add(takes);
    states[taken]!.next = split;
    states[split]!.free.push(taken, states.length);
  };
  const groups: { readonly start: number; readonly ends: number[] }[] = [];
  const close = ({ ends }: (typeof groups)[number]): void => {
    ends.push(add());
    const join = add();
    for (const end of ends) states[end]!.free.push(join);
    states[join]!.free.push(states.length);
  };
  const plainly = {
    '**/'() {
      const split = add();
      states[split]!.free.push(states.length);
      repeat(any);
      step((character) => character === '/');
      states[split]!.free.push(states.length);
    },
    '**': () => repeat(any),
    '*': () => repeat(notSlash),
    '?': () => step(notSlash),
    '{'() {
      const start = add();
      states[start]!.free.push(states.length);
      groups.push({ start, ends: [] });
    },
  };
  for (const [found] of pattern.matchAll(/\*\*\/|\*{2,}|\[[^\]/]+\]|[^]/gu)) {
    const token = /^\*{3,}$/.test(found) ? '**' : found;
    const group = groups.at(-1);
    if (Object.hasOwn(plainly, token)) plainly[token as keyof typeof plainly]();
    else if (token === ',' && group !== undefined) {
      group.ends.push(add());
      states[group.start]!.free.push(states.length);
    } else if (token === '}' && group !== undefined) close(groups.pop()!);
    else if (token.length > 2 && token.startsWith('[') && classes) step(classOf(token));
    else for (const letter of token) step((character) => character === letter);
  }
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) close(group);
  add();
  return states;
}

/** What is no class, as `[z-a]`, leaves nothing out. */
function classOf(token: string): (character: string) => boolean {
  try {
    const pattern = new RegExp(`^${token.replace(/^\[!/, '[^')}$`, 's');
    return (character) => pattern.test(character);
  } catch {
    return any;
  }
}

function walk(states: readonly State[], file: string): boolean {
  let now = reached(states, [0]);
  for (const character of file) {
    const next: number[] = [];
    for (const at of now) if (states[at]!.takes?.(character) === true) next.push(states[at]!.next);
    if (next.length === 0) return false;
    now = reached(states, next);
  }
  return now.has(states.length - 1);
}

/** These, and what is reached from them for nothing. */
function reached(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (const waiting = [...from]; waiting.length > 0;) {
    const at = waiting.pop()!;
    if (all.has(at)) continue;
    all.add(at);
    waiting.push(...states[at]!.free);
  }
  return all;
}
