/**
 * Recursive descent, one function per level of precedence, loosest first:
 * `or`, `and`, `not`, comparison, `+ -`, `* /`, unary `-`, atoms.
 */

import type { Cursor } from './cursor.ts';
import { cursorOver, leftOver, noValue, ParseStop, spanFrom, stopAt } from './cursor.ts';
import type { ArithmeticOp, ComparisonOp, Expr, Parsed } from './expr.ts';
import { mirrored } from './expr.ts';
import type { Grammar } from './grammar.ts';
import { deeper, MAX_LENGTH } from './grammar.ts';
import { lex } from './lex.ts';
import { parseAtom } from './parse-atom.ts';
import { printSentence } from './print.ts';

const COMPARISONS = ['<', '<=', '==', '!=', '>=', '>'] as const;

/** Parses a whole sentence: `eslint_warnings < 10 and not any(security)`. */
export function parseSentence(text: string): Parsed {
  return parseWith(text, parseOr);
}

/** Parses a numeric expression, as scores use it: `clamp(100 - 10 * eslint_errors, 0, 100)`. */
export function parseExpression(text: string): Parsed {
  return parseWith(text, parseSum);
}

function parseWith(text: string, level: (grammar: Grammar) => Expr): Parsed {
  if (text.length > MAX_LENGTH) {
    const message = `a sentence has at most ${MAX_LENGTH} characters, this one has ${text.length}`;
    const place = { offset: MAX_LENGTH, length: text.length - MAX_LENGTH };
    return { ok: false, problem: { ...place, message } };
  }
  const cursor = cursorOver(lex(text));
  try {
    const expr = level({ cursor, depth: 0, sentence: parseOr, sum: parseSum });
    if (cursor.peek().kind !== 'end') throw leftOver(cursor);
    return { ok: true, expr };
  } catch (stop) {
    if (stop instanceof ParseStop) return { ok: false, problem: stop.problem };
    throw stop;
  }
}

function parseOr(grammar: Grammar): Expr {
  const { cursor } = grammar;
  const start = cursor.peek();
  let left = parseAnd(grammar);
  while (cursor.isWord('or')) {
    cursor.next();
    const right = parseAnd(grammar);
    left = { kind: 'logic', op: 'or', left, right, ...spanFrom(start, cursor) };
  }
  return left;
}

function parseAnd(grammar: Grammar): Expr {
  const { cursor } = grammar;
  const start = cursor.peek();
  let left = parseNot(grammar);
  while (cursor.isWord('and')) {
    cursor.next();
    const right = parseNot(grammar);
    left = { kind: 'logic', op: 'and', left, right, ...spanFrom(start, cursor) };
  }
  return left;
}

function parseNot(grammar: Grammar): Expr {
  const { cursor } = grammar;
  if (!cursor.isWord('not')) return parseComparison(grammar);
  const start = cursor.next();
  const operand = parseNot(deeper(grammar));
  return { kind: 'not', operand, ...spanFrom(start, cursor) };
}

function parseComparison(grammar: Grammar): Expr {
  const { cursor } = grammar;
  const start = cursor.peek();
  const left = parseSum(grammar);
  const op = comparisonAt(cursor);
  if (op === undefined) return left;
  cursor.next();
  const right = parseSum(grammar);
  const expr: Expr = { kind: 'comparison', op, left, right, ...spanFrom(start, cursor) };
  const second = comparisonAt(cursor);
  if (second === undefined) return expr;
  const sign = cursor.next();
  throw stopAt(sign, 'comparisons cannot be chained', chainAdvice(grammar, expr, second));
}

function comparisonAt(cursor: Cursor): ComparisonOp | undefined {
  if (cursor.peek().kind !== 'op') return undefined;
  return COMPARISONS.find((op) => op === cursor.peek().text);
}

/** `1 < a < 2` means `a > 1 and a < 2`. */
function chainAdvice(
  grammar: Grammar,
  first: Extract<Expr, { kind: 'comparison' }>,
  second: ComparisonOp,
): string {
  const isWritten = first.left.kind === 'number' || first.left.kind === 'negate';
  const left = isWritten
    ? `${printSentence(first.right)} ${mirrored(first.op)} ${printSentence(first.left)}`
    : `${printSentence(first.left)} ${first.op} ${printSentence(first.right)}`;
  const last = printSentence(parseSum(grammar));
  return `write \`${left} and ${printSentence(first.right)} ${second} ${last}\``;
}

function parseSum(grammar: Grammar): Expr {
  return parseChain(grammar, ['+', '-'], parseProduct);
}

function parseProduct(grammar: Grammar): Expr {
  return parseChain(grammar, ['*', '/'], parseUnary);
}

function parseChain(
  grammar: Grammar,
  ops: readonly ArithmeticOp[],
  tighter: (grammar: Grammar) => Expr,
): Expr {
  const { cursor } = grammar;
  const start = cursor.peek();
  let left = tighter(grammar);
  while (cursor.isOp(...ops)) {
    const text = cursor.next().text;
    const op = ops.find((one) => one === text) ?? '+';
    const right = tighter(grammar);
    left = { kind: 'arithmetic', op, left, right, ...spanFrom(start, cursor) };
  }
  return left;
}

function parseUnary(grammar: Grammar): Expr {
  const { cursor } = grammar;
  if (!cursor.isOp('-')) return parseAtom(grammar) ?? raise(noValue(cursor));
  const start = cursor.next();
  const operand = parseUnary(deeper(grammar));
  return { kind: 'negate', operand, ...spanFrom(start, cursor) };
}

function raise(stop: ParseStop): never {
  throw stop;
}
