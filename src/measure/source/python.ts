/**
 * Python, as far as lines go: strings, comments, brackets and indentation are read, expressions are not. Enough to
 * know where statements begin, where a function ends and how many ways lead through it.
 */

import { statementsOf, type Statement } from './python-lines.ts';
import { isSaid } from './comment.ts';
import type { FoundFunction, SourceReader } from './source.ts';

export const python: SourceReader = {
  executable: (text) =>
    new Set(
      statementsOf(text)
        .filter(isExecuted)
        .map(({ line }) => line),
    ),
  functions,
  statements: (text) =>
    withoutTypeChecking(statementsOf(text))
      .filter((one) => isExecuted(one) && !DECLARES.test(one.bare))
      .map(({ line, code }) => ({ line, key: withoutForm(code) })),
};

/** Nothing that a test could see to work. */
const DECLARES =
  /^(import\b|from\b|(async\s+)?def\b|class\b|@|pass$|try\s*:|else\s*:|\w+\s*:\s*[^=]*$|__all__\b|__version__\b|\w+(\s*:[^=]*)?\s*=\s*(\w+\.)?(TypeVar|NewType|ParamSpec|TypeVarTuple)\()/;

/** What stands below `if TYPE_CHECKING:` is never executed. */
function withoutTypeChecking(all: readonly Statement[]): readonly Statement[] {
  let below: number | undefined;
  return all.filter(({ indent, bare }) => {
    if (below !== undefined && indent > below) return false;
    below = /^if\s+(\w+\.)?TYPE_CHECKING\s*:/.test(bare) ? indent : undefined;
    return below === undefined;
  });
}

/** A text alone: what it documents is no statement. */
function isText({ bare }: Statement): boolean {
  return /^("")+$/.test(bare);
}

/** As coverage.py counts: `else`, `finally` and declarations of scope are part of another line. */
function isExecuted(one: Statement): boolean {
  if (isText(one) || one.comments.some((text) => /pragma:\s*no\s*cover/i.test(text))) return false;
  return !/^(else\s*:$|finally\s*:$|global\s|nonlocal\s|\.\.\.$)/.test(one.bare);
}

const HEADER = /^(?:async\s+)?def\s+(\w+)/;
const BRANCH = /^(if|elif|for|async for|while|except|case)\b/;

function functions(text: string): readonly FoundFunction[] {
  const all = statementsOf(text);
  return all.flatMap((header, index) => {
    const name = HEADER.exec(header.bare)?.[1];
    if (name === undefined) return [];
    const first = all[firstDecorator(all, index)]!;
    const body = bodyOf(all, index);
    return [
      {
        name,
        from: first.line,
        to: body.at(-1)?.last ?? header.last,
        complexity: 1 + ownWays(body),
        isCommented: [...first.above, ...[header, ...body].flatMap(wordsOf)].some(isSaid),
      },
    ];
  });
}

/** Its comments, those above it, and what it says as a text alone. */
function wordsOf(one: Statement): readonly string[] {
  const text = isText(one) ? [one.code.replace(/^\w*["']+/, '')] : [];
  return [...one.above, ...one.comments, ...text];
}

function firstDecorator(all: readonly Statement[], index: number): number {
  let first = index;
  while (first > 0 && all[first - 1]!.bare.startsWith('@')) first -= 1;
  return first;
}

function bodyOf(all: readonly Statement[], index: number): readonly Statement[] {
  const { indent } = all[index]!;
  const end = all.findIndex((one, at) => at > index && one.indent <= indent);
  return all.slice(index + 1, end < 0 ? all.length : end);
}

/** One for each branch and each comprehension; those of functions inside are theirs. */
function ownWays(body: readonly Statement[]): number {
  let ways = 0;
  let inner: number | undefined;
  for (const { bare, indent } of body) {
    if (inner !== undefined && indent > inner) continue;
    inner = HEADER.test(bare) ? indent : undefined;
    if (inner !== undefined) continue;
    const isBranch = BRANCH.test(bare) && !/^case\s+_\s*:/.test(bare);
    const loops = bare.replace(/^(async )?for\b/, '').match(/\bfor\b/g) ?? [];
    ways += (isBranch ? 1 : 0) + loops.length;
  }
  return ways;
}

/** Without quotes, spaces, commas at the end, annotations and casts. */
function withoutForm(code: string): string {
  return code
    .replace(/^([\w.]+)\s*:\s*[^=]+=(?!=)/, '$1=')
    .replace(/'/g, '"')
    .replace(/\s+/g, '')
    .replace(/(?<!\w)(?:\w+\.)?cast\((?:"[^"]*"|[\w.[\]|]+),(.*?)\)/g, '$1')
    .replace(/,(?=[)\]}])/g, '')
    .replace(/[()]/g, '');
}
