/** Words of a sentence, as the lexer hands them to the parser. */

import type { Dimension, Problem, Span } from './expr.ts';

export type Token =
  | (Span & {
      readonly kind: 'number';
      readonly text: string;
      readonly value: number;
      readonly dimension: Dimension;
      readonly unit: string;
    })
  | (Span & { readonly kind: 'text'; readonly text: string })
  | (Span & { readonly kind: 'word'; readonly text: string })
  | (Span & { readonly kind: 'op'; readonly text: string })
  | (Span & { readonly kind: 'end'; readonly text: '' })
  /** Something unreadable: always last, and only a problem once the parser arrives there. */
  | (Span & { readonly kind: 'bad'; readonly text: string; readonly problem: Problem });

/** The unreadable stretch `offset`..`offset + length` of `source`. */
export function badToken(
  source: string,
  offset: number,
  length: number,
  message: string,
  hint?: string,
): Token {
  const problem: Problem =
    hint === undefined ? { offset, length, message } : { offset, length, message, hint };
  return { kind: 'bad', text: source.slice(offset, offset + length), offset, length, problem };
}
