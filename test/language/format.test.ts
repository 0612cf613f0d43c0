import { describe, expect, it } from 'vitest';
import type { Datum, Dimension } from '../../src/language/index.ts';
import { formatValue } from '../../src/language/index.ts';

const CASES: readonly (readonly [Datum, Dimension, string])[] = [
  [0.718, 'ratio', '71.8 %'],
  [0.07, 'ratio', '7 %'],
  [0.0712345, 'ratio', '7.12 %'],
  [0.9999, 'ratio', '99.99 %'],
  [0.999996, 'ratio', '99.9996 %'],
  [0.7499999, 'ratio', '74.99999 %'],
  [0.00001234, 'ratio', '0.00123 %'],
  [0, 'ratio', '0 %'],
  [1, 'ratio', '100 %'],
  [-0.05, 'ratio', '-5 %'],
  [0.1 + 0.2, 'ratio', '30 %'],
  [0.5, 'time', '0.5 ms'],
  [250, 'time', '250 ms'],
  [1500, 'time', '1.5 s'],
  [10_000, 'time', '10 s'],
  [60_000, 'time', '1m'],
  [90_000, 'time', '1m30s'],
  [59_999, 'time', '59.999 s'],
  [3_599_999, 'time', '1h'],
  [5_400_000, 'time', '1h30m'],
  [90_061_000, 'time', '1d1h1m1s'],
  [5_000_000, 'bytes', '5 MB'],
  [5_240_000, 'bytes', '5.24 MB'],
  [512, 'bytes', '512 B'],
  [1500, 'bytes', '1.5 KB'],
  [2_500_000_000, 'bytes', '2.5 GB'],
  [100 / 60, 'rate', '100 req/min'],
  [250, 'rate', '250 req/s'],
  [100, 'users', '100 VUs'],
  [1_234_567, 'count', '1234567'],
  [12, 'count', '12'],
  [12.3456, 'number', '12.35'],
  [1e-15, 'number', '0.000000000000001'],
  [true, 'boolean', 'true'],
  ['sorted', 'state', 'sorted'],
  ['3.10', 'version', '3.10'],
  [Number.NaN, 'ratio', 'not a number'],
];

describe('formatValue', () => {
  it.each(CASES)('%s as %s is %s', (value, dimension, text) => {
    expect(formatValue(value, dimension)).toBe(text);
  });
});
