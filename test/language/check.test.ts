import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/language/index.ts';
import { checkExpression, checkSentence, nearest } from '../../src/language/index.ts';
import { expression, scope, sentence } from './world.ts';

const FINE = [
  'eslint_warnings < 10',
  'eslint_warnings < eslint_errors * 2 + 1',
  'duplication < 5%',
  'duplication < 0.05',
  'duplication <= 1',
  'duplication < 5pp',
  'latency_p95 < 500ms',
  'latency_p95 < latency_p50 * 3',
  'latency_p95 <= baseline + 10%',
  'latency_p95 <= baseline + 20ms',
  'latency_p95 == 0 * 1s',
  'latency_p95 <= max(baseline + 10%, 200ms)',
  'error_rate <= baseline + 1%',
  'coverage_overall >= baseline - 2pp',
  'eslint_warnings <= baseline',
  'eslint_warnings <= baseline + 10%',
  'bundle_size < 5MB and memory < 512MiB',
  'throughput > 100 req/min',
  'load >= 10 VUs',
  'load >= 10',
  'prettier_compliant',
  'prettier_compliant == true',
  'not missing_tests_for_new_code',
  'import_order == sorted',
  'import_order == "sorted"',
  'sorted == import_order',
  'worst_severity < high',
  'output == "anything at all"',
  'output == anything',
  'python_version == "3.11"',
  'python_version >= 3.10',
  'python_version == 3.11.2',
  'python_version == node_version',
  'any(security) or not all(formatting)',
  'eslint_errors / (eslint_warnings + 1) < 5%',
  'any_security_violation',
  'true',
  '10 > eslint_warnings',
];

describe('sentences that make sense', () => {
  it.each(FINE)('%s', (text) => {
    expect(checkSentence(sentence(text), scope)).toEqual([]);
  });
});

interface Wrong {
  readonly text: string;
  /** the part of the text that is complained about */
  readonly at: string;
  readonly message: string;
  readonly hint?: string;
}

const WRONG: readonly Wrong[] = [
  {
    text: 'eslint_eror == 0',
    at: 'eslint_eror',
    message: 'unknown metric `eslint_eror`',
    hint: 'write `eslint_errors`',
  },
  {
    text: 'nothing_like_it > 3',
    at: 'nothing_like_it',
    message: 'unknown metric `nothing_like_it`',
  },
  { text: 'TRUE', at: 'TRUE', message: 'unknown metric `TRUE`', hint: 'write `true`' },
  { text: 'unheard == of', at: 'unheard', message: 'unknown metric `unheard`' },
  {
    text: 'eslint_warnings < eslint_eror',
    at: 'eslint_eror',
    message: 'unknown metric `eslint_eror`',
    hint: 'write `eslint_errors`',
  },
  {
    text: 'eslint_warnings < 10ms',
    at: '10ms',
    message: 'eslint_warnings is a count; 10ms is a time',
  },
  {
    text: 'eslint_warnings < 5%',
    at: '5%',
    message: 'eslint_warnings is a count; 5% is a ratio',
  },
  {
    text: '10ms > eslint_warnings',
    at: '10ms',
    message: '10ms is a time; eslint_warnings is a count',
  },
  {
    text: 'latency_p95 < 500',
    at: '500',
    message: 'latency_p95 is a time; 500 is a plain number',
    hint: 'write `500ms`',
  },
  {
    text: 'coverage_overall >= 80',
    at: '80',
    message: 'coverage_overall is a ratio; 80 is a plain number',
    hint: 'write `80%`',
  },
  {
    text: 'throughput > 100',
    at: '100',
    message: 'throughput is a rate; 100 is a plain number',
    hint: 'write `100 req/s`',
  },
  {
    text: 'bundle_size < 5s',
    at: '5s',
    message: 'bundle_size is a size; 5s is a time',
  },
  {
    text: 'prettier_compliant > 0',
    at: '0',
    message: 'prettier_compliant is true or false; 0 is a plain number',
  },
  {
    text: 'prettier_compliant < true',
    at: 'prettier_compliant < true',
    message: '`<` needs an order, and prettier_compliant has none',
    hint: 'compare with `==` or `!=`',
  },
  {
    text: 'prettier_compliant == enabled',
    at: 'enabled',
    message: 'prettier_compliant is true or false; `enabled` is text',
    hint: 'write `true` or `false`',
  },
  {
    text: 'import_order == sortd',
    at: 'sortd',
    message: '`sortd` is not a state of import_order',
    hint: 'write `sorted`; states are unsorted, sorted',
  },
  {
    text: 'import_order == "tidy"',
    at: '"tidy"',
    message: '`tidy` is not a state of import_order',
    hint: 'states are unsorted, sorted',
  },
  {
    text: 'import_order == 3',
    at: '3',
    message: 'import_order is a state; 3 is a plain number',
  },
  {
    text: 'output < good',
    at: 'output < good',
    message: '`<` needs an order, and output has none',
    hint: 'compare with `==` or `!=`',
  },
  {
    text: 'eslint_errors == "none"',
    at: '"none"',
    message: 'eslint_errors is a count; `none` is text',
  },
  {
    text: 'python_version == latest',
    at: 'latest',
    message: 'python_version is a version; `latest` is not one',
    hint: 'write a version like "3.11"',
  },
  {
    text: 'python_version == 3%',
    at: '3%',
    message: 'python_version is a version; 3% is a ratio',
  },
  {
    text: 'eslint_errors',
    at: 'eslint_errors',
    message: 'eslint_errors is a count, not true or false',
    hint: 'compare it, as in `eslint_errors > 0`',
  },
  {
    text: 'not import_order',
    at: 'import_order',
    message: 'import_order is a state, not true or false',
    hint: 'compare it, as in `import_order == unsorted`',
  },
  {
    text: 'baseline + 1%',
    at: 'baseline',
    message: '`baseline` needs a comparison with one metric on its left',
    hint: 'as in `error_rate <= baseline + 1%`',
  },
  {
    text: 'error_rate + duplication < baseline',
    at: 'baseline',
    message: '`baseline` needs a comparison with one metric on its left',
    hint: 'as in `error_rate <= baseline + 1%`',
  },
  {
    text: 'baseline < error_rate',
    at: 'baseline',
    message: '`baseline` stands for the metric on its left',
    hint: 'write the metric on the left, as in `error_rate <= baseline + 1%`',
  },
  {
    text: 'latency_p95 <= baseline + 5pp',
    at: 'baseline + 5pp',
    message: '`pp` are points of a ratio, this is a time',
  },
  {
    text: 'latency_p95 <= baseline + 5',
    at: 'baseline + 5',
    message: 'cannot join a time and a plain number',
  },
  {
    text: 'latency_p95 <= baseline + 5MB',
    at: 'baseline + 5MB',
    message: 'cannot join a time and a size',
  },
  {
    text: 'latency_p95 * latency_p50 > 1s',
    at: 'latency_p95 * latency_p50',
    message: 'cannot multiply a time by a time',
  },
  {
    text: '1 / latency_p50 > 1',
    at: '1 / latency_p50',
    message: 'cannot divide a plain number by a time',
  },
  {
    text: 'eslint_errors / 0 > 1',
    at: '0',
    message: 'nothing can be divided by zero',
  },
  {
    text: 'min(eslint_errors, 3s) > 1',
    at: '3s',
    message: 'cannot join a count and a time',
  },
  {
    text: '-import_order == 3',
    at: 'import_order',
    message: 'import_order is a state and has no negative',
  },
  {
    text: 'import_order + 1 == 3',
    at: 'import_order + 1',
    message: 'cannot calculate with a state',
  },
  {
    text: '(eslint_errors > 1) == true',
    at: 'eslint_errors > 1',
    message: '`eslint_errors > 1` is a sentence, not a value',
  },
  {
    text: 'any(securty)',
    at: 'any(securty)',
    message: 'unknown section `securty`',
    hint: 'write `any(security)`',
  },
  {
    text: 'all(nothing)',
    at: 'all(nothing)',
    message: 'unknown section `nothing`',
    hint: 'sections here: security, formatting',
  },
];

describe('sentences that make none', () => {
  it.each(WRONG)('$text', ({ text, at, message, hint }) => {
    const place = { offset: text.indexOf(at), length: at.length };
    const problem: Problem =
      hint === undefined ? { ...place, message } : { ...place, message, hint };
    expect(checkSentence(sentence(text), scope)).toEqual([problem]);
  });

  it('finds all problems, in the order of the text', () => {
    const text = 'eslint_eror > 0 or duplicatoin < 5ms and any(nope) and latency_p50 < 5';
    const found = checkSentence(sentence(text), scope).map(({ message }) => message);
    expect(found).toEqual([
      'unknown metric `eslint_eror`',
      'unknown metric `duplicatoin`',
      'unknown section `nope`',
      'latency_p50 is a time; 5 is a plain number',
    ]);
  });

  it('complains about an unknown metric once, not about its baseline too', () => {
    expect(checkSentence(sentence('eror_rate <= baseline + 1%'), scope)).toHaveLength(1);
  });
});

describe('score expressions', () => {
  it.each([
    'clamp(100 - 10 * eslint_errors - 2 * eslint_warnings, 0, 100)',
    'clamp(100 * coverage_overall / coverage_target, 0, 100)',
    '100 * coverage_overall',
    'clamp(100 * (6MB - bundle_size) / 2MB, 0, 100)',
    'clamp(100 - 100 * (latency_p95 - 1h) / 23h, 0, 100)',
    'clamp(100 - 100 * (error_rate - 5%) / 40%, 0, 100)',
    'min(eslint_errors, 5, complexity_score)',
    '100 - 50 * eslint_errors - 20 * error_rate',
  ])('%s', (text) => {
    expect(checkExpression(expression(text), scope)).toEqual([]);
  });

  it.each([
    ['latency_p95', 'a plain number is wanted; latency_p95 is a time'],
    ['prettier_compliant', 'a plain number is wanted; prettier_compliant is true or false'],
    ['100 - baseline', '`baseline` needs a comparison with one metric on its left'],
    ['100 - any(security)', '`any(security)` is a sentence, not a value'],
    ['100 - eslint_eror', 'unknown metric `eslint_eror`'],
    ['100 - latency_p95', 'cannot join a plain number and a time'],
  ])('%s: %s', (text, message) => {
    expect(checkExpression(expression(text), scope)).toMatchObject([{ message }]);
  });
});

describe('nearest', () => {
  it.each([
    ['eslint_eror', 'eslint_errors'],
    ['elsint_errors', 'eslint_errors'],
    ['ESLINT_ERRORS', 'eslint_errors'],
    ['coverage', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('of %s is %s', (name, found) => {
    expect(nearest(name, ['eslint_warnings', 'eslint_errors', 'coverage_overall'])).toBe(found);
  });

  it('prefers the closest, then the first', () => {
    expect(nearest('unit', ['units', 'unit'])).toBe('unit');
    expect(nearest('ab', ['ac', 'bb'])).toBe('ac');
  });
});
