/** What every driver does, whatever it drives. Run on each of them. */

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReleaseRecord } from '../../src/history/records.ts';
import {
  releaseKey,
  type Desired,
  type Driver,
  type DriverResult,
  type Observed,
} from '../../src/rollout/driver.ts';
import { slotSeen } from '../../src/rollout/shape.ts';

export interface DriverUnderTest {
  readonly kind: string;
  /** An environment with nothing in it, that could run every release named here but `missing`. */
  open(): Promise<OpenedDriver>;
  /** Does it know releases before they ever ran there? */
  readonly hasReleases: boolean;
  /** Does it take requests? Each instance answers with its version. */
  readonly takesRequests: boolean;
  /** Does it count them? */
  readonly countsRequests: boolean;
  /** Does what shall end go on until something else takes requests? Strategies ask for it in two steps. */
  readonly bridges: boolean;
}

export interface OpenedDriver {
  readonly driver: Driver;
  readonly old: ReleaseRecord;
  readonly next: ReleaseRecord;
  /** Starts, and never gets healthy. */
  readonly sick: ReleaseRecord;
  /** The environment does not have it. */
  readonly missing: ReleaseRecord;
  /** Where requests are answered; empty where none are. */
  readonly url: string;
  close(): Promise<void>;
}

export function release(version: string, artifact: string | null = null): ReleaseRecord {
  return { version, commit: null, committed_at: null, artifact };
}

/** The value, or a failed test. */
export function value<T>(result: DriverResult<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** Looks until the environment is as asked. */
export async function settled(driver: Driver, desired: Desired): Promise<Observed> {
  return seen(driver, (observed) => lacking(desired, observed, driver));
}

/** What is not as asked, with every instance of every release healthy. */
function lacking({ slots }: Desired, observed: Observed, { dials }: Driver): string[] {
  const turns = dials.includes('traffic');
  const named = new Set(slots.map(({ release }) => releaseKey(release)));
  const strays = observed.slots.filter(
    ({ release, instances }) => !named.has(releaseKey(release)) && instances > 0,
  );
  const wrong = slots.filter(({ release, instances, share }) => {
    const slot = slotSeen(observed, release);
    const is = slot ?? { instances: 0, healthy: 0, share: 0 };
    const isOff = turns && Math.abs(is.share - share) > 0.005;
    return is.instances !== instances || is.healthy !== instances || isOff;
  });
  const count = wrong.length + strays.length;
  return count === 0 ? [] : [`${count} not as asked: ${JSON.stringify(observed.slots)}`];
}

async function seen(driver: Driver, lacks: (observed: Observed) => readonly string[]) {
  const until = performance.now() + 20_000;
  for (;;) {
    const observed = value(await driver.observe());
    const left = lacks(observed);
    if (left.length === 0) return observed;
    if (performance.now() > until) throw new Error(`still: ${left.join('; ')}`);
    await sleep(50);
  }
}

type Part = readonly [release: ReleaseRecord, instances: number, share: number];

export function wish(...parts: readonly Part[]): Desired {
  return { slots: parts.map(([release, instances, share]) => ({ release, instances, share })) };
}

export function driverContract(tested: DriverUnderTest): void {
  describe(`the ${tested.kind} driver`, () => {
    let opened: OpenedDriver;
    let fence = 1;
    beforeAll(async () => {
      opened = await tested.open();
    });
    afterAll(() => opened?.close());

    const reach = async (...parts: readonly Part[]) => {
      value(await opened.driver.apply(wish(...parts), fence));
      return settled(opened.driver, wish(...parts));
    };

    it('says that nothing runs at first, and what could', async () => {
      const { driver, old } = opened;
      const observed = value(await driver.observe());
      expect(observed).toMatchObject({ fence: 0, slots: [] });
      const keys = observed.restorable.map(releaseKey);
      expect(keys.includes(releaseKey(old))).toBe(tested.hasReleases);
    });

    it('comes to look as asked, and never says that more are healthy than run', async () => {
      const { driver, old } = opened;
      const desired = wish([old, 3, 1]);
      value(await driver.apply(desired, fence));
      await seen(driver, (observed) => {
        const slot = slotSeen(observed, old);
        expect(slot?.healthy ?? 0).toBeLessThanOrEqual(slot?.instances ?? 0);
        return lacking(desired, observed, driver);
      });
    });

    it('changes nothing when asked the same again', async () => {
      const { driver, old } = opened;
      const before = await reach([old, 3, 1]);
      value(await driver.apply(wish([old, 3, 1]), fence));
      const after = value(await driver.observe());
      expect(shape(after)).toEqual(shape(before));
      expect(after.slots[0]?.healthy).toBe(3);
    });

    it('takes a higher fence, keeps it, and refuses a lower one without a change', async () => {
      const { driver, old, next } = opened;
      fence = 5;
      const before = await reach([old, 3, 1]);
      expect(before.fence).toBe(5);
      const refused = await driver.apply(wish([next, 1, 1]), 4);
      expect(refused).toEqual({
        ok: false,
        failure: { kind: 'fenced_out', fence: 4, newest: 5 },
      });
      const after = value(await driver.observe());
      expect(after.fence).toBe(5);
      expect(shape(after)).toEqual(shape(before));
    });

    it('refuses a release it does not have, and changes nothing', async () => {
      const { driver, old, missing } = opened;
      const before = await reach([old, 3, 1]);
      const refused = await driver.apply(wish([old, 3, 0.5], [missing, 1, 0.5]), fence);
      expect(refused).toMatchObject({ ok: false, failure: { kind: 'refused' } });
      expect(shape(value(await driver.observe()))).toEqual(shape(before));
    });

    it('says why a release does not get healthy', async () => {
      const { driver, old, sick } = opened;
      await reach([old, 2, 1]);
      value(await driver.apply(wish([old, 2, 1], [sick, 1, 0]), fence));
      const observed = await seen(driver, (now) =>
        (slotSeen(now, sick)?.problems.length ?? 0) > 0 ? [] : ['no problem told'],
      );
      expect(slotSeen(observed, sick)).toMatchObject({ instances: 1, healthy: 0, share: 0 });
      expect(slotSeen(observed, old)).toMatchObject({ instances: 2, healthy: 2 });
    });

    it('runs two releases side by side, with the shares asked for', async () => {
      const { driver, old, next } = opened;
      const observed = await reach([old, 2, 0.9], [next, 1, 0.1]);
      if (!driver.dials.includes('traffic')) return;
      expect(slotSeen(observed, old)?.share).toBeCloseTo(0.9, 2);
      expect(slotSeen(observed, next)?.share).toBeCloseTo(0.1, 2);
    });

    if (tested.takesRequests) describeRequests(tested, () => opened, reach);

    it('ends what is not named, and could restore it', async () => {
      const { old, next } = opened;
      await reach([old, 1, 0], [next, 2, 1]);
      const observed = await reach([next, 2, 1]);
      expect(slotSeen(observed, old)?.instances ?? 0).toBe(0);
      expect(observed.restorable.map(releaseKey)).toContain(releaseKey(old));
      await reach([old, 1, 1]);
    });

    it('takes from two at once the wish of the higher fence', async () => {
      const { driver, old, next } = opened;
      await reach([old, 1, 1]);
      fence = 8;
      const [low, high] = await Promise.all([
        driver.apply(wish([old, 2, 1]), 7),
        driver.apply(wish([next, 1, 1]), 8),
      ]);
      value(high);
      if (!low.ok) expect(low.failure.kind).not.toBe('refused');
      expect((await settled(driver, wish([next, 1, 1]))).fence).toBe(8);
    });

    it('is nothing any more when nothing is asked for', async () => {
      const observed = await reach();
      expect(observed.slots.filter(({ instances }) => instances > 0)).toEqual([]);
    });

    it('ends early when told to', async () => {
      const aborted = await opened.driver.observe(AbortSignal.abort());
      expect(aborted).toEqual({ ok: false, failure: { kind: 'aborted' } });
    });

    it('is frozen as JSON', () => {
      const { frozen, kind } = opened.driver;
      expect(JSON.parse(JSON.stringify(frozen))).toEqual(frozen);
      expect(frozen.kind).toBe(kind);
    });
  });
}

function describeRequests(
  tested: DriverUnderTest,
  the: () => OpenedDriver,
  reach: (...parts: readonly Part[]) => Promise<Observed>,
): void {
  it('sends a tenth of the requests where asked to', async () => {
    const { driver, old, next, url } = the();
    const before = await reach([old, 2, 0.9], [next, 1, 0.1]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(url, 100)));
    const all = answers.flat();
    expect(all.filter((answer) => answer === old.version).length).toBeGreaterThanOrEqual(880);
    expect(all.filter((answer) => answer === next.version).length).toBeGreaterThanOrEqual(80);
    expect(all.filter((one) => ![old.version, next.version].includes(one))).toEqual([]);
    if (!tested.countsRequests) return;
    const requests = (observed: Observed) =>
      [old, next].reduce((sum, one) => sum + (slotSeen(observed, one)?.traffic?.requests ?? 0), 0);
    const told = requests(value(await driver.observe())) - requests(before);
    expect(told).toBe(1000);
  });

  it('switches under load without a failed request', async () => {
    const { old, next, url } = the();
    await reach([old, 2, 1]);
    const load = startLoad(url, 100);
    await reach([old, 2, 1], [next, 2, 0]);
    await reach([old, 2, 0], [next, 2, 1]);
    await reach([next, 2, 1]);
    await load.until(next.version, 20);
    const answers = await load.end();
    expect(answers.filter((one) => ![old.version, next.version].includes(one))).toEqual([]);
    expect(new Set(answers)).toEqual(new Set([old.version, next.version]));
  });

  if (!tested.bridges) return;
  it('replaces one by another in a single wish without a failed request', async () => {
    const { old, next, url } = the();
    await reach([old, 2, 1]);
    const load = startLoad(url, 100);
    await load.until(old.version, 20);
    await reach([next, 2, 1]);
    await load.until(next.version, 20);
    const answers = await load.end();
    expect(answers.filter((one) => ![old.version, next.version].includes(one))).toEqual([]);
  });
}

/** What was asked for, without what comes and goes. */
function shape({ slots }: Observed) {
  return slots.map(({ release, instances, share }) => ({
    key: releaseKey(release),
    instances,
    share,
  }));
}

/** What so many requests were answered, one after the other; an error is an answer, too. */
async function ask(url: string, times: number): Promise<string[]> {
  const answers: string[] = [];
  for (let n = 0; n < times; n += 1) answers.push(await askOnce(url));
  return answers;
}

async function askOnce(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const text = await answer.text();
    return answer.ok ? text : `${answer.status} ${text}`;
  } catch (error) {
    return `no answer: ${String((error as Error).cause ?? error)}`;
  }
}

function startLoad(url: string, perSecond: number) {
  const asked: Promise<string>[] = [];
  const answers: string[] = [];
  const timer = setInterval(() => {
    const one = askOnce(url);
    asked.push(one);
    void one.then((answer) => answers.push(answer));
  }, 1000 / perSecond);
  return {
    /** Until so many were answered like this. */
    until: async (answer: string, times: number) => {
      const bound = performance.now() + 10_000;
      while (answers.filter((one) => one === answer).length < times && performance.now() < bound)
        await sleep(20);
    },
    end: async () => {
      clearInterval(timer);
      return Promise.all(asked);
    },
  };
}
