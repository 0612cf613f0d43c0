import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/language/index.ts';
import { evaluateExpression, evaluateSentence } from '../../src/language/index.ts';
import { expression, readingsOf, scope, scopeOf, sentence } from './world.ts';

const NONE = readingsOf({});

function outcome(text: string, readings = NONE): Outcome['kind'] {
  return evaluateSentence(sentence(text), scope, readings).kind;
}

describe('numbers', () => {
  it.each([
    ['0.8 == 80%', 'true'],
    ['7% == 0.07', 'true'],
    ['0.1 + 0.2 == 0.3', 'true'],
    ['0.3 - 0.1 - 0.2 == 0', 'true'],
    ['1000ms == 1s', 'true'],
    ['60 req/min == 1 req/s', 'true'],
    ['100 req/min * 3 == 5 req/s', 'true'],
    ['1h30m == 90m', 'true'],
    ['1d == 24h', 'true'],
    ['1.1m == 66s', 'true'],
    ['5MB == 5000KB', 'true'],
    ['1MiB == 1024KiB', 'true'],
    ['1MiB > 1MB', 'true'],
    ['5pp == 5%', 'true'],
    ['2 * 3 + 4 == 10', 'true'],
    ['2 + 3 * 4 == 14', 'true'],
    ['-2 * -3 == 6', 'true'],
    ['max(1, 2, 3) == 3', 'true'],
    ['min(1, 2, 3) == 1', 'true'],
    ['clamp(120, 0, 100) == 100', 'true'],
    ['clamp(-5, 0, 100) == 0', 'true'],
    ['9007199254740991 == 9007199254740990', 'false'],
    ['200 + 10% == 220', 'true'],
    ['50% + 10% == 60%', 'true'],
    ['0.5 + 10pp == 60%', 'true'],
    ['1 < 2 and 2 <= 2 and 2 >= 2 and 3 > 2 and 3 != 2', 'true'],
    ['1 > 2 or 2 < 2 or 2 != 2 or 3 == 2', 'false'],
    ['1 / 0 > 0', 'unknown'],
    ['0 / 0 == 0', 'unknown'],
    ['1 / 0 > 0 or true', 'true'],
    ['1s == 1MB', 'unknown'],
  ])('%s is %s', (text, kind) => {
    expect(outcome(text)).toBe(kind);
  });

  it('never takes too large a result for true', () => {
    const huge = '9'.repeat(300);
    expect(outcome(`${huge} * ${huge} > 1`)).toBe('unknown');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'takes a reading of %s for no reading',
    (value) => {
      const readings = readingsOf({ eslint_errors: value });
      expect(evaluateSentence(sentence('eslint_errors >= 0'), scope, readings)).toEqual({
        kind: 'unknown',
        because: [{ metric: 'eslint_errors', why: `was read as ${value}` }],
      });
    },
  );
});

describe('the baseline', () => {
  const at = (text: string, value: number, base: number) => {
    const name = text.split(' ')[0] ?? '';
    return outcome(text, readingsOf({ [name]: value }, { [name]: base }));
  };

  it.each([
    ['error_rate <= baseline + 1%', 0.02, 0.01, 'true'],
    ['error_rate <= baseline + 1%', 0.0201, 0.01, 'false'],
    ['error_rate <= baseline + 1pp', 0.02, 0.01, 'true'],
    ['error_rate > baseline + 5%', 0.06, 0.01, 'false'],
    ['error_rate > baseline + 5%', 0.061, 0.01, 'true'],
    ['latency_p50 <= baseline + 10%', 110, 100, 'true'],
    ['latency_p50 <= baseline + 10%', 110.1, 100, 'false'],
    ['latency_p95 > baseline + 50%', 150, 100, 'false'],
    ['latency_p95 > baseline + (50%)', 151, 100, 'true'],
    ['throughput >= baseline - 5%', 95, 100, 'true'],
    ['throughput >= baseline - 5%', 94.9, 100, 'false'],
    ['throughput >= baseline + -5%', 95, 100, 'true'],
    ['eslint_warnings <= baseline', 3, 3, 'true'],
    ['latency_p95 <= max(baseline + 10%, 200ms)', 190, 100, 'true'],
    ['complexity_score <= baseline + 10%', 11, 10, 'true'],
  ])('%s with %d against %d is %s', (text, value, base, kind) => {
    expect(at(text, value, base)).toBe(kind);
  });

  it('is missing with a reason of its own', () => {
    const readings = readingsOf({ error_rate: 0.01 });
    expect(evaluateSentence(sentence('error_rate <= baseline'), scope, readings)).toEqual({
      kind: 'unknown',
      because: [{ metric: 'error_rate', why: 'baseline: none recorded' }],
    });
  });

  it('may not apply', () => {
    const none = { kind: 'not_applicable', why: 'first deployment' } as const;
    const readings = readingsOf({ error_rate: 0.01 }, { error_rate: none });
    expect(outcome('error_rate <= baseline', readings)).toBe('not_applicable');
  });
});

describe('states, booleans and versions', () => {
  const readings = readingsOf({
    import_order: 'sorted',
    worst_severity: 'high',
    prettier_compliant: true,
    missing_tests_for_new_code: false,
    python_version: '3.11.4',
    node_version: 'v24.21.0-rc.1',
    output: 'valid structure',
  });

  it.each([
    ['import_order == sorted', 'true'],
    ['import_order == "sorted"', 'true'],
    ['sorted == import_order', 'true'],
    ['import_order != sorted', 'false'],
    ['import_order == tidy', 'false'],
    ['worst_severity < critical', 'true'],
    ['worst_severity >= high', 'true'],
    ['critical > worst_severity', 'true'],
    ['worst_severity < terrible', 'unknown'],
    ['output == "valid structure"', 'true'],
    ['output < "valid"', 'unknown'],
    ['prettier_compliant', 'true'],
    ['prettier_compliant == true', 'true'],
    ['prettier_compliant != true', 'false'],
    ['true == prettier_compliant', 'true'],
    ['prettier_compliant < true', 'unknown'],
    ['missing_tests_for_new_code', 'false'],
    ['import_order', 'unknown'],
    ['python_version == "3.11"', 'true'],
    ['python_version == 3.11', 'true'],
    ['python_version == 3.1', 'false'],
    ['python_version == "3.11.4"', 'true'],
    ['python_version == "3.11.5"', 'false'],
    ['python_version > "3.11"', 'false'],
    ['python_version >= 3.9', 'true'],
    ['3.9 <= python_version', 'true'],
    ['python_version < 4', 'true'],
    ['python_version == 3.11.4.1', 'false'],
    ['python_version == "newest"', 'unknown'],
    ['node_version >= 24', 'true'],
    ['node_version == "24.21.0"', 'false'],
    ['node_version < "24.21.0"', 'true'],
    ['node_version > "24.21.0-beta"', 'true'],
    ['node_version < "24.21.0-rc.2"', 'true'],
    ['node_version < "24.21.0-rc.1.1"', 'true'],
    ['node_version > python_version', 'true'],
    ['python_version == 3.10', 'false'],
  ])('%s is %s', (text, kind) => {
    expect(outcome(text, readings)).toBe(kind);
  });

  it('does not take 3.10 for 3.1', () => {
    const old = readingsOf({ python_version: '3.1.5' });
    expect(outcome('python_version == 3.10', old)).toBe('false');
    expect(outcome('python_version == 3.1', old)).toBe('true');
  });

  it.each([
    ['eslint_errors == 0', { eslint_errors: '0' }],
    ['prettier_compliant', { prettier_compliant: 1 }],
    ['import_order == sorted', { import_order: true }],
    ['unheard_of == 1', { unheard_of: 1 }],
  ])('%s with a reading of another type is unknown', (text, given) => {
    expect(outcome(text, readingsOf(given))).toBe('unknown');
  });
});

const KINDS = ['true', 'false', 'unknown', 'not_applicable'] as const;
type Kind = (typeof KINDS)[number];

const FLAGS = scopeOf({ a: 'boolean', b: 'boolean' });

function flag(kind: Kind) {
  if (kind === 'unknown') return { kind: 'missing', why: 'lost' } as const;
  if (kind === 'not_applicable') return { kind, why: 'not here' } as const;
  return kind === 'true';
}

/** rows: a; columns: b; both in the order of KINDS, shortened to their first letter */
const TABLES = {
  'a and b': ['tfun', 'ffff', 'ufuu', 'nfun'],
  'a or b': ['tttt', 'tfun', 'tuuu', 'tnun'],
} as const;

describe('three-valued logic', () => {
  for (const [text, rows] of Object.entries(TABLES)) {
    for (const [row, a] of KINDS.entries()) {
      for (const [column, b] of KINDS.entries()) {
        it(`${text} with ${a}, ${b}`, () => {
          const readings = readingsOf({ a: flag(a), b: flag(b) });
          const { kind } = evaluateSentence(sentence(text), FLAGS, readings);
          expect(kind.charAt(0)).toBe(rows[row]?.charAt(column));
        });
      }
    }
  }

  it.each([
    ['true', 'false'],
    ['false', 'true'],
    ['unknown', 'unknown'],
    ['not_applicable', 'not_applicable'],
  ] as const)('not %s is %s', (a, kind) => {
    const readings = readingsOf({ a: flag(a) });
    expect(evaluateSentence(sentence('not a'), FLAGS, readings).kind).toBe(kind);
  });

  it('names what is missing, each once, and not what merely does not apply', () => {
    const readings = readingsOf({ a: flag('unknown'), b: flag('not_applicable') });
    expect(evaluateSentence(sentence('a and b and not a'), FLAGS, readings)).toEqual({
      kind: 'unknown',
      because: [{ metric: 'a', why: 'lost' }],
    });
  });

  it('is unknown when a comparison needs one missing and one inapplicable reading', () => {
    const none = { kind: 'not_applicable', why: 'no linter' } as const;
    expect(outcome('eslint_errors < type_errors', readingsOf({ eslint_errors: none }))).toBe(
      'unknown',
    );
  });
});

describe('sections', () => {
  const holds: Outcome = { kind: 'true' };
  const fails: Outcome = { kind: 'false' };
  const lost: Outcome = { kind: 'unknown', because: [{ metric: 'x', why: 'lost' }] };
  const away: Outcome = { kind: 'not_applicable', because: [{ metric: 'y', why: 'no tests' }] };

  it.each([
    ['nothing', [], 'not_applicable', 'not_applicable'],
    ['only what does not apply', [away, away], 'not_applicable', 'not_applicable'],
    ['all hold', [holds, holds], 'false', 'true'],
    ['all that applies holds', [holds, away], 'false', 'true'],
    ['one fails', [holds, fails], 'true', 'false'],
    ['one fails, one is lost', [lost, fails], 'true', 'false'],
    ['one is lost', [holds, lost, away], 'unknown', 'unknown'],
  ] as const)('%s', (_, outcomes, any, all) => {
    const readings = readingsOf({}, {}, { security: outcomes });
    expect(outcome('any(security)', readings)).toBe(any);
    expect(outcome('any_security_violation', readings)).toBe(any);
    expect(outcome('all(security)', readings)).toBe(all);
  });
});

describe('score expressions', () => {
  const score = (text: string, given: Parameters<typeof readingsOf>[0]) =>
    evaluateExpression(expression(text), scope, readingsOf(given));

  it.each([
    ['clamp(100 - 10 * eslint_errors - 2 * eslint_warnings, 0, 100)', 74],
    ['clamp(100 * coverage_overall / coverage_target, 0, 100)', 75],
    ['clamp(100 * (6MB - bundle_size) / 2MB, 0, 100)', 50],
    ['clamp(100 - 100 * (latency_p95 - 1h) / 23h, 0, 100)', 100],
  ])('%s is %d', (text, value) => {
    const result = score(text, {
      eslint_errors: 2,
      eslint_warnings: 3,
      coverage_overall: 0.6,
      coverage_target: 0.8,
      bundle_size: 5e6,
      latency_p95: 20,
    });
    expect(result.kind === 'value' ? result.value : result).toBeCloseTo(value, 9);
  });

  it.each([
    ['100 - eslint_errors', {}, 'unknown'],
    ['100 / eslint_errors', { eslint_errors: 0 }, 'unknown'],
    ['prettier_compliant', { prettier_compliant: true }, 'unknown'],
    ['1 - baseline', {}, 'unknown'],
    ['eslint_errors', { eslint_errors: { kind: 'not_applicable', why: 'x' } }, 'not_applicable'],
  ] as const)('%s is undetermined', (text, given, kind) => {
    expect(score(text, given).kind).toBe(kind);
  });

  it('says what was divided by zero', () => {
    expect(score('100 / eslint_errors', { eslint_errors: 0 })).toEqual({
      kind: 'unknown',
      because: [{ metric: 'eslint_errors', why: 'is zero, and nothing can be divided by it' }],
    });
  });
});
