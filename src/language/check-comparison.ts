/** Whether the two sides of a comparison can be compared. */

import type { Checking } from './check-values.ts';
import { complain, typeOfValue } from './check-values.ts';
import { isVersion } from './compare.ts';
import type { ComparisonNode, Expr } from './expr.ts';
import { nearest } from './nearest.ts';
import { printSentence } from './print.ts';
import { isWord } from './scope.ts';
import { literalText } from './units.ts';
import type { ValueType } from './value-type.ts';
import { areComparable, isNumeric, phrase } from './value-type.ts';
import { subjectOf, usesBaseline } from './walk.ts';

/** Complains about everything wrong with one comparison. */
export function checkComparison(expr: ComparisonNode, checking: Checking): void {
  const { scope } = checking;
  if (usesBaseline(expr.left)) {
    const hint = 'write the metric on the left, as in `error_rate <= baseline + 1%`';
    complain(checking, expr.left, '`baseline` stands for the metric on its left', hint);
    return;
  }
  const leftWord = wordOn(expr.left, expr.right, checking);
  const rightWord = wordOn(expr.right, expr.left, checking);
  const left = leftWord ?? typeOfValue(expr.left, checking);
  // a bare word after an unknown metric may well be right; one complaint is enough
  if (left === undefined && expr.right.kind === 'name' && isEquality(expr)) return;
  const subject = subjectOf(expr.left);
  const baseline = subject === undefined ? undefined : (scope.metric(subject) ?? 'unknown');
  const right = rightWord ?? typeOfValue(expr.right, { ...checking, baseline });
  if (left === undefined || right === undefined) return;
  if (leftWord !== undefined) checkWord(expr.left, right, expr, checking);
  else if (isWritten(expr.right, rightWord)) checkWord(expr.right, left, expr, checking);
  else if (isWritten(expr.left, leftWord)) checkWord(expr.left, right, expr, checking);
  else checkTypes(expr, left, right, checking);
}

function wordOn(expr: Expr, other: Expr, checking: Checking): ValueType | undefined {
  const isOne = expr.kind === 'name' && isWord(expr.name, other, checking.scope);
  return isOne ? { dimension: 'state' } : undefined;
}

function isWritten(expr: Expr, word: ValueType | undefined): boolean {
  return word !== undefined || expr.kind === 'text';
}

function isEquality(expr: ComparisonNode): boolean {
  return expr.op === '==' || expr.op === '!=';
}

/** A word or quoted text against the type on the other side. */
function checkWord(
  word: Expr,
  other: ValueType,
  expr: ComparisonNode,
  checking: Checking,
): undefined {
  const opposite = word === expr.left ? expr.right : expr.left;
  const value = word.kind === 'text' ? word.value : word.kind === 'name' ? word.name : '';
  if (other.dimension === 'version') {
    if (isVersion(value)) return undefined;
    const message = `${printSentence(opposite)} is a version; \`${value}\` is not one`;
    return complain(checking, word, message, 'write a version like "3.11"');
  }
  if (other.dimension !== 'state') {
    const message = `${printSentence(opposite)} is ${phrase(other.dimension)}; \`${value}\` is text`;
    const hint = other.dimension === 'boolean' ? 'write `true` or `false`' : undefined;
    return complain(checking, word, message, hint);
  }
  if (other.states === undefined) return checkOrder(expr, checking);
  if (other.states.includes(value)) return undefined;
  const meant = nearest(value, other.states);
  const known = `states are ${other.states.join(', ')}`;
  const hint = meant === undefined ? known : `write \`${meant}\`; ${known}`;
  const message = `\`${value}\` is not a state of ${printSentence(opposite)}`;
  return complain(checking, word, message, hint);
}

function checkTypes(
  expr: ComparisonNode,
  left: ValueType,
  right: ValueType,
  checking: Checking,
): undefined {
  if (left.dimension === 'version' || right.dimension === 'version') {
    const isFine = [expr.left, expr.right].every((side, index) => {
      const type = index === 0 ? left : right;
      return type.dimension === 'version' || (side.kind === 'number' && side.unit === '');
    });
    return isFine ? undefined : mismatch(expr, left, right, checking);
  }
  if (left.dimension === 'boolean' && right.dimension === 'boolean') {
    return checkOrder(expr, checking);
  }
  if (left.dimension === 'state' && right.dimension === 'state') {
    const isOrdered = left.states !== undefined && sameStates(left, right);
    return isOrdered ? undefined : checkOrder(expr, checking);
  }
  if (!isNumeric(left.dimension) || !isNumeric(right.dimension)) {
    return mismatch(expr, left, right, checking);
  }
  if (!areComparable(left, right)) return mismatch(expr, left, right, checking);
  const isOdd =
    isLargeShare(expr.left, left, expr.right) || isLargeShare(expr.right, right, expr.left);
  return isOdd ? mismatch(expr, left, right, checking) : undefined;
}

/** `coverage < 80`: a ratio is at most 1, so the percent sign was forgotten. */
function isLargeShare(side: Expr, type: ValueType, literal: Expr): boolean {
  const isMetric = side.kind === 'name' && type.dimension === 'ratio';
  return isMetric && literal.kind === 'number' && literal.unit === '' && literal.value > 1;
}

function sameStates(left: ValueType, right: ValueType): boolean {
  return left.states?.join('\n') === right.states?.join('\n');
}

function checkOrder(expr: ComparisonNode, checking: Checking): undefined {
  if (isEquality(expr)) return undefined;
  const message = `\`${expr.op}\` needs an order, and ${printSentence(expr.left)} has none`;
  return complain(checking, expr, message, 'compare with `==` or `!=`');
}

const EXAMPLE_UNIT: ReadonlyMap<string, string> = new Map([
  ['ratio', '%'],
  ['time', 'ms'],
  ['bytes', 'MB'],
  ['rate', 'req/s'],
]);

function mismatch(
  expr: ComparisonNode,
  left: ValueType,
  right: ValueType,
  checking: Checking,
): undefined {
  const both = [
    { side: expr.left, type: left, other: right },
    { side: expr.right, type: right, other: left },
  ];
  const said = both.map(({ side, type }) => `${printSentence(side)} is ${phrase(type.dimension)}`);
  // the complaint points at the side that is written, not measured
  const place = expr.left.kind === 'number' && expr.right.kind !== 'number' ? both[0] : both[1];
  const { side, other } = place ?? { side: expr, other: left };
  const unit = EXAMPLE_UNIT.get(other.dimension);
  const isUnitless = side.kind === 'number' && side.unit === '';
  const hint =
    isUnitless && unit !== undefined ? `write \`${literalText(side.text, unit)}\`` : undefined;
  return complain(checking, side, said.join('; '), hint);
}
