import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../../src/failure.ts';
import type { Desired, Dial, DriverFailure, Observed } from '../../../src/rollout/driver.ts';
import { releaseKey } from '../../../src/rollout/driver.ts';
import { bringBack, removeRest } from '../../../src/rollout/island/act.ts';
import type { Ports } from '../../../src/rollout/island/patience.ts';
import { observed, release } from './releases.ts';

const [good, bad, sick] = [release('1.8.2'), release('1.9.0'), release('sick')];

interface Options {
  readonly dials?: readonly Dial[];
  readonly failures?: readonly DriverFailure[];
}

/** An environment that takes every wish at once, and brings up one instance with every look. */
function environment(
  start: Observed,
  { dials = ['instances', 'traffic'], failures = [] }: Options = {},
) {
  let now = start;
  let clock = 0;
  const left = [...failures];
  const wishes: (readonly [fence: number, ...(readonly [string, number, number])[]])[] = [];
  const stop = new AbortController();
  const ports: Ports = {
    driver: {
      kind: 'test',
      dials,
      observe() {
        const slots = now.slots.map((slot) => {
          const isUp = slot.healthy < slot.instances && slot.release !== sick;
          return { ...slot, healthy: slot.healthy + +isUp };
        });
        now = { ...now, slots };
        return Promise.resolve(ok(now));
      },
      apply({ slots }: Desired, fence: number) {
        const failure = left.shift();
        if (failure !== undefined) return Promise.resolve(fail(failure));
        wishes.push([
          fence,
          ...slots.map((slot) => [slot.release.version, slot.instances, slot.share] as const),
        ]);
        const before = now.slots;
        now = {
          ...{ fence, restorable: now.restorable },
          slots: slots.map((slot) => {
            const was = before.find((one) => releaseKey(one.release) === releaseKey(slot.release));
            const healthy = Math.min(was?.healthy ?? 0, slot.instances);
            return { ...slot, healthy, traffic: null, problems: [] };
          }),
        };
        return Promise.resolve(ok(undefined));
      },
    },
    now: () => clock,
    sleep: (ms) => {
      clock += ms;
      return Promise.resolve();
    },
    tell: () => undefined,
    signal: stop.signal,
  };
  return { ports, wishes, stop, seen: () => now };
}

const goal = { good, instances: 4, readyMs: 10_000, above: 0 };

describe('bringing a release back', () => {
  it('is one apply where it still runs, and the bad one keeps its instances', async () => {
    const start = observed([
      [good, 4, 0],
      [bad, 4, 1],
    ]);
    const { ports, wishes } = environment(start);
    const acted = await bringBack(goal, start, ports);
    expect(acted).toMatchObject({ ok: true, value: { fence: 2049 } });
    expect(wishes).toEqual([[2049, ['1.8.2', 4, 1], ['1.9.0', 4, 0]]]);
    await removeRest(good, 4, 3072, ports);
    expect(wishes[1]).toEqual([3072, ['1.8.2', 4, 1]]);
  });

  it('gives it all at once where half of the fleet runs', async () => {
    const start = observed([
      [good, 2, 0.5],
      [bad, 2, 0.5],
    ]);
    const { ports, wishes } = environment(start);
    await bringBack(goal, start, ports);
    expect(wishes).toEqual([[2049, ['1.8.2', 4, 1], ['1.9.0', 2, 0]]]);
  });

  it('starts it first where it does not run, while the bad one serves', async () => {
    const start = observed([[bad, 4, 1]]);
    const { ports, wishes } = environment(start);
    await bringBack(goal, start, ports);
    expect(wishes).toEqual([
      [2049, ['1.8.2', 4, 0], ['1.9.0', 4, 1]],
      [2049, ['1.8.2', 4, 1], ['1.9.0', 4, 0]],
    ]);
  });

  it('waits for nothing where nothing of the bad one is healthy', async () => {
    const start = observed([[bad, 4, 1, 0]]);
    const { ports, wishes } = environment({
      ...start,
      slots: start.slots.map((slot) => ({ ...slot, release: bad, healthy: 0 })),
    });
    await bringBack(goal, start, ports);
    expect(wishes).toEqual([[2049, ['1.8.2', 4, 1], ['1.9.0', 4, 0]]]);
  });

  it('leaves everything as it was where it does not come up', async () => {
    const start = observed([[bad, 4, 1]]);
    const { ports, wishes } = environment(start);
    const acted = await bringBack({ ...goal, good: sick }, start, ports);
    expect(acted).toMatchObject({ ok: false, failure: { kind: 'untouched' } });
    expect(wishes.at(-1)).toEqual([2049, ['1.9.0', 4, 1]]);
  });

  it('leaves everything as it was where a person ends it before the switch', async () => {
    const start = observed([[bad, 4, 1]]);
    const { ports, wishes, stop } = environment(start);
    stop.abort();
    const acted = await bringBack({ ...goal, good: sick }, start, ports);
    expect(acted).toEqual({ ok: false, failure: { kind: 'interrupted' } });
    expect(wishes.at(-1)).toEqual([2049, ['1.9.0', 4, 1]]);
  });

  it('goes by instances where traffic cannot be turned', async () => {
    const start = observed([
      [good, 1, 0.25],
      [bad, 3, 0.75],
    ]);
    const { ports, wishes } = environment(start, { dials: ['instances'] });
    await bringBack(goal, start, ports);
    expect(wishes).toEqual([
      [2049, ['1.8.2', 4, 0.25], ['1.9.0', 3, 0.75]],
      [2049, ['1.8.2', 4, 1]],
    ]);
  });

  it('goes above whoever acts there', async () => {
    const start = observed([
      [good, 4, 0],
      [bad, 4, 1],
    ]);
    const failures: DriverFailure[] = [{ kind: 'fenced_out', fence: 2049, newest: 4096 }];
    const { ports, wishes } = environment(start, { failures });
    await bringBack(goal, start, ports);
    expect(wishes[0]?.[0]).toBe(4097);
    const higher = environment(start);
    await bringBack({ ...goal, above: 5120 }, start, higher.ports);
    expect(higher.wishes[0]?.[0]).toBe(5121);
  });

  it('changes nothing where the environment refuses', async () => {
    const start = observed([
      [good, 4, 0],
      [bad, 4, 1],
    ]);
    const failures: DriverFailure[] = [{ kind: 'refused', message: 'it is not here' }];
    const { ports } = environment(start, { failures });
    expect(await bringBack(goal, start, ports)).toEqual({
      ok: false,
      failure: { kind: 'untouched', why: 'it is not here', cannotRestore: true },
    });
  });

  it('asks again where nobody answered', async () => {
    const start = observed([
      [good, 4, 0],
      [bad, 4, 1],
    ]);
    const silent: DriverFailure = { kind: 'unreachable', message: 'no answer' };
    const { ports, wishes } = environment(start, { failures: [silent, silent] });
    expect((await bringBack(goal, start, ports)).ok).toBe(true);
    expect(wishes).toHaveLength(1);
  });

  it('ends all of it where nothing was before', async () => {
    const start = observed([[bad, 4, 1]]);
    const { ports, wishes, seen } = environment(start);
    expect((await bringBack({ ...goal, good: null }, start, ports)).ok).toBe(true);
    expect([wishes, seen().slots]).toEqual([[[2049]], []]);
  });
});
