/** Values: what stands on either side of a comparison, and what a score expression comes to. */

import { addCleanly } from './compare.ts';
import type { Expr } from './expr.ts';
import type { Datum, Known, Outcome, Readings } from './outcome.ts';
import { isUndetermined, undetermined } from './outcome.ts';
import { printSentence } from './print.ts';
import type { MetricType, TypeScope } from './scope.ts';
import type { ValueType } from './value-type.ts';
import { arithmeticType, isNumeric, literalType, sameType } from './value-type.ts';

/** A value with its type, or why there is none. */
export type Valued =
  | { readonly kind: 'value'; readonly value: Datum; readonly type: ValueType }
  | Extract<Outcome, { because: unknown }>;

/** Where evaluation stands: what is known, and which metric `baseline` means here. */
export interface Surroundings {
  readonly scope: TypeScope;
  readonly readings: Readings;
  readonly subject?: string | undefined;
}

/** The value of an expression. A sentence inside it is undetermined here: it is no value. */
export function evaluateValue(expr: Expr, around: Surroundings): Valued {
  switch (expr.kind) {
    case 'number':
      return { kind: 'value', value: expr.value, type: literalType(expr) };
    case 'text':
      return { kind: 'value', value: expr.value, type: { dimension: 'state' } };
    case 'boolean':
      return { kind: 'value', value: expr.value, type: { dimension: 'boolean' } };
    case 'name':
      return reading(expr.name, around, (name) => around.readings.metric(name));
    case 'baseline':
      return baselineValue(around);
    case 'negate':
      return negated(expr.operand, around);
    case 'arithmetic':
      return calculated(expr, around);
    case 'call':
      return called(expr, around);
    default:
      return unknown(printSentence(expr), 'is a sentence, not a value');
  }
}

/** An unknown with one reason. */
export function unknown(metric: string, why: string): Extract<Outcome, { because: unknown }> {
  return { kind: 'unknown', because: [{ metric, why }] };
}

function baselineValue(around: Surroundings): Valued {
  const { subject } = around;
  if (subject === undefined) return unknown('baseline', 'has no metric on its left');
  return reading(subject, around, (name) => withPrefix(around.readings.baseline(name)));
}

function withPrefix(known: Known): Known {
  return known.kind === 'value' ? known : { ...known, why: `baseline: ${known.why}` };
}

function reading(name: string, around: Surroundings, look: (name: string) => Known): Valued {
  const metric = around.scope.metric(name);
  if (metric === undefined) return unknown(name, 'is not a known metric');
  const known = look(name);
  if (known.kind === 'value') return typed(name, known.value, metric);
  const kind = known.kind === 'missing' ? 'unknown' : 'not_applicable';
  return { kind, because: [{ metric: name, why: known.why }] };
}

function typed(name: string, value: Datum, metric: MetricType): Valued {
  const { dimension, states } = metric;
  const wanted = isNumeric(dimension) ? 'number' : dimension === 'boolean' ? 'boolean' : 'string';
  if (typeof value !== wanted) return unknown(name, `was read as a ${typeof value}`);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return unknown(name, `was read as ${value}`);
  }
  return {
    kind: 'value',
    value,
    type: states === undefined ? { dimension } : { dimension, states },
  };
}

function negated(operand: Expr, around: Surroundings): Valued {
  const inner = evaluateValue(operand, around);
  if (inner.kind !== 'value') return inner;
  if (typeof inner.value !== 'number') return notNumber(operand);
  return { ...inner, value: 0 - inner.value };
}

function calculated(expr: Extract<Expr, { kind: 'arithmetic' }>, around: Surroundings): Valued {
  const left = evaluateValue(expr.left, around);
  const right = evaluateValue(expr.right, around);
  if (left.kind !== 'value' || right.kind !== 'value') return gaps([left, right]);
  const typing = arithmeticType(expr.op, left.type, right.type);
  if (!typing.ok) return unknown(printSentence(expr), typing.why);
  if (typeof left.value !== 'number') return notNumber(expr.left);
  if (typeof right.value !== 'number') return notNumber(expr.right);
  if (expr.op === '/' && right.value === 0) {
    return unknown(printSentence(expr.right), 'is zero, and nothing can be divided by it');
  }
  const amount = typing.relative === true ? left.value * right.value : right.value;
  return finite(expr, apply(expr.op, left.value, amount), typing.type);
}

function apply(op: string, left: number, right: number): number {
  switch (op) {
    case '+':
      return addCleanly(left, right);
    case '-':
      return addCleanly(left, 0 - right);
    case '*':
      return left * right;
    default:
      return left / right;
  }
}

function called(expr: Extract<Expr, { kind: 'call' }>, around: Surroundings): Valued {
  const args = expr.args.map((arg) => evaluateValue(arg, around));
  const numbers: number[] = [];
  let type: ValueType | undefined;
  for (const arg of args) {
    if (arg.kind !== 'value') return gaps(args);
    if (typeof arg.value !== 'number') return unknown(printSentence(expr), 'is not a number');
    const typing = type === undefined ? undefined : sameType(type, arg.type);
    if (typing?.ok === false) return unknown(printSentence(expr), typing.why);
    type = typing?.type ?? arg.type;
    numbers.push(arg.value);
  }
  if (type === undefined) return unknown(printSentence(expr), 'has no values');
  return finite(expr, pick(expr.fn, numbers), type);
}

function pick(fn: string, numbers: readonly number[]): number {
  if (fn === 'min') return Math.min(...numbers);
  if (fn === 'max') return Math.max(...numbers);
  const [value = 0, low = 0, high = 0] = numbers;
  return Math.min(Math.max(value, low), high);
}

function finite(expr: Expr, value: number, type: ValueType): Valued {
  if (!Number.isFinite(value)) return unknown(printSentence(expr), 'is too large to calculate');
  return { kind: 'value', value, type };
}

function notNumber(expr: Expr): Valued {
  return unknown(printSentence(expr), 'is not a number');
}

function gaps(parts: readonly Valued[]): Valued {
  const missing = parts.filter((part) => isUndetermined(part));
  return undetermined(missing) ?? unknown('expression', 'has no value');
}
