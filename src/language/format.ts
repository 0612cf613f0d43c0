/** Values as people read them. Always the same text for the same value, whatever the locale. */

import type { Dimension } from './expr.ts';
import type { Datum } from './outcome.ts';

const SIZES = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
] as const;

const SECONDS = 1000;
const MINUTE = 60;
const LONG_TIMES = [
  ['d', 24 * 60 * MINUTE],
  ['h', 60 * MINUTE],
  ['m', MINUTE],
  ['s', 1],
] as const;

/** Decimals at most; what is smaller still is shown as 0. */
const MAX_DIGITS = 20;

/** Below this many per second a rate is shown per minute. */
const SLOW_RATE = 10;

/** A value in base units with its unit: 0.718 is `71.8 %`, 90000 ms is `1m30s`, 5e6 bytes are `5 MB`. */
export function formatValue(value: Datum, dimension: Dimension): string {
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return 'not a number';
  if (value < 0) return `-${formatValue(-value, dimension)}`;
  switch (dimension) {
    case 'ratio':
      return `${rounded(Math.min(value * 100, Number.MAX_VALUE))} %`;
    case 'time':
      return formatTime(value);
    case 'bytes':
      return formatSize(value);
    case 'rate':
      return value < SLOW_RATE ? `${rounded(value * 60)} req/min` : `${rounded(value)} req/s`;
    case 'users':
      return `${rounded(value)} VUs`;
    default:
      return rounded(value);
  }
}

/** A difference of two values: points for a ratio, else like the value itself. */
export function formatDifference(value: number, dimension: Dimension): string {
  if (dimension !== 'ratio') return formatValue(value, dimension);
  return `${formatValue(value * 100, 'number')} pp`;
}

function formatTime(ms: number): string {
  if (ms < SECONDS) return `${rounded(ms)} ms`;
  if (ms < MINUTE * SECONDS) return `${rounded(ms / SECONDS)} s`;
  let rest = Math.round(ms / SECONDS);
  let text = '';
  for (const [unit, seconds] of LONG_TIMES) {
    const whole = Math.floor(rest / seconds);
    rest -= whole * seconds;
    if (whole > 0) text += `${whole}${unit}`;
  }
  return text;
}

function formatSize(bytes: number): string {
  for (const [unit, size] of SIZES) {
    if (bytes >= size) return `${rounded(bytes / size)} ${unit}`;
  }
  return `${rounded(bytes)} B`;
}

/**
 * Two decimals, more for small numbers, and more where rounding would arrive at a whole number that was not
 * reached: 99.9996 % is never shown as 100 %.
 */
function rounded(value: number): string {
  for (let digits = 2; digits <= MAX_DIGITS; digits += 1) {
    const shown = Number(value.toFixed(digits));
    const isClose = Math.abs(shown - value) <= Math.abs(value) * 1e-12;
    const isFair = Math.abs(shown - value) <= Math.abs(value) * 5e-3 && !Number.isInteger(shown);
    if (isClose || isFair) return plain(shown, digits);
  }
  return plain(value, MAX_DIGITS);
}

function plain(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
