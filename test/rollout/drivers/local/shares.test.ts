/** Laws of the sequence of shares. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareSequence } from '../../../../src/rollout/drivers/local/splitter/shares.ts';

const shares = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 })
  .filter((parts) => parts.some((part) => part > 0))
  .map((parts) => parts.map((part) => part / parts.reduce((sum, one) => sum + one, 0)));

test('after any number of requests each release is less than one request from its share', () => {
  fc.assert(
    fc.property(shares, fc.integer({ min: 1, max: 2000 }), (given, count) => {
      const sequence = shareSequence(given);
      const counts = given.map(() => 0);
      for (let n = 1; n <= count; n += 1) {
        const chosen = sequence.next();
        counts[chosen] = counts[chosen]! + 1;
        given.forEach((share, index) => {
          expect(Math.abs(counts[index]! - share * n)).toBeLessThan(1.01);
        });
      }
    }),
    { numRuns: 60 },
  );
});

test('a release without a share is never chosen, and nobody is where nobody has one', () => {
  const sequence = shareSequence([0, 1, 0]);
  expect(Array.from({ length: 5 }, () => sequence.next())).toEqual([1, 1, 1, 1, 1]);
  expect(shareSequence([0, 0]).next()).toBe(-1);
  expect(shareSequence([]).next()).toBe(-1);
});
