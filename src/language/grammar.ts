/** What the levels of the grammar share, and its limits. */

import type { Cursor } from './cursor.ts';
import { stopAt } from './cursor.ts';
import type { Expr } from './expr.ts';

/** The longest text that is parsed, in UTF-16 units. */
export const MAX_LENGTH = 2000;

/** How deep parentheses, `not`, unary minus and calls may nest together. */
const MAX_DEPTH = 32;

/** The place in the text and how deep the parser already is. */
export interface Grammar {
  readonly cursor: Cursor;
  readonly depth: number;
  /** parses a whole sentence, for parentheses */
  readonly sentence: (grammar: Grammar) => Expr;
  /** parses a numeric expression, for arguments */
  readonly sum: (grammar: Grammar) => Expr;
}

/** The grammar one level deeper; stops at the current token when that is too deep. */
export function deeper(grammar: Grammar): Grammar {
  if (grammar.depth >= MAX_DEPTH) {
    const message = `nested more than ${MAX_DEPTH} levels deep`;
    throw stopAt(grammar.cursor.peek(), message, 'split it into several sentences');
  }
  return { ...grammar, depth: grammar.depth + 1 };
}
