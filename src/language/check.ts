/** Proves before anything runs that a sentence makes sense: names, units, states. All problems, not the first. */

import { checkComparison } from './check-comparison.ts';
import type { Checking } from './check-values.ts';
import { complain, typeOfValue } from './check-values.ts';
import type { Expr, Problem } from './expr.ts';
import { nearest } from './nearest.ts';
import { printSentence } from './print.ts';
import type { TypeScope } from './scope.ts';
import { isNumeric, isPlain, phrase } from './value-type.ts';

/** Everything wrong with a sentence, in the order of the text; empty when it can be evaluated. */
export function checkSentence(expr: Expr, scope: TypeScope): readonly Problem[] {
  const problems: Problem[] = [];
  check(expr, { scope, problems });
  return inOrder(problems);
}

/** Everything wrong with a score expression, which must come to a plain number. */
export function checkExpression(expr: Expr, scope: TypeScope): readonly Problem[] {
  const problems: Problem[] = [];
  const checking = { scope, problems };
  const type = typeOfValue(expr, checking);
  if (type !== undefined && !isPlain(type.dimension)) {
    const message = `a plain number is wanted; ${printSentence(expr)} is ${phrase(type.dimension)}`;
    const hint = isNumeric(type.dimension)
      ? 'divide it by a value of the same unit'
      : 'compare it in a sentence instead';
    complain(checking, expr, message, hint);
  }
  return inOrder(problems);
}

function check(expr: Expr, checking: Checking): void {
  switch (expr.kind) {
    case 'logic':
      check(expr.left, checking);
      check(expr.right, checking);
      return;
    case 'not':
      check(expr.operand, checking);
      return;
    case 'section':
      checkSection(expr, checking);
      return;
    case 'comparison':
      checkComparison(expr, checking);
      return;
    default:
      checkTruth(expr, checking);
  }
}

function checkSection(expr: Extract<Expr, { kind: 'section' }>, checking: Checking): void {
  const { scope } = checking;
  if (scope.section(expr.section)) return;
  const names = scope.sectionNames();
  const meant = nearest(expr.section, names);
  const known = names.length > 0 ? `sections here: ${names.join(', ')}` : 'there are no sections';
  const hint = meant === undefined ? known : `write \`${expr.quantifier}(${meant})\``;
  complain(checking, expr, `unknown section \`${expr.section}\``, hint);
}

function checkTruth(expr: Expr, checking: Checking): void {
  const type = typeOfValue(expr, checking);
  if (type === undefined || type.dimension === 'boolean') return;
  const text = printSentence(expr);
  const first = type.states?.[0] ?? 'enabled';
  const hint = isNumeric(type.dimension)
    ? `compare it, as in \`${text} > 0\``
    : `compare it, as in \`${text} == ${type.dimension === 'version' ? '"1.0"' : first}\``;
  complain(checking, expr, `${text} is ${phrase(type.dimension)}, not true or false`, hint);
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => a.offset - b.offset);
}
