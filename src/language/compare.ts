/** Comparing values: numbers without floating-point noise, versions as precisely as the limit is written. */

import type { ComparisonOp } from './expr.ts';

/** -1, 0 or 1, as `left` is below, equal to or above `right`. */
type Order = -1 | 0 | 1;

/**
 * Two numbers are equal when they differ by less than a 10^12th of the larger one, so that 0.01 + 0.01 reaches a
 * limit of 0.02. Whole numbers up to 2^53 are exact in themselves and compared exactly.
 */
const TOLERANCE = 1e-12;

export function compareNumbers(left: number, right: number): Order {
  if (left === right) return 0;
  const exact = Number.isSafeInteger(left) && Number.isSafeInteger(right);
  const largest = Math.max(Math.abs(left), Math.abs(right));
  if (!exact && Math.abs(left - right) <= TOLERANCE * largest) return 0;
  return left < right ? -1 : 1;
}

/** `left + right`, where a rest that is only rounding noise counts as zero: 0.3 - 0.1 - 0.2 is 0. */
export function addCleanly(left: number, right: number): number {
  const sum = left + right;
  const largest = Math.max(Math.abs(left), Math.abs(right));
  return Math.abs(sum) <= TOLERANCE * largest && !Number.isSafeInteger(sum) ? 0 : sum;
}

/** Whether `left op right` holds, given how the two are ordered. */
export function holds(op: ComparisonOp, order: Order): boolean {
  switch (op) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
  }
}

const VERSION = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Whether a text can be ordered as a version: `3.11`, `v24.21.0`, `1.2.3-rc.1`. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Which side of a comparison is written in the sentence; the other one is judged as precisely as it. */
export type WrittenSide = 'left' | 'right' | 'neither';

/**
 * The order of two versions, or undefined when one of them is not a version. A written limit counts as far as it
 * goes: 3.11.4 equals the limit 3.11. Missing parts of a measured version are zero. A pre-release comes before
 * its release (https://semver.org, item 11), and counts only when the limit has three parts or is one itself.
 */
export function compareVersions(
  left: string,
  right: string,
  written: WrittenSide = 'neither',
): Order | undefined {
  const a = readVersion(left);
  const b = readVersion(right);
  if (a === undefined || b === undefined) return undefined;
  const limit = written === 'left' ? a : written === 'right' ? b : undefined;
  const length = limit?.parts.length ?? Math.max(a.parts.length, b.parts.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareDigits(a.parts[index] ?? '0', b.parts[index] ?? '0');
    if (order !== 0) return order;
  }
  if (limit !== undefined && limit.parts.length < 3 && limit.pre === '') return 0;
  return comparePre(a.pre, b.pre);
}

interface Version {
  readonly parts: readonly string[];
  readonly pre: string;
}

function readVersion(text: string): Version | undefined {
  const found = VERSION.exec(text);
  if (found === null) return undefined;
  return { parts: (found[1] ?? '').split('.'), pre: found[2] ?? '' };
}

function comparePre(left: string, right: string): Order {
  if (left === right) return 0;
  if (left === '' || right === '') return left === '' ? 1 : -1;
  const a = left.split('.');
  const b = right.split('.');
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = compareIdentifiers(a[index], b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareIdentifiers(left: string | undefined, right: string | undefined): Order {
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? -1 : 1;
  }
  const leftIsNumber = /^\d+$/.test(left);
  if (leftIsNumber !== /^\d+$/.test(right)) return leftIsNumber ? -1 : 1;
  if (leftIsNumber) return compareDigits(left, right);
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Digit strings of any length, as numbers. */
function compareDigits(left: string, right: string): Order {
  const a = left.replace(/^0+(?=\d)/, '');
  const b = right.replace(/^0+(?=\d)/, '');
  if (a === b) return 0;
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a < b ? -1 : 1;
}
