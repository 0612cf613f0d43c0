/** A place in a list of tokens, and the complaints a parser can make there. */

import type { Problem, Span } from './expr.ts';
import { KEYWORDS } from './expr.ts';
import type { Token } from './token.ts';

/** Ends the current parse; caught by the entry points of the parser and never seen outside. */
export class ParseStop extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export interface Cursor {
  /** the token not yet consumed */
  peek(): Token;
  /** the token after that one */
  peekNext(): Token | undefined;
  /** the token consumed last */
  previous(): Token | undefined;
  next(): Token;
  isOp(...texts: readonly string[]): boolean;
  isWord(text: string): boolean;
}

export function cursorOver(tokens: readonly Token[]): Cursor {
  let index = 0;
  const end = tokens[tokens.length - 1] ?? { kind: 'end', text: '', offset: 0, length: 0 };
  const peek = () => tokens[index] ?? end;
  return {
    peek,
    peekNext: () => tokens[index + 1],
    previous: () => tokens[index - 1],
    next() {
      const token = peek();
      index += 1;
      return token;
    },
    isOp: (...texts) => peek().kind === 'op' && texts.includes(peek().text),
    isWord: (text) => peek().kind === 'word' && peek().text === text,
  };
}

/** Stops at `token`; what the lexer already complained about there comes first. */
export function stopAt(token: Token, message: string, hint?: string): ParseStop {
  if (token.kind === 'bad') return new ParseStop(token.problem);
  const { offset, length } = token;
  return new ParseStop(
    hint === undefined ? { offset, length, message } : { offset, length, message, hint },
  );
}

/** A value was expected at the cursor. */
export function noValue(cursor: Cursor): ParseStop {
  const token = cursor.peek();
  const previous = cursor.previous();
  if (token.kind === 'end') {
    if (previous === undefined) return stopAt(token, 'the sentence is empty');
    return stopAt(token, `a value is missing after \`${previous.text}\``);
  }
  if (/^[<>=!]/.test(token.text)) {
    const hint = `write the metric first, as in \`eslint_warnings ${token.text} 10\``;
    return stopAt(token, `a metric is missing before \`${token.text}\``, hint);
  }
  if (token.text === 'not') {
    const hint = 'put `not` before the whole comparison, or write it in parentheses';
    return stopAt(token, '`not` cannot stand here', hint);
  }
  return stopAt(token, `a value is missing before \`${token.text}\``);
}

/** The sentence is complete, yet something follows. */
export function leftOver(cursor: Cursor): ParseStop {
  const token = cursor.peek();
  const previous = cursor.previous();
  const message = `unexpected \`${token.text}\``;
  if (token.text === ')') return stopAt(token, message, 'no `(` is open here');
  const keyword = [previous, token].map(keywordOf).find((word) => word !== undefined);
  if (keyword !== undefined) return stopAt(token, message, `write \`${keyword}\` in lower case`);
  if (token.text === ',' && previous?.kind === 'number' && cursor.peekNext()?.kind === 'number') {
    const hint = 'write numbers without separators, and a decimal point as `.`';
    return stopAt(token, message, hint);
  }
  if (/^[<>=!]/.test(token.text)) return stopAt(token, message, 'a number is wanted here');
  if (previous !== undefined && isTime(token) && isTime(previous)) {
    return stopAt(token, message, `write \`${previous.text}${token.text}\`, without a space`);
  }
  if (token.kind === 'word' && previous?.kind === 'word') {
    return stopAt(token, message, 'put text of several words in quotes');
  }
  return stopAt(token, message, 'join two sentences with `and` or `or`');
}

/** From `start` to the token consumed last. */
export function spanFrom(start: Token, cursor: Cursor): Span {
  const last = cursor.previous() ?? start;
  return { offset: start.offset, length: last.offset + last.length - start.offset };
}

function isTime(token: Token): boolean {
  return token.kind === 'number' && token.dimension === 'time';
}

function keywordOf(token: Token | undefined): string | undefined {
  if (token?.kind !== 'word' || KEYWORDS.includes(token.text)) return undefined;
  return KEYWORDS.find((keyword) => keyword === token.text.toLowerCase());
}
