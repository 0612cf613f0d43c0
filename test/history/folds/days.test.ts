import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundsOf, bucketOf, COARSE, FINE } from '../../../src/history/folds/days.ts';

describe('the buckets of times', () => {
  it('hold what lies within their bounds', () => {
    const times = fc.oneof(
      fc.nat(1_000),
      fc.maxSafeNat(),
      fc.nat(52).map((power) => 2 ** power - 1),
      fc.nat(52).map((power) => 2 ** power),
    );
    fc.assert(
      fc.property(times, fc.constantFrom(COARSE, FINE), (ms, steps) => {
        const { from, to } = boundsOf(bucketOf(ms, steps), steps);
        expect(from).toBeLessThanOrEqual(ms);
        expect(to).toBeGreaterThan(ms);
      }),
    );
  });

  it.each([COARSE, FINE])('follow each other without a gap, %i to a doubling', (steps) => {
    for (let bucket = 0; bucket < 40 * steps; bucket += 1) {
      const { from, to } = boundsOf(bucket, steps);
      expect(boundsOf(bucket + 1, steps).from).toBe(to);
      expect(bucketOf(from, steps)).toBe(bucket);
      if (from >= steps) expect((to - from) / from).toBeLessThanOrEqual(1 / steps);
    }
  });

  it('nest', () => {
    for (let bucket = 0; bucket < 300; bucket += 1) {
      const { from, to } = boundsOf(bucket, COARSE);
      expect(boundsOf(bucketOf(from, FINE), FINE).from).toBe(from);
      expect(boundsOf(bucketOf(to - 1, FINE), FINE).to).toBe(to);
    }
  });
});
