/**
 * The algebra of dimensions, shared by the type checker and the evaluator so that they cannot disagree.
 *
 * Plain values (count, number, users, ratio) mix in arithmetic; times, sizes and rates keep their unit and only
 * meet their like. `x + 5%` is relative, except that for a ratio `%` means points, as `pp` always does.
 */

import type { ArithmeticOp, Dimension, Expr } from './expr.ts';

/** The type of a value: a dimension, plus what only matters while typing. */
export interface ValueType {
  readonly dimension: Dimension;
  /** made of numbers without a unit alone: takes the unit of its neighbour where that is harmless */
  readonly bare?: boolean;
  /** a literal written with `%` or `pp` */
  readonly points?: '%' | 'pp';
  readonly states?: readonly string[];
}

/** A type, or why there is none. */
export type Typing = Accepted | Refused;

interface Accepted {
  readonly ok: true;
  readonly type: ValueType;
  /** the right side is a share of the left one */
  readonly relative?: boolean;
}

interface Refused {
  readonly ok: false;
  readonly why: string;
}

const PLAIN: ReadonlySet<Dimension> = new Set(['count', 'number', 'users', 'ratio']);
const NUMERIC: ReadonlySet<Dimension> = new Set([...PLAIN, 'time', 'bytes', 'rate']);

const PHRASES: Readonly<Record<Dimension, string>> = {
  count: 'a count',
  ratio: 'a ratio',
  time: 'a time',
  bytes: 'a size',
  rate: 'a rate',
  users: 'a number of users',
  number: 'a plain number',
  boolean: 'true or false',
  state: 'a state',
  version: 'a version',
};

/** `a count`, `a time`: the dimension in a message. */
export function phrase(dimension: Dimension): string {
  return PHRASES[dimension];
}

export function isNumeric(dimension: Dimension): boolean {
  return NUMERIC.has(dimension);
}

/** Whether the value has no physical unit: what a score may be. */
export function isPlain(dimension: Dimension): boolean {
  return PLAIN.has(dimension);
}

/** The type of a number literal. */
export function literalType(node: Extract<Expr, { kind: 'number' }>): ValueType {
  if (node.unit === '%' || node.unit === 'pp') return { dimension: 'ratio', points: node.unit };
  if (node.unit === '') return { dimension: 'number', bare: true };
  return { dimension: node.dimension };
}

/** The type of `left op right`; `relative` when `right` is a share of `left` (`baseline + 10%`). */
export function arithmeticType(op: ArithmeticOp, left: ValueType, right: ValueType): Typing {
  const word = [left, right].find((type) => !isNumeric(type.dimension));
  if (word !== undefined) return refuse(`cannot calculate with ${phrase(word.dimension)}`);
  if (op === '*') return productType(left, right);
  if (op === '/') return quotientType(left, right);
  if (right.points === '%' && left.dimension !== 'ratio') {
    return { ...accept(left.dimension, left.bare), relative: true };
  }
  if (right.points === 'pp' && left.dimension !== 'ratio' && left.bare !== true) {
    return refuse(`\`pp\` are points of a ratio, this is ${phrase(left.dimension)}`);
  }
  return sameType(left, right);
}

/** The common type of values that are added, or given to `min`, `max` or `clamp`. */
export function sameType(left: ValueType, right: ValueType): Typing {
  const word = [left, right].find((type) => !isNumeric(type.dimension));
  if (word !== undefined) return refuse(`cannot calculate with ${phrase(word.dimension)}`);
  if (left.dimension === right.dimension) {
    const bare = left.bare === true && right.bare === true;
    return accept(left.dimension, bare);
  }
  if (!isPlain(left.dimension) || !isPlain(right.dimension)) {
    return refuse(`cannot join ${phrase(left.dimension)} and ${phrase(right.dimension)}`);
  }
  if (left.bare === true) return accept(right.dimension);
  if (right.bare === true) return accept(left.dimension);
  return accept('number');
}

function productType(left: ValueType, right: ValueType): Typing {
  if (left.bare === true) return accept(right.dimension, right.bare);
  if (right.bare === true) return accept(left.dimension);
  if (!isPlain(left.dimension) && !isPlain(right.dimension)) {
    return refuse(`cannot multiply ${phrase(left.dimension)} by ${phrase(right.dimension)}`);
  }
  if (!isPlain(left.dimension)) return accept(left.dimension);
  if (!isPlain(right.dimension)) return accept(right.dimension);
  const isShare = left.dimension === 'ratio' && right.dimension === 'ratio';
  return accept(isShare ? 'ratio' : 'number');
}

function quotientType(left: ValueType, right: ValueType): Typing {
  if (right.bare === true) return accept(left.dimension, left.bare);
  if (left.dimension === right.dimension) return accept('ratio');
  if (!isPlain(right.dimension)) {
    return refuse(`cannot divide ${phrase(left.dimension)} by ${phrase(right.dimension)}`);
  }
  return accept(isPlain(left.dimension) ? 'number' : left.dimension);
}

/** Whether two numbers may be compared. Counts, users and plain numbers may; a ratio only with its like. */
export function areComparable(left: ValueType, right: ValueType): boolean {
  if (left.dimension === right.dimension) return true;
  if (!isPlain(left.dimension) || !isPlain(right.dimension)) return false;
  if (left.bare === true || right.bare === true) return true;
  return left.dimension !== 'ratio' && right.dimension !== 'ratio';
}

function accept(dimension: Dimension, bare?: boolean): Accepted {
  return { ok: true, type: bare === true ? { dimension, bare } : { dimension } };
}

function refuse(why: string): Refused {
  return { ok: false, why };
}
