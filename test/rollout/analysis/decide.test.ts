import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rollout/analysis/decide.ts';
import { added, NOTHING } from '../../../src/rollout/analysis/evidence.ts';
import { readSide } from '../../../src/rollout/analysis/reading.ts';
import { evidence, five, SAME, side, spec, STABLE } from './rig.ts';

/** Sentence to answer, those that pass left out. */
const answers = (
  ...[candidate, stable, of]: [...Parameters<typeof evidence>, ReturnType<typeof spec>?]
) => {
  const verdict = decide(of ?? spec(), five(evidence(candidate, stable)));
  const told = verdict.judgements.filter(({ answer }) => answer !== 'pass');
  return [verdict.answer, ...told.map(({ sentence, answer }) => `${sentence}: ${answer}`)];
};

test('a release that is no worse passes, and what nobody tells is not in play', () => {
  const verdict = decide(spec(), five(evidence(SAME)));
  expect(verdict.answer).toBe('pass');
  expect(verdict.notInPlay).toEqual(['user_feedback_neutral_or_positive']);
});

describe('each is stopped by its own sentence', () => {
  test.each([
    [
      '2 points more errors',
      { errors: 32 },
      ['inconclusive', 'error_rate <= baseline + 1%: inconclusive'],
    ],
    [
      '20 points more errors',
      { errors: 210 },
      ['fail', 'error_rate <= baseline + 1%: fail', 'throughput >= baseline - 5%: fail'],
    ],
    [
      'a p95 30 % higher',
      { errors: 10, p95: 130 },
      ['inconclusive', 'latency_p95 <= baseline + 20%: inconclusive'],
    ],
    [
      'a p95 twice as high',
      { errors: 10, p95: 200 },
      ['fail', 'latency_p95 <= baseline + 20%: fail'],
    ],
    ['a p50 half higher', { errors: 10, p50: 60 }, ['fail', 'latency_p50 <= baseline + 10%: fail']],
    [
      'a throughput a fifth lower',
      { requests: 800, errors: 8 },
      ['fail', 'throughput >= baseline - 5%: fail'],
    ],
    [
      'a throughput that chance may have made',
      { requests: 940, errors: 9 },
      ['inconclusive', 'throughput >= baseline - 5%: inconclusive'],
    ],
    [
      'a fifth turned away',
      { errors: 10, shed: 200 },
      ['fail', 'throughput >= baseline - 5%: fail'],
    ],
    [
      'a new type of error',
      { errors: 10, failures: { 500: 6, 502: 4 } },
      ['fail', 'no_new_error_types: fail'],
    ],
  ])('%s', (_, behaves, expected) => {
    expect(answers(side(behaves))).toEqual(expected);
  });

  test('a type seen twice is none yet', () => {
    expect(answers(side({ errors: 10, failures: { 500: 8, 502: 2 } }))).toEqual(['pass']);
  });
});

describe('exactly as the sentence says', () => {
  const told = (metric: string, value: number) => ({
    [metric]: { kind: 'value', value, samples: 1000 } as const,
  });
  const judged = (metric: string, candidate: number, stable: number) => {
    const sentences = spec().compared.filter(({ text }) => text.startsWith(metric));
    const only = { ...spec(), compared: sentences, criteria: [] };
    const look = evidence(
      side({ told: told(metric, candidate) }),
      side({ told: told(metric, stable) }),
    );
    return decide(only, five(look)).answer;
  };
  test.each([
    ['error_rate', 0.02, 0.01, 'pass'],
    ['error_rate', 0.0201, 0.01, 'inconclusive'],
    ['latency_p50', 110, 100, 'pass'],
    ['latency_p50', 110.01, 100, 'fail'],
    ['latency_p95', 120, 100, 'pass'],
    ['latency_p95', 120.01, 100, 'inconclusive'],
    ['latency_p95', 150, 100, 'inconclusive'],
    ['latency_p95', 150.01, 100, 'fail'],
    ['throughput', 95, 100, 'pass'],
    ['throughput', 94.99, 100, 'fail'],
  ])('%s of %d beside %d: %s', (metric, candidate, stable, expected) => {
    expect(judged(metric, candidate, stable)).toBe(expected);
  });
});

describe('what is not known', () => {
  const none = { kind: 'none', why: 'NaN' } as const;
  test.each([
    ['nothing of the candidate', null, STABLE, 'no_data'],
    ['nothing of the baseline', SAME, null, 'no_data'],
    ['no requests', side({ requests: 0 }), STABLE, 'no_data'],
    ['too few requests', side({ requests: 19 }), STABLE, 'inconclusive'],
    ['too few beside it', SAME, side({ requests: 19, share: 0.9 }), 'inconclusive'],
    [
      'NaN',
      side({ told: { error_rate: { kind: 'value', value: NaN, samples: 900 } } }),
      STABLE,
      'no_data',
    ],
    [
      'infinite',
      side({ told: { latency_p95: { kind: 'value', value: Infinity, samples: 900 } } }),
      STABLE,
      'no_data',
    ],
    [
      'a percentage for a share',
      side({ told: { error_rate: { kind: 'value', value: 2, samples: 900 } } }),
      STABLE,
      'no_data',
    ],
    [
      'below nothing',
      side({ told: { throughput: { kind: 'value', value: -1, samples: 900 } } }),
      STABLE,
      'no_data',
    ],
    [
      'no samples',
      side({ told: { error_rate: { kind: 'value', value: 0, samples: 0 } } }),
      STABLE,
      'no_data',
    ],
    ['a source that says nothing', side({ told: { latency_p50: none } }), STABLE, 'no_data'],
    ['no types of errors', side({ errors: 10, failures: null }), STABLE, 'no_data'],
  ])('%s', (_, candidate, stable, expected) => {
    expect(answers(candidate, stable)[0]).toBe(expected);
  });

  test('nothing was ever looked at', () => expect(decide(spec(), []).answer).toBe('no_data'));

  test('feedback that is declared and not told', () => {
    expect(answers(SAME, STABLE, spec({ declared: ['user_feedback'] }))).toEqual([
      'no_data',
      'user_feedback_neutral_or_positive: no_data',
    ]);
  });

  test.each([
    [0, 'pass'],
    [0.3, 'pass'],
    [-0.1, 'fail'],
  ])('feedback of %d', (value, expected) => {
    const candidate = {
      ...SAME,
      told: { user_feedback: { kind: 'value', value, samples: 1 } as const },
    };
    expect(answers(candidate, STABLE, spec({ declared: ['user_feedback'] }))[0]).toBe(expected);
  });
});

describe('of the last looks', () => {
  const [good, bad, middle] = [
    evidence(SAME),
    evidence(side({ errors: 300 })),
    evidence(side({ errors: 32 })),
  ];
  const looks = { g: good, b: bad, m: middle, n: evidence(null) };
  test.each([
    ['ggggg', 'pass'],
    ['bbggg', 'pass'],
    ['bbbgg', 'fail'],
    ['gbgbg', 'pass'],
    ['bgbgb', 'fail'],
    ['ggggb', 'inconclusive'],
    ['mmmgg', 'inconclusive'],
    ['ggggn', 'no_data'],
    ['gg', 'inconclusive'],
    ['ggg', 'pass'],
    ['bbbbbggggg', 'pass'],
  ])('%s: %s', (series, expected) => {
    const seen = [...series].map((one) => looks[one as keyof typeof looks]);
    expect(decide(spec(), seen).answer).toBe(expected);
  });
});

test('an explanation has both values, limit, margin, samples, and what so much traffic shows', () => {
  const [error] = decide(spec(), five(evidence(side({ errors: 32 })))).judgements;
  expect(error).toEqual({
    sentence: 'error_rate <= baseline + 1%',
    answer: 'inconclusive',
    explanation: [
      'error_rate is 3.2 %, the baseline is 1 %',
      'the limit is <= 2 % (baseline + 1%), 1.2 pp above it',
      'candidate: 32 errors in 1000 requests over 600 s',
      'baseline: 90 errors in 9000 requests over 600 s',
      'a difference of 0.55 % or more shows in so many requests, 19 times of 20',
      'between this and `error_rate > baseline + 5%`',
      'asked by gates/staging/canary.yaml:12',
      '5 of the last 5 looks say so, 3 are needed',
    ],
  });
});

test('latencies closer than the noise are the same', () => {
  const slower = side({ errors: 10, p50: 52 });
  expect(answers(slower)[0]).toBe('fail');
  expect(answers(slower, STABLE, spec({ noiseMs: 25 }))).toEqual(['pass']);
});

describe('counters', () => {
  const look = (at: number, requests: number, failures?: Record<string, number>) => {
    const latency = [requests];
    const traffic = { requests, errors: 0, latency, ...(failures && { failures }) };
    return { at, share: 0.1, traffic };
  };

  test('add up, and what began anew is left out', () => {
    let sum = added(NOTHING, look(0, 100), look(1000, 150));
    sum = added(sum, look(1000, 150), look(2000, 3));
    sum = added(sum, look(2000, 3), look(3000, 13));
    expect(sum).toMatchObject({ requests: 60, resets: 1, exposedMs: 200, latency: [[0, 60]] });
  });

  test('what was turned away is neither answered nor an error', () => {
    const sum = added(NOTHING, look(0, 0, {}), look(10_000, 100, { 429: 20, 502: 1 }));
    expect(sum).toMatchObject({ shed: 20, errors: 0, failures: { 502: 1 } });
    expect(readSide(sum, 'throughput', 20)).toEqual({ kind: 'value', value: 80 });
  });
});
