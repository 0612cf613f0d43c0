/** Why a sentence came out as it did, in lines for people. */

import { compareNumbers } from './compare.ts';
import type { ComparisonNode, Expr, LogicNode } from './expr.ts';
import { evaluateSentence, sidesOf } from './evaluate.ts';
import type { Valued } from './evaluate-value.ts';
import { evaluateValue } from './evaluate-value.ts';
import { formatDifference, formatValue } from './format.ts';
import type { Outcome, Readings } from './outcome.ts';
import { printSentence } from './print.ts';
import type { TypeScope } from './scope.ts';
import { metricsOf, subjectOf, usesBaseline } from './walk.ts';

/** A check must hold; a rule must not: `eslint_errors is 1, it must not be > 0`. */
export type Meant = 'must_hold' | 'must_not';

/**
 * One line per fact: `eslint_warnings is 12, the limit is < 10`. For `and` and `or` only the parts that decided
 * are explained; where one part alone decided, a first line says which.
 */
export function explainSentence(
  expr: Expr,
  scope: TypeScope,
  readings: Readings,
  meant: Meant = 'must_hold',
): readonly string[] {
  const outcome = evaluateSentence(expr, scope, readings);
  switch (expr.kind) {
    case 'logic':
      return explainLogic(expr, outcome, scope, readings, meant);
    case 'not':
      return explainSentence(expr.operand, scope, readings, opposite(meant));
    case 'section':
      return explainSection(expr, outcome, readings);
    case 'comparison':
      return causesOf(outcome) ?? explainComparison(expr, scope, readings, meant);
    default:
      return causesOf(outcome) ?? [`${printSentence(expr)} is ${outcome.kind}`];
  }
}

function causesOf(outcome: Outcome): readonly string[] | undefined {
  if (outcome.kind === 'unknown') {
    return outcome.because.map(({ metric, why }) => `${metric} cannot be told: ${why}`);
  }
  if (outcome.kind === 'not_applicable') {
    return outcome.because.map(({ metric, why }) => `${metric} does not apply: ${why}`);
  }
  return undefined;
}

function explainLogic(
  expr: LogicNode,
  outcome: Outcome,
  scope: TypeScope,
  readings: Readings,
  meant: Meant,
): readonly string[] {
  const all = operands(expr, expr.op).map((part) => ({
    part,
    kind: evaluateSentence(part, scope, readings).kind,
  }));
  const deciding = all.filter(({ kind }) => kind === outcome.kind);
  const lines = deciding.flatMap(({ part }) => explainSentence(part, scope, readings, meant));
  const [only] = deciding;
  if (only === undefined || deciding.length > 1 || all.length === 1) return distinct(lines);
  return [`decided by \`${printSentence(only.part)}\``, ...lines];
}

/** `a and b and c` as its three parts. A loop, since such a chain may be as long as a sentence. */
function operands(expr: Expr, op: string): readonly Expr[] {
  const found: Expr[] = [];
  const open: Expr[] = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'logic' && next.op === op) open.push(next.right, next.left);
    else found.push(next);
  }
  return found;
}

function explainSection(
  expr: Extract<Expr, { kind: 'section' }>,
  outcome: Outcome,
  readings: Readings,
): readonly string[] {
  if (outcome.kind === 'not_applicable') return causesOf(outcome) ?? [];
  const applying = readings.section(expr.section).filter(({ kind }) => kind !== 'not_applicable');
  const failing = applying.filter(({ kind }) => kind === 'false').length;
  const open = applying.filter(({ kind }) => kind === 'unknown').length;
  if (failing + open === 0) return [`every sentence of ${expr.section} holds`];
  const counted = `${failing} of ${sentences(applying.length)} of ${expr.section}`;
  const rest = open === 0 ? '' : `, ${open} cannot be told`;
  const line = `${counted} ${failing === 1 ? 'fails' : 'fail'}${rest}`;
  return [line, ...(causesOf(outcome) ?? [])];
}

function sentences(count: number): string {
  return count === 1 ? '1 sentence' : `${count} sentences`;
}

function explainComparison(
  expr: ComparisonNode,
  scope: TypeScope,
  readings: Readings,
  meant: Meant,
): readonly string[] {
  const { left, right } = sidesOf(expr, scope, readings);
  if (usesBaseline(expr.right)) return againstBaseline(expr, left, right, scope, readings, meant);
  const isTurned = isMeasured(expr.right, scope) && !isMeasured(expr.left, scope);
  if (isTurned) {
    const limit = `${printSentence(expr.left)} ${expr.op} ${printSentence(expr.right)}`;
    return [
      `${printSentence(expr.right)} is ${shown(right)}, ${limitWords(meant, true)} \`${limit}\``,
    ];
  }
  const value = `${printSentence(expr.left)} is ${shown(left)}`;
  const isNumber = left.kind === 'value' && typeof left.value === 'number';
  const limit = `${limitWords(meant, isNumber)} ${expr.op} ${printSentence(expr.right)}`;
  const worked = isMeasured(expr.right, scope) || expr.right.kind === 'arithmetic';
  return [`${value}, ${limit}${worked ? `, which is ${shown(right)}` : ''}`];
}

const opposite = (meant: Meant): Meant => (meant === 'must_hold' ? 'must_not' : 'must_hold');

function limitWords(meant: Meant, isNumber: boolean): string {
  if (meant === 'must_not') return 'it must not be';
  return isNumber ? 'the limit is' : 'the sentence says';
}

/** Whether a metric of the catalogue takes part. */
function isMeasured(expr: Expr, scope: TypeScope): boolean {
  return metricsOf(expr).some((name) => scope.metric(name) !== undefined);
}

function againstBaseline(
  expr: ComparisonNode,
  left: Valued,
  right: Valued,
  scope: TypeScope,
  readings: Readings,
  meant: Meant,
): readonly string[] {
  const subject = subjectOf(expr.left);
  const place = { offset: 0, length: 0 };
  const base = evaluateValue({ kind: 'baseline', ...place }, { scope, readings, subject });
  const worked = expr.right.kind === 'baseline' ? '' : ` (${printSentence(expr.right)})`;
  return [
    `${printSentence(expr.left)} is ${shown(left)}, the baseline is ${shown(base)}`,
    `${limitWords(meant, true)} ${expr.op} ${shown(right)}${worked}${margin(left, right)}`,
  ];
}

function margin(left: Valued, right: Valued): string {
  if (left.kind !== 'value' || right.kind !== 'value') return '';
  if (typeof left.value !== 'number' || typeof right.value !== 'number') return '';
  const order = compareNumbers(left.value, right.value);
  if (order === 0) return ', exactly reached';
  const distance = formatDifference(Math.abs(left.value - right.value), left.type.dimension);
  return `, ${distance} ${order > 0 ? 'above' : 'below'} it`;
}

function shown(valued: Valued): string {
  return valued.kind === 'value' ? formatValue(valued.value, valued.type.dimension) : 'not known';
}

function distinct(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}
