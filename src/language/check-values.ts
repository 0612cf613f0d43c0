/** Types of values, with every problem found on the way. */

import type { Expr, Problem } from './expr.ts';
import { KEYWORDS } from './expr.ts';
import { nearest } from './nearest.ts';
import { printSentence } from './print.ts';
import type { TypeScope } from './scope.ts';
import type { Typing, ValueType } from './value-type.ts';
import { arithmeticType, isNumeric, literalType, phrase, sameType } from './value-type.ts';

/** What checking carries along: problems are collected, never thrown. */
export interface Checking {
  readonly scope: TypeScope;
  readonly problems: Problem[];
  /** the type `baseline` has here; undefined where it means nothing */
  readonly baseline?: ValueType | 'unknown' | undefined;
}

export function complain(checking: Checking, at: Expr, message: string, hint?: string): undefined {
  const { offset, length } = at;
  checking.problems.push(
    hint === undefined ? { offset, length, message } : { offset, length, message, hint },
  );
}

/** The type of a value, or undefined when that is a problem already complained about. */
export function typeOfValue(expr: Expr, checking: Checking): ValueType | undefined {
  switch (expr.kind) {
    case 'number':
      return literalType(expr);
    case 'text':
      return { dimension: 'state' };
    case 'boolean':
      return { dimension: 'boolean' };
    case 'name':
      return checking.scope.metric(expr.name) ?? unknownMetric(expr, expr.name, checking);
    case 'baseline':
      return typeOfBaseline(expr, checking);
    case 'negate':
      return typeOfNegated(expr.operand, checking);
    case 'arithmetic':
      return typeOfArithmetic(expr, checking);
    case 'call':
      return typeOfCall(expr, checking);
    default:
      return complain(checking, expr, `\`${printSentence(expr)}\` is a sentence, not a value`);
  }
}

function unknownMetric(at: Expr, name: string, checking: Checking): undefined {
  const lower = name.toLowerCase();
  const meant = KEYWORDS.includes(lower) ? lower : nearest(name, checking.scope.metricNames());
  const hint = meant === undefined ? undefined : `write \`${meant}\``;
  return complain(checking, at, `unknown metric \`${name}\``, hint);
}

function typeOfBaseline(expr: Expr, checking: Checking): ValueType | undefined {
  const { baseline } = checking;
  if (baseline === 'unknown') return undefined;
  if (baseline !== undefined) return baseline;
  const hint = 'as in `error_rate <= baseline + 1%`';
  const message = '`baseline` needs a comparison with one metric on its left';
  return complain(checking, expr, message, hint);
}

function typeOfNegated(operand: Expr, checking: Checking): ValueType | undefined {
  const type = typeOfValue(operand, checking);
  if (type === undefined || isNumeric(type.dimension)) return type;
  const message = `${printSentence(operand)} is ${phrase(type.dimension)} and has no negative`;
  return complain(checking, operand, message);
}

function typeOfArithmetic(
  expr: Extract<Expr, { kind: 'arithmetic' }>,
  checking: Checking,
): ValueType | undefined {
  const left = typeOfValue(expr.left, checking);
  const right = typeOfValue(expr.right, checking);
  if (expr.op === '/' && expr.right.kind === 'number' && expr.right.value === 0) {
    return complain(checking, expr.right, 'nothing can be divided by zero');
  }
  if (left === undefined || right === undefined) return undefined;
  return accepted(arithmeticType(expr.op, left, right), expr, checking);
}

function typeOfCall(
  expr: Extract<Expr, { kind: 'call' }>,
  checking: Checking,
): ValueType | undefined {
  const types = expr.args.map((arg) => typeOfValue(arg, checking));
  let common: ValueType | undefined;
  for (const [index, type] of types.entries()) {
    if (type === undefined) return undefined;
    const typing = sameType(common ?? type, type);
    common = accepted(typing, expr.args[index] ?? expr, checking);
    if (common === undefined) return undefined;
  }
  return common;
}

function accepted(typing: Typing, at: Expr, checking: Checking): ValueType | undefined {
  return typing.ok ? typing.type : complain(checking, at, typing.why);
}
