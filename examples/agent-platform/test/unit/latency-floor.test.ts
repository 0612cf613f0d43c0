import { expect, test } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { createLatencyFloor } from '../../src/http/latency-floor.ts';

function clockAt(passes: number) {
  let now = 0;
  const slept: number[] = [];
  const clock: Clock = {
    nowMs: () => now,
    monotonicMs: () => now,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const work = () => {
    now += passes;
    return Promise.resolve('done');
  };
  return { clock, slept, work };
}

const { signal } = new AbortController();

test.each([
  [200, 30, [170]],
  [200, 250, []],
  [0, 30, []],
])('a floor of %d ms, work of %d ms: waits %j', async (floorMs, passes, expected) => {
  const { clock, slept, work } = clockAt(passes);
  expect(await createLatencyFloor(floorMs, clock)(work, signal)).toBe('done');
  expect(slept).toEqual(expected);
});

test('a failure waits as well', async () => {
  const { clock, slept } = clockAt(0);
  const failing = () => Promise.reject(new Error('no'));
  await expect(createLatencyFloor(50, clock)(failing, signal)).rejects.toThrow('no');
  expect(slept).toEqual([50]);
});
