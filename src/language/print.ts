/** A parsed sentence back to text, in one canonical spelling. */

import type { Expr } from './expr.ts';

/** How tightly a node binds; a part that binds less tightly than its place needs parentheses. */
const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARISON = 4;
const SUM = 5;
const PRODUCT = 6;
const UNARY = 7;
const ATOM = 8;

/** The canonical text of a sentence or expression; parsing it yields the same tree, offsets apart. */
export function printSentence(expr: Expr): string {
  return print(expr, OR);
}

function print(expr: Expr, place: number): string {
  const text = printNode(expr);
  return tightness(expr) < place ? `(${text})` : text;
}

function printNode(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.text;
    case 'text':
      return quoted(expr.value);
    case 'boolean':
      return String(expr.value);
    case 'name':
      return expr.name;
    case 'baseline':
      return 'baseline';
    case 'section':
      return `${expr.quantifier}(${expr.section})`;
    case 'call':
      return `${expr.fn}(${expr.args.map((arg) => print(arg, SUM)).join(', ')})`;
    case 'negate':
      return `-${print(expr.operand, UNARY)}`;
    case 'not':
      return `not ${print(expr.operand, NOT)}`;
    case 'comparison':
      return `${print(expr.left, SUM)} ${expr.op} ${print(expr.right, SUM)}`;
    case 'arithmetic':
    case 'logic': {
      const own = tightness(expr);
      return `${print(expr.left, own)} ${expr.op} ${print(expr.right, own + 1)}`;
    }
  }
}

/** Text in double quotes, as the language reads it. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function tightness(expr: Expr): number {
  switch (expr.kind) {
    case 'logic':
      return expr.op === 'or' ? OR : AND;
    case 'not':
      return NOT;
    case 'comparison':
      return COMPARISON;
    case 'arithmetic':
      return expr.op === '+' || expr.op === '-' ? SUM : PRODUCT;
    case 'negate':
      return UNARY;
    default:
      return ATOM;
  }
}
