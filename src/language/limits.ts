/** The written limits of a sentence, so that a team's config can put its own number in their place. */

import type { ComparisonOp, Expr } from './expr.ts';
import { mirrored, partsOf } from './expr.ts';
import { MAX_LENGTH } from './grammar.ts';
import { parseSentence } from './parse.ts';
import { printSentence } from './print.ts';
import { isWord, type TypeScope } from './scope.ts';

/** `metric op text`; `offset` and `length` are those of the limit in the sentence. */
export interface Limit {
  readonly metric: string;
  readonly op: ComparisonOp;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Every simple comparison of a metric with a literal, in order; `10 > a` counts as `a < 10`. With a `scope` the
 * catalogue tells the states of a metric (`ts_target >= ES2022`) from other metrics.
 */
export function limitsOf(expr: Expr, scope?: TypeScope): readonly Limit[] {
  if (expr.kind !== 'comparison') return partsOf(expr).flatMap((part) => limitsOf(part, scope));
  const { left, right, op } = expr;
  if (left.kind === 'name' && isLiteral(right, left, op, scope)) {
    return [limit(left.name, op, right)];
  }
  if (right.kind === 'name' && isLiteral(left, right, '<', scope)) {
    return [limit(right.name, mirrored(op), left)];
  }
  return [];
}

/**
 * The sentence with another limit for `metric`, everything else as it was written. Undefined when the sentence
 * cannot be parsed, has no limit for that metric or more than one, or `newLimit` is not a literal.
 */
export function withLimit(
  text: string,
  metric: string,
  newLimit: string,
  scope?: TypeScope,
): string | undefined {
  const limits = limitsIn(text, scope).filter((one) => one.metric === metric);
  const [old] = limits;
  if (old === undefined || limits.length > 1) return undefined;
  const literal = newLimit.trim();
  const changed = text.slice(0, old.offset) + literal + text.slice(old.offset + old.length);
  if (literal === '' || changed.length > MAX_LENGTH) return undefined;
  // the new text must say the same of the same metric, with the new limit as a whole in the old place
  const now = limitsIn(changed, scope).find(
    (one) => one.offset === old.offset && one.metric === metric,
  );
  return now?.length === literal.length && now.op === old.op ? changed : undefined;
}

function limitsIn(text: string, scope?: TypeScope): readonly Limit[] {
  const parsed = parseSentence(text);
  return parsed.ok ? limitsOf(parsed.expr, scope) : [];
}

function isLiteral(expr: Expr, other: Expr, op: ComparisonOp, scope?: TypeScope): boolean {
  switch (expr.kind) {
    case 'number':
    case 'text':
    case 'boolean':
      return true;
    case 'negate':
      return expr.operand.kind === 'number';
    case 'name':
      // What is no metric is taken for a word; whether it is one that fits is for the check to say.
      if (scope === undefined) return op === '==' || op === '!=';
      return scope.metric(expr.name) === undefined || isWord(expr.name, other, scope);
    default:
      return false;
  }
}

function limit(metric: string, op: ComparisonOp, literal: Expr): Limit {
  const { offset, length } = literal;
  return { metric, op, offset, length, text: printSentence(literal) };
}
