import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rollout/analysis/decide.ts';
import { detectable } from '../../../src/rollout/analysis/detect.ts';
import {
  sameShareChance,
  slowerChance,
  upperTail,
  type Histogram,
} from '../../../src/rollout/analysis/statistics.ts';
import { seeded } from '../../../src/rollout/simulation/random.ts';
import { evidence, five, spec } from './rig.ts';
import { drawn, takenBack } from './series.ts';

describe('known values', () => {
  // Abramowitz and Stegun, table 26.1.
  test.each([
    [0, 0.5],
    [1.6449, 0.05],
    [1.96, 0.025],
    [2.652, 0.004],
    [-1.96, 0.975],
    [5, 2.8665e-7],
  ])('above %d lies %d', (z, part) => expect(upperTail(z) / part).toBeCloseTo(1, 2));

  // The hypergeometric sum: 10 of 12 beside 1 of 12 is (C(11,10) C(13,2) + C(13,1)) / C(24,12).
  test.each([
    [3, 100, 0, 900, 0.000_973],
    [1, 100, 0, 900, 0.1],
    [0, 100, 0, 900, 1],
    [3, 4, 1, 4, 0.242_857],
    [10, 12, 1, 12, 0.000_322],
  ])('%d of %d beside %d of %d: %d', (errors, requests, others, of, chance) => {
    const found = sameShareChance({ errors, requests }, { errors: others, requests: of });
    expect(found).toBeCloseTo(chance, 5);
  });

  // By hand: U = 18 of 20, variance 20 / 12 * (10 - 18 / 72) = 16.25, z = 7.5 / 4.031
  test('Mann-Whitney with ties', () => {
    const own: Histogram = [
      [4, 1],
      [5, 1],
      [6, 2],
    ];
    const other: Histogram = [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 1],
    ];
    const { chance, effect } = slowerChance(own, other)!;
    expect(effect).toBeCloseTo(18 / 20, 10);
    expect(chance).toBeCloseTo(0.0314, 4);
  });

  test('nothing to compare', () => expect(slowerChance([], [[1, 1]])).toBeUndefined());
});

const statistical = spec({ judge: 'statistical' });

// `npm run faults -- judge` draws two thousand.
describe('the statistical judge, at the sample the plan states', () => {
  test('takes back at most 1 of 100 equal releases', () => {
    expect(takenBack(100, 0.01, 1)).toBeLessThanOrEqual(1);
  });
  test('sees a doubled error rate 95 times of 100', () => {
    expect(takenBack(100, 0.02, 2)).toBeGreaterThanOrEqual(95);
  });
});

test('a slow release is seen by its sentence, and the same counts give the same verdict', () => {
  const random = seeded(3);
  const [candidate, stable] = [drawn(1000, 0.01, 1.6, random), drawn(9000, 0.01, 1, random)];
  const verdict = decide(statistical, five(evidence(candidate, stable)));
  expect(
    verdict.judgements.filter(({ answer }) => answer === 'fail').map(({ sentence }) => sentence),
  ).toEqual(['latency_p50 <= baseline + 10%', 'latency_p95 <= baseline + 20%']);
  expect(decide(statistical, five(evidence(candidate, stable)))).toEqual(verdict);
});

describe('what a canary can detect', () => {
  test('at 100 requests a second for half an hour', () => {
    const told = detectable(spec({ expected: { candidate: 18_000, stable: 162_000 } }));
    expect(told).toMatchInlineSnapshot(`
      {
        "lines": [
          "about 18 000 requests of the candidate, 162 000 beside it",
          "error_rate <= baseline + 1%: 1.1 points more is stopped 19 times of 20",
          "latency_p50 <= baseline + 10%: 11 % more is stopped 19 times of 20",
          "latency_p95 <= baseline + 20%: 22 % more is stopped 19 times of 20",
          "throughput >= baseline - 5%: 6.3 % less is stopped 19 times of 20",
        ],
        "warnings": [],
      }
    `);
  });
  test('at one request a second it says what it cannot', () => {
    const told = detectable(spec({ expected: { candidate: 180, stable: 1620 } }));
    expect(told.warnings).toMatchInlineSnapshot(`
      [
        "\`error_rate <= baseline + 1%\` holds up 10 of 100 releases that are no worse: it takes 1.7 times as many requests",
        "\`latency_p50 <= baseline + 10%\` holds up 10 of 100 releases that are no worse: it takes 1.7 times as many requests",
        "\`latency_p95 <= baseline + 20%\` holds up 7 of 100 releases that are no worse: it takes 1.2 times as many requests",
        "\`throughput >= baseline - 5%\` holds up 26 of 100 releases that are no worse: it takes 6.7 times as many requests",
      ]
    `);
  });
  test('where nobody knows what comes', () => {
    expect(detectable(spec()).lines).toEqual([
      'what it can detect is not known: say how much comes: `expected_traffic: 100 req/s`',
    ]);
  });
});
