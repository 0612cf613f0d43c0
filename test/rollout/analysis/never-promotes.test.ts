/** Series in which something is not known: whatever else they say, no comparison of them promotes. */

import { expect, test } from 'vitest';
import { decide } from '../../../src/rollout/analysis/decide.ts';
import type { Evidence } from '../../../src/rollout/analysis/evidence.ts';
import { looksIn, type Row } from '../../../src/rollout/analysis/recorded.ts';
import { seeded } from '../../../src/rollout/simulation/random.ts';
import { spec } from './rig.ts';
import { good, promotedOf } from './series.ts';

// `npm run faults -- judge` takes twenty thousand.
test('a thousand series', () => expect(promotedOf(1000)).toEqual([]));

test('the same tables without what is missing are promoted', () => {
  const rows = Array.from({ length: 10 }, (_, minute) => minute).flatMap((minute) =>
    ['candidate', 'baseline'].map((release): Row => {
      const requests = release === 'candidate' ? 200 : 1800;
      const values = { requests, errors: 0, 'error:500': 0, latency_p50: 40, latency_p95: 100 };
      return { atMs: minute * 60_000, release, values };
    }),
  );
  const looks = looksIn(rows, { candidate: 'candidate', stable: 'baseline', share: 0.1 });
  expect(decide(spec(), looks).answer).toBe('pass');
});

test('a metric that flaps is neither promoted nor taken back by turns: 200 square waves', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seeded(seed);
    const period = 1 + Math.floor(random() * 4);
    const [calm, wild] = [good(1000, 0.1), { ...good(1000, 0.1), errors: 32 }];
    const looks = Array.from({ length: 40 }, (_, at): Evidence => {
      const candidate = Math.floor(at / period) % 2 === 0 ? calm : wild;
      return { fromMs: 0, toMs: at * 1000, candidate, stable: good(9000, 0.9), troubles: [] };
    });
    const answers = looks.map((_, at) => decide(spec(), looks.slice(0, at + 1)).answer);
    expect(answers).not.toContain('fail');
    expect(decide(spec(), looks)).toEqual(decide(spec(), looks.slice(-5)));
  }
});
