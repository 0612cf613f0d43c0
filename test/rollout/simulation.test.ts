import { describe, expect, test } from 'vitest';
import { counters } from '../../src/rollout/simulation/counters.ts';
import { simulatedFleet } from '../../src/rollout/simulation/fleet.ts';
import {
  always,
  nextChange,
  valueAt,
  type Timeline,
} from '../../src/rollout/simulation/timeline.ts';
import { virtualClock } from '../../src/rollout/simulation/virtual-clock.ts';
import { LATENCY_BOUNDS_MS } from '../../src/rollout/driver.ts';
import { CANDIDATE, GOOD, planned, STABLE, turn, world } from './rig.ts';

describe('the virtual clock', () => {
  test('wakes sleepers in order of their time, and of their going to sleep', async () => {
    const clock = virtualClock(0, turn);
    const woken: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      await Promise.resolve().then(() => Promise.resolve());
      woken.push(`${name} ${clock.now()}`);
    };
    await clock.run(
      Promise.all([sleep('late', 500), sleep('b', 100), sleep('c', 100), sleep('a', 0)]),
    );
    expect(woken).toEqual(['a 0', 'b 100', 'c 100', 'late 500']);
  });

  test('a sleep that is aborted ends at once', async () => {
    const clock = virtualClock(0, turn);
    const ending = new AbortController();
    const work = async () => {
      const long = clock.sleep(1e6, ending.signal);
      await clock.sleep(10);
      ending.abort();
      await long;
      return clock.now();
    };
    expect(await clock.run(work())).toBe(10);
  });

  test('says so where everybody waits for something else', async () => {
    const clock = virtualClock(0, turn);
    await expect(clock.run(new Promise(() => undefined))).rejects.toThrow(/nobody for the time/);
  });
});

describe('a timeline', () => {
  const flaps: Timeline<number> = {
    points: [
      { since: 'start', atMs: 0, value: 1 },
      { since: 'start', atMs: 700, value: 0 },
    ],
    repeatMs: 1000,
  };
  test('has the value of the last moment that has come, and begins again', () => {
    expect([0, 699, 700, 999, 1000, 1700].map((at) => valueAt(flaps, { start: 0 }, at))).toEqual([
      1, 1, 0, 0, 1, 0,
    ]);
  });
  test('tells when it changes next', () => {
    expect([0, 700, 999, 1000].map((at) => nextChange(flaps, { start: 0 }, at))).toEqual([
      700, 1000, 1000, 1700,
    ]);
    expect(nextChange(always(1), { start: 0 }, 0)).toBe(Infinity);
  });
});

test('counters lose nothing, only grow, and spread latency as asked', () => {
  const counts = counters(0.3);
  let before = counts.read();
  for (let look = 0; look < 2000; look += 1) {
    counts.add(0.7, 0.1, { p50Ms: 40, p95Ms: 120 });
    const now = counts.read();
    for (const [index, count] of now.latency.entries())
      expect(count).toBeGreaterThanOrEqual(before.latency[index] ?? 0);
    before = now;
  }
  expect(before.requests).toBe(1400);
  expect(before.errors).toBe(140);
  expect(before.latency.reduce((sum, count) => sum + count, 0)).toBe(1400);
  const upTo = (ms: number) =>
    before.latency.reduce(
      (sum, count, index) => sum + ((LATENCY_BOUNDS_MS[index] ?? Infinity) <= ms ? count : 0),
      0,
    );
  expect(upTo(42) / 1400).toBeCloseTo(0.53, 1);
  expect(upTo(126) / 1400).toBeCloseTo(0.96, 1);
});

describe('the simulated fleet', () => {
  const fleet = () => {
    const clock = virtualClock(0, turn);
    const { fleet: script } = world(planned());
    return { clock, driver: simulatedFleet(script, clock, { release: STABLE, instances: 2 }) };
  };
  const slots = (instances: number) => ({
    slots: [
      { release: CANDIDATE, instances, share: 0 },
      { release: STABLE, instances: 2, share: 1 },
    ],
  });

  test('starts instances in their time', async () => {
    const { clock, driver } = fleet();
    await driver.apply(slots(2), 1);
    const healthy = async () => {
      const observed = await driver.observe();
      return observed.ok ? observed.value.slots.map((slot) => slot.healthy) : [];
    };
    expect(await healthy()).toEqual([2, 0]);
    await clock.run(clock.sleep(GOOD.startUpMs));
    expect(await healthy()).toEqual([2, 2]);
  });

  test('refuses an older fence, and keeps the newest', async () => {
    const { driver } = fleet();
    await driver.apply(slots(1), 7);
    expect(await driver.apply(slots(2), 6)).toEqual({
      ok: false,
      failure: { kind: 'fenced_out', fence: 6, newest: 7 },
    });
    expect(await driver.observe()).toMatchObject({ value: { fence: 7 } });
  });

  test('counts the same requests, however often it is looked at', async () => {
    const [often, once] = [fleet(), fleet()];
    for (let look = 0; look < 100; look += 1) {
      await often.clock.run(often.clock.sleep(37));
      await often.driver.observe();
    }
    await once.clock.run(once.clock.sleep(3700));
    const [a, b] = [await often.driver.observe(), await once.driver.observe()];
    expect(a.ok && a.value.slots[0]?.traffic?.requests).toBe(
      b.ok && b.value.slots[0]?.traffic?.requests,
    );
  });
});
