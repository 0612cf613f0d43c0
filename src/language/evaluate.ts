/** What a sentence comes to, given what was measured. Total: every tree and every reading has an answer. */

import type { WrittenSide } from './compare.ts';
import { compareNumbers, compareVersions, holds } from './compare.ts';
import type { ComparisonOp, Expr } from './expr.ts';
import type { Surroundings, Valued } from './evaluate-value.ts';
import { evaluateValue, unknown } from './evaluate-value.ts';
import type { Cause, Outcome, Readings } from './outcome.ts';
import {
  conjunction,
  disjunction,
  isUndetermined,
  negation,
  outcomeOf,
  sectionOutcome,
  undetermined,
} from './outcome.ts';
import { printSentence } from './print.ts';
import type { TypeScope } from './scope.ts';
import { isWord } from './scope.ts';
import { areComparable, isNumeric, phrase } from './value-type.ts';
import { subjectOf } from './walk.ts';

/**
 * True, false, unknown (a reading it depends on is missing, or the arithmetic has no answer) or not applicable
 * (undetermined, and only because of readings that do not apply here).
 */
export function evaluateSentence(expr: Expr, scope: TypeScope, readings: Readings): Outcome {
  switch (expr.kind) {
    case 'logic': {
      const sides = [
        evaluateSentence(expr.left, scope, readings),
        evaluateSentence(expr.right, scope, readings),
      ];
      return expr.op === 'and' ? conjunction(sides) : disjunction(sides);
    }
    case 'not':
      return negation(evaluateSentence(expr.operand, scope, readings));
    case 'section':
      return sectionOutcome(expr.quantifier, expr.section, readings.section(expr.section));
    case 'comparison':
      return compareSides(expr.op, sidesOf(expr, scope, readings), expr);
    default:
      return truthOf(expr, scope, readings);
  }
}

/** The number an expression comes to, or why there is none. */
export function evaluateExpression(
  expr: Expr,
  scope: TypeScope,
  readings: Readings,
):
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'unknown' | 'not_applicable'; readonly because: readonly Cause[] } {
  const valued = evaluateValue(expr, { scope, readings });
  if (valued.kind !== 'value') return valued;
  if (typeof valued.value !== 'number') return unknown(printSentence(expr), 'is not a number');
  return { kind: 'value', value: valued.value };
}

/** Both sides of a comparison, with words and `baseline` understood. */
interface Sides {
  readonly left: Valued;
  readonly right: Valued;
  readonly written: WrittenSide;
}

export function sidesOf(
  expr: Extract<Expr, { kind: 'comparison' }>,
  scope: TypeScope,
  readings: Readings,
): Sides {
  const around = { scope, readings, subject: subjectOf(expr.left) };
  const left = sideValue(expr.left, expr.right, around);
  const right = sideValue(expr.right, expr.left, around);
  const written = isWritten(expr.right, expr.left, scope)
    ? 'right'
    : isWritten(expr.left, expr.right, scope)
      ? 'left'
      : 'neither';
  return { left, right, written };
}

function sideValue(expr: Expr, other: Expr, around: Surroundings): Valued {
  if (expr.kind === 'name' && isWord(expr.name, other, around.scope)) {
    return { kind: 'value', value: expr.name, type: { dimension: 'state' } };
  }
  const facesVersion =
    other.kind === 'name' && around.scope.metric(other.name)?.dimension === 'version';
  if (expr.kind === 'number' && facesVersion) {
    return { kind: 'value', value: expr.text, type: { dimension: 'version' } };
  }
  return evaluateValue(expr, around);
}

function isWritten(expr: Expr, other: Expr, scope: TypeScope): boolean {
  if (expr.kind === 'name') return isWord(expr.name, other, scope);
  return expr.kind === 'number' || expr.kind === 'text';
}

function compareSides(op: ComparisonOp, sides: Sides, expr: Expr): Outcome {
  const { left, right } = sides;
  const gap = undetermined([left, right].filter((side) => isUndetermined(side)));
  if (left.kind !== 'value' || right.kind !== 'value') {
    return gap ?? unknown(printSentence(expr), 'cannot be compared');
  }
  const { value: a, type: leftType } = left;
  const { value: b, type: rightType } = right;
  if (typeof a === 'number' && typeof b === 'number') {
    if (areComparable(leftType, rightType)) return outcomeOf(holds(op, compareNumbers(a, b)));
  } else if (typeof a === 'boolean' && typeof b === 'boolean') {
    if (op === '==' || op === '!=') return outcomeOf(holds(op, a === b ? 0 : 1));
  } else if (typeof a === 'string' && typeof b === 'string') {
    return compareTexts(op, { a, b }, sides, expr);
  }
  const why = `compares ${phrase(leftType.dimension)} with ${phrase(rightType.dimension)}`;
  return unknown(printSentence(expr), why);
}

function compareTexts(
  op: ComparisonOp,
  { a, b }: { readonly a: string; readonly b: string },
  { left, right, written }: Sides,
  expr: Expr,
): Outcome {
  const types = [left, right].flatMap((side) => (side.kind === 'value' ? [side.type] : []));
  if (types.some((type) => type.dimension === 'version')) {
    const order = compareVersions(a, b, written);
    if (order === undefined) return unknown(printSentence(expr), `compares \`${a}\` with \`${b}\``);
    return outcomeOf(holds(op, order));
  }
  if (op === '==' || op === '!=') return outcomeOf(holds(op, a === b ? 0 : 1));
  const states = types.find((type) => type.states !== undefined)?.states ?? [];
  const [low, high] = [states.indexOf(a), states.indexOf(b)];
  if (low < 0 || high < 0) return unknown(printSentence(expr), 'has no order of states');
  return outcomeOf(holds(op, compareNumbers(low, high)));
}

/** A metric or a literal as a whole sentence: it is true. */
function truthOf(expr: Expr, scope: TypeScope, readings: Readings): Outcome {
  const valued = evaluateValue(expr, { scope, readings });
  if (valued.kind !== 'value') return valued;
  if (typeof valued.value === 'boolean') return outcomeOf(valued.value);
  const name = isNumeric(valued.type.dimension) ? 'is a number' : 'is a word';
  return unknown(printSentence(expr), `${name}, not true or false`);
}
