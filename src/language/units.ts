/** Units of the sentence language, as a table, and what people write instead of them. */

import type { Dimension } from './expr.ts';
import { nearest } from './nearest.ts';

/** value in the base unit = digits shifted by `shift` decimal places, times `factor`, over `divisor` */
interface Unit {
  readonly name: string;
  readonly dimension: Dimension;
  readonly shift: number;
  readonly factor?: number;
  readonly divisor?: number;
}

const UNITS = [
  { name: '%', dimension: 'ratio', shift: -2 },
  { name: 'pp', dimension: 'ratio', shift: -2 },
  { name: 'ms', dimension: 'time', shift: 0 },
  { name: 's', dimension: 'time', shift: 3 },
  { name: 'm', dimension: 'time', shift: 4, factor: 6 },
  { name: 'h', dimension: 'time', shift: 5, factor: 36 },
  { name: 'd', dimension: 'time', shift: 5, factor: 864 },
  { name: 'B', dimension: 'bytes', shift: 0 },
  { name: 'KB', dimension: 'bytes', shift: 3 },
  { name: 'MB', dimension: 'bytes', shift: 6 },
  { name: 'GB', dimension: 'bytes', shift: 9 },
  { name: 'KiB', dimension: 'bytes', shift: 0, factor: 2 ** 10 },
  { name: 'MiB', dimension: 'bytes', shift: 0, factor: 2 ** 20 },
  { name: 'GiB', dimension: 'bytes', shift: 0, factor: 2 ** 30 },
  { name: 'req/s', dimension: 'rate', shift: 0 },
  { name: 'req/min', dimension: 'rate', shift: 0, divisor: 60 },
  { name: 'VUs', dimension: 'users', shift: 0 },
] as const satisfies readonly Unit[];

const BY_NAME: ReadonlyMap<string, Unit> = new Map(UNITS.map((unit) => [unit.name, unit]));
const SPACED: ReadonlySet<string> = new Set(['req/s', 'req/min', 'VUs']);

/** Every unit, in the order of the documentation. */
const UNIT_NAMES: readonly string[] = UNITS.map((unit) => unit.name);

/** Spellings that edit distance would not lead to the right unit. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['sec', 's'],
  ['secs', 's'],
  ['second', 's'],
  ['seconds', 's'],
  ['min', 'm'],
  ['mins', 'm'],
  ['minute', 'm'],
  ['minutes', 'm'],
  ['hr', 'h'],
  ['hrs', 'h'],
  ['hour', 'h'],
  ['hours', 'h'],
  ['day', 'd'],
  ['days', 'd'],
  ['msec', 'ms'],
  ['millis', 'ms'],
  ['percent', '%'],
  ['pct', '%'],
  ['points', 'pp'],
  ['byte', 'B'],
  ['bytes', 'B'],
  ['k', 'KB'],
  ['g', 'GB'],
  ['user', 'VUs'],
  ['users', 'VUs'],
  ['req', 'req/s'],
  ['rps', 'req/s'],
  ['rpm', 'req/min'],
  ['req/sec', 'req/s'],
  ['req/second', 'req/s'],
  ['req/m', 'req/min'],
  ['req/minute', 'req/min'],
]);

/** The unit of that name, or undefined: units are case-sensitive, since `m` is minutes and `MB` a size. */
export function unitNamed(name: string): { readonly dimension: Dimension } | undefined {
  return BY_NAME.get(name);
}

/**
 * The number `digits` (`80`, `0.5`) in the base unit of `unit` ('' for none). The decimal point is moved in the
 * text, so 7% is exactly the double 0.07. Infinite when there are too many digits.
 */
export function toBase(digits: string, unit: string): number {
  const row = BY_NAME.get(unit);
  if (row === undefined) return Number(digits);
  return (Number(`${digits}e${row.shift}`) * (row.factor ?? 1)) / (row.divisor ?? 1);
}

/** The literal as we write it: `5MB`, `100 req/min`. */
export function literalText(digits: string, unit: string): string {
  return SPACED.has(unit) ? `${digits} ${unit}` : `${digits}${unit}`;
}

/** Whether `larger` is a longer time unit than `smaller`; a duration goes from large to small. */
export function isLongerTime(larger: string, smaller: string): boolean {
  return toBase('1', larger) > toBase('1', smaller);
}

/** Advice for a unit that does not exist. */
export function unitHint(name: string): string {
  if (name === 'M') return 'write `m` for minutes or `MB` for megabytes';
  const lower = name.toLowerCase();
  const meant =
    UNIT_NAMES.find((unit) => unit.toLowerCase() === lower) ??
    OTHER_SPELLINGS.get(lower) ??
    // two letters are too few to guess from: `us` is not `ms`
    (name.length > 2 ? nearest(name, UNIT_NAMES) : undefined);
  if (meant !== undefined) return `write \`${meant}\``;
  return `units are ${UNIT_NAMES.join(' ')}`;
}
