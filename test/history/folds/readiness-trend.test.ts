import { describe, expect, it } from 'vitest';
import { readinessTrendOf } from '../../../src/history/folds/readiness-trend.ts';
import { sparkline } from '../../../src/history/folds/sparkline.ts';
import { journalOf, type Told } from './journal.ts';

const STREAM = { service: 'checkout', environment: '-' };

function check(build: string | null, low: number | null, more: Record<string, unknown> = {}): Told {
  return {
    type: 'check_recorded',
    at: 0,
    body: {
      commit: null,
      readiness: 'ready',
      partial: false,
      score: low === null ? null : { low, high: Math.min(100, low + 4), evidence: 0.9 },
      gates: { code: 'passed', ...(build !== null && { build }) },
      duration_ms: 1000,
      ...more,
    },
  };
}
const trend = (...told: readonly Told[]) => readinessTrendOf(journalOf(told, STREAM));

describe('the trend of readiness', () => {
  it('of nothing is none, not 0', () => {
    expect(trend()).toEqual({
      points: [],
      scores: [],
      change: null,
      gates: [],
      build_success_rate: { kind: 'none', why: 'no whole check with a build gate' },
      partial: 0,
      bad: 0,
    });
  });

  it('has a point for each whole check, with gaps where there was no score', () => {
    const found = trend(check('passed', 80), check('passed', null), check('blocked', 87));
    expect(found.scores).toEqual([80, null, 87]);
    expect(found.change).toBe(7);
    expect(found.points[2]).toMatchObject({ id: 'e-3', seq: 3, low: 87, high: 91, evidence: 0.9 });
  });

  it('counts a gate as passed when it passed or warned', () => {
    const found = trend(check('passed', 1), check('warned', 1), check('blocked', 1));
    expect(found.gates).toEqual([
      {
        gate: 'code',
        rate: { kind: 'measured', value: 1, good: 3, of: 3, ids: ['e-1', 'e-2', 'e-3'] },
      },
      {
        gate: 'build',
        rate: { kind: 'measured', value: 2 / 3, good: 2, of: 3, ids: ['e-1', 'e-2', 'e-3'] },
      },
    ]);
  });

  it('looks at the last 20 builds: blocked and undecided ones failed, checks without a build are none', () => {
    const early = Array.from({ length: 5 }, () => check('blocked', 90));
    const late = Array.from({ length: 18 }, () => check('passed', 90));
    const others = [check(null, 90), check('blocked', 90, { partial: true })];
    const { build_success_rate: rate } = trend(
      ...early,
      ...others,
      ...late,
      check('undecided', 90),
    );
    expect(rate).toMatchObject({ kind: 'measured', value: 18 / 20, good: 18, of: 20 });
    expect(rate.kind === 'measured' && rate.ids[0]).toBe('e-5');
  });

  it('leaves partial and unreadable checks out, and counts them', () => {
    const found = trend(
      check('passed', 90),
      check('blocked', 10, { partial: true }),
      check('passed', 900),
      { type: 'weather', at: 0, body: {} },
    );
    expect(found).toMatchObject({ scores: [90], partial: 1, bad: 1 });
  });

  it('takes the events newest first, or one of them twice', () => {
    const events = journalOf([check('passed', 80), check('blocked', 87)], STREAM);
    const again = [...events, ...events].reverse();
    expect(readinessTrendOf(again)).toEqual(readinessTrendOf(events));
  });
});

describe('a sparkline', () => {
  it.each([
    [[], {}, ''],
    [[null, null], {}, '··'],
    [[5], {}, '▅'],
    [[5, 5, 5], {}, '▅▅▅'],
    [[0, 1, 2, 3, 4, 5, 6, 7], {}, '▁▂▃▄▅▆▇█'],
    [[0, null, 7], {}, '▁·█'],
    [[80, 90, 100], { from: 0, to: 100 }, '▇██'],
    [[-50, 50, 500], { from: 0, to: 100 }, '▁▅█'],
    [[NaN, 1, 2], {}, '·▁█'],
  ])('of %j on %j is %s', (values, scale, expected) => {
    expect(sparkline(values, scale)).toBe(expected);
  });
});
