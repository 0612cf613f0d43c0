import { describe, expect, it } from 'vitest';
import { LATENCY_BOUNDS_MS } from '../../../../src/rollout/driver.ts';
import { readObserved } from '../../../../src/rollout/drivers/command/observed.ts';

const SLOT = { version: '1.8.2', artifact: null, instances: 2, healthy: 1, share: 1 };

function read(more: object) {
  const said = { schema: 'nemesis.observed/1', fence: 3, slots: [SLOT], restorable: [], ...more };
  return readObserved(Buffer.from(JSON.stringify(said)), (text) => text);
}

const withSlot = (more: object) => read({ slots: [{ ...SLOT, ...more }] });

it('is read as it was said; what may be left out is filled in', () => {
  const release = { version: '1.8.2', artifact: null, commit: null, committed_at: null };
  expect(
    read({ restorable: [{ version: '1.8.1', artifact: 'sha256:1', commit: 'c0ffee' }] }),
  ).toEqual({
    ok: true,
    value: {
      fence: 3,
      slots: [{ release, instances: 2, healthy: 1, share: 1, traffic: null, problems: [] }],
      restorable: [
        { version: '1.8.1', artifact: 'sha256:1', commit: 'c0ffee', committed_at: null },
      ],
    },
  });
});

describe('latency', () => {
  it('goes into the buckets of the port, a time between two bounds into the higher', () => {
    const observed = withSlot({
      traffic: {
        requests: 10,
        errors: 1,
        latency: [
          [1, 4],
          [1.01, 3],
          [50, 2],
          [null, 1],
        ],
      },
    });
    if (!observed.ok) throw new Error(observed.failure);
    const { latency } = observed.value.slots[0]!.traffic!;
    expect(latency).toHaveLength(LATENCY_BOUNDS_MS.length + 1);
    const at50 = LATENCY_BOUNDS_MS.findIndex((bound) => bound >= 50);
    const told = [latency[0], latency[1], latency[at50], latency.at(-1)];
    expect(told).toEqual([4, 3, 2, 1]);
    expect(latency.reduce((sum, count) => sum + count, 0)).toBe(10);
  });

  it('is not known where it is not said', () => {
    const observed = withSlot({ traffic: { requests: 10, errors: 1 } });
    expect(observed).toMatchObject({ value: { slots: [{ traffic: { latency: [] } }] } });
  });
});

describe('what cannot be is refused with its place', () => {
  it.each([
    [{ fence: -1 }, 'fence: '],
    [{ fence: 1.5 }, 'fence: '],
    [{ fense: 1 }, 'the document: Unrecognized key: "fense"'],
    [{ slots: {} }, 'slots: '],
    [{ slots: [SLOT, SLOT] }, 'slots: name a release twice'],
    [{ slots: [SLOT, { ...SLOT, version: '2' }] }, 'slots: share more than 1'],
    [{ restorable: [{ version: '' }] }, 'restorable[0].version: '],
  ])('%j', (more, why) => {
    const observed = read(more);
    expect(observed).toMatchObject({ ok: false });
    if (!observed.ok) expect(observed.failure).toContain(why);
  });

  it.each([
    [{ healthy: 3 }, 'slots[0]: has more healthy than run'],
    [{ share: 1.1 }, 'slots[0].share: '],
    [{ share: '1' }, 'slots[0].share: '],
    [{ instances: null }, 'slots[0].instances: '],
    [{ version: 'a\u001b[31m' }, 'slots[0].version: must be without control characters'],
    [{ version: 'x'.repeat(501) }, 'slots[0].version: '],
    [{ traffic: { requests: 1, errors: 2 } }, 'slots[0].traffic: has more errors than requests'],
    [
      {
        traffic: {
          requests: 9,
          errors: 0,
          latency: [
            [5, 1],
            [5, 1],
          ],
        },
      },
      'latency: must rise',
    ],
    [
      {
        traffic: {
          requests: 9,
          errors: 0,
          latency: [
            [null, 1],
            [5, 1],
          ],
        },
      },
      'latency: must rise',
    ],
  ])('slot with %j', (more, why) => {
    const observed = withSlot(more);
    expect(observed).toMatchObject({ ok: false });
    if (!observed.ok) expect(observed.failure).toContain(why);
  });
});
