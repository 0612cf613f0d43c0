import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/language/index.ts';
import { explainSentence } from '../../src/language/index.ts';
import { readingsOf, scope, sentence } from './world.ts';

const fails: Outcome = { kind: 'false' };
const holds: Outcome = { kind: 'true' };
const lost: Outcome = { kind: 'unknown', because: [{ metric: 'secrets', why: 'timed out' }] };
const away = { kind: 'not_applicable', why: 'no build' } as const;

const READINGS = readingsOf(
  {
    eslint_warnings: 12,
    eslint_errors: 0,
    error_rate: 0.03,
    latency_p95: 480,
    latency_p50: 100,
    import_order: 'unsorted',
    missing_tests_for_new_code: true,
    python_version: '3.12.1',
    bundle_size: away,
    throughput: 1.5,
  },
  { error_rate: 0.01, latency_p95: 400, throughput: 2 },
  { security: [fails, holds, lost], formatting: [holds] },
);

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ['eslint_warnings < 10', ['eslint_warnings is 12, the limit is < 10']],
  ['10 > eslint_warnings', ['eslint_warnings is 12, the limit is `10 > eslint_warnings`']],
  ['import_order == sorted', ['import_order is unsorted, the sentence says == sorted']],
  ['python_version == 3.11', ['python_version is 3.12.1, the sentence says == 3.11']],
  [
    'latency_p95 < latency_p50 * 3',
    ['latency_p95 is 480 ms, the limit is < latency_p50 * 3, which is 300 ms'],
  ],
  ['missing_tests_for_new_code', ['missing_tests_for_new_code is true']],
  ['not missing_tests_for_new_code', ['missing_tests_for_new_code is true']],
  ['type_errors == 0', ['type_errors cannot be told: not measured']],
  ['bundle_size < 5MB', ['bundle_size does not apply: no build']],
  [
    'error_rate <= baseline + 1%',
    [
      'error_rate is 3 %, the baseline is 1 %',
      'the limit is <= 2 % (baseline + 1%), 1 pp above it',
    ],
  ],
  [
    'latency_p95 <= baseline + 20%',
    [
      'latency_p95 is 480 ms, the baseline is 400 ms',
      'the limit is <= 480 ms (baseline + 20%), exactly reached',
    ],
  ],
  [
    'throughput >= baseline',
    [
      'throughput is 90 req/min, the baseline is 120 req/min',
      'the limit is >= 120 req/min, 30 req/min below it',
    ],
  ],
  [
    'eslint_errors == 0 and eslint_warnings < 10',
    ['decided by `eslint_warnings < 10`', 'eslint_warnings is 12, the limit is < 10'],
  ],
  [
    'eslint_errors == 0 and eslint_warnings < 20',
    ['eslint_errors is 0, the limit is == 0', 'eslint_warnings is 12, the limit is < 20'],
  ],
  [
    'type_errors > 0 or eslint_warnings > 5',
    ['decided by `eslint_warnings > 5`', 'eslint_warnings is 12, the limit is > 5'],
  ],
  [
    'eslint_errors == 0 and type_errors == 0',
    ['decided by `type_errors == 0`', 'type_errors cannot be told: not measured'],
  ],
  ['any(security)', ['1 of 3 sentences of security fails, 1 cannot be told']],
  ['all(formatting)', ['every sentence of formatting holds']],
];

describe('explanations', () => {
  it.each(CASES)('%s', (text, lines) => {
    expect(explainSentence(sentence(text), scope, READINGS)).toEqual(lines);
  });
});
