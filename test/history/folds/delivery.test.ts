import { describe, expect, it } from 'vitest';
import { medianOf } from '../../../src/history/folds/delivery-aggregates.ts';
import {
  changeFailureText,
  frequencyText,
  leadTimeText,
  recoveryText,
  reworkText,
  spanText,
} from '../../../src/history/folds/delivery-text.ts';
import { DELIVERY_ALIASES, deliveryOf } from '../../../src/history/folds/delivery.ts';
import { foldEvents } from '../../../src/history/folds/memory-rows.ts';
import {
  commitOf,
  DAY,
  deploy,
  finish,
  HOUR,
  incident,
  journalOf,
  MINUTE,
  over,
  rollback,
  STREAM,
  T0,
  traffic,
  type Told,
} from './journal.ts';

/** The window is the week from `T0`, seen at its end unless said otherwise. */
function week(told: readonly Told[], now = 7 * DAY) {
  const rows = foldEvents(journalOf(told));
  const firstAt = rows.environment()?.first_at ?? null;
  const window = { from: T0, to: T0 + 7 * DAY };
  return deliveryOf(STREAM, rows.deployments(), firstAt, window, T0 + now);
}
const texts = (told: readonly Told[], now?: number) => {
  const found = week(told, now);
  return [
    frequencyText(found),
    leadTimeText(found),
    changeFailureText(found),
    recoveryText(found),
    reworkText(found),
  ];
};
const good = (at: number, id: string, committedAt: number | null = null): Told[] => [
  deploy(at, id, commitOf(`sha-${id}`, committedAt)),
  traffic(at, id),
  finish(at, id),
];
const before = good(-30 * DAY, 'd-0');

describe('delivery metrics', () => {
  it('of nothing are not available, and never 0', () => {
    expect(texts([])).toEqual([
      'n/a (0 deployments)',
      'n/a (0 deployments)',
      'n/a (0 deployments)',
      'n/a (0 recoveries)',
      'n/a (0 deployments)',
    ]);
    expect(texts(before)).toEqual(texts([]));
  });

  it('of one good week', () => {
    const told = [
      ...before,
      ...good(0, 'd-1', -HOUR),
      ...good(HOUR, 'd-2', -HOUR),
      ...good(DAY, 'd-3', DAY - 6 * HOUR),
      ...good(3 * DAY, 'd-4', 3 * DAY - 3 * HOUR),
    ];
    expect(texts(told)).toEqual([
      '4 a week (4 deployments, on 3 days of 7)',
      '2 h 30 m (median of 4)',
      '0 % (0 of 4)',
      'n/a (0 recoveries)',
      '0 % (0 of 4)',
    ]);
    const found = week(told);
    expect(found.deployment_frequency).toMatchObject({
      deployments: { count: 4, ids: ['d-4', 'd-3', 'd-2', 'd-1'] },
    });
    expect(found.lead_time).toMatchObject({ median_ms: 2.5 * HOUR, mean_ms: 3 * HOUR });
  });

  it('count a rollback in no frequency, and its deployment once as failed', () => {
    const told = [
      ...before,
      ...good(0, 'd-1'),
      ...good(DAY, 'd-2'),
      incident(DAY + 5 * MINUTE, 'i-1'),
      incident(DAY + 6 * MINUTE, 'i-2'),
      rollback(DAY + 10 * MINUTE, 'r-1', 'd-2'),
      finish(DAY + 15 * MINUTE, 'r-1'),
      over(DAY + HOUR, 'i-1'),
      over(DAY + HOUR, 'i-2'),
    ];
    const found = week(told);
    expect(found.deployment_frequency).toMatchObject({ deployments: { ids: ['d-2', 'd-1'] } });
    expect(found.change_failure_rate).toMatchObject({
      rate: 0.5,
      counted: { count: 1, ids: ['d-2'] },
      of: { count: 2 },
    });
    expect(recoveryText(found)).toBe('10 m 0 s (median of 1)');
  });

  it('count what was taken back at 10 % among the changes, not among the deployments', () => {
    const told = [
      ...before,
      ...good(0, 'd-1'),
      ...[deploy(DAY, 'd-2'), traffic(DAY, 'd-2'), finish(DAY + HOUR, 'd-2', 'rolled_back', DAY)],
      ...[deploy(2 * DAY, 'd-3'), finish(2 * DAY, 'd-3', 'rolled_back')],
      ...good(3 * DAY, 'd-4'),
    ];
    expect(texts(told)).toEqual([
      '2 a week (2 deployments, on 2 days of 7)',
      'n/a (no deployment with a known commit time), 2 without a commit time left out',
      '33.3 % (1 of 3)',
      '1 h 0 m (median of 1)',
      '33.3 % (1 of 3)',
    ]);
  });

  it('tell an open failure beside the median it cannot be in', () => {
    const told = [
      ...before,
      ...[...good(0, 'd-1'), incident(HOUR, 'i-1'), over(3 * HOUR, 'i-1')],
      ...[...good(DAY, 'd-2'), incident(2 * DAY, 'i-2')],
    ];
    expect(recoveryText(week(told, 2 * DAY + 192 * MINUTE))).toBe(
      '2 h 0 m (median of 1), 1 open, 3 h 12 m so far',
    );
    expect(week(told).recovery_time.open).toEqual({
      count: 1,
      ids: ['d-2'],
      since: T0 + 2 * DAY,
      so_far_ms: 5 * DAY,
    });
  });

  it('tell an open failure where there is nothing else to tell', () => {
    const told = [...before, incident(DAY, 'i-1')];
    expect(recoveryText(week(told, DAY + 45_000))).toBe('n/a (0 recoveries), 1 open, 45 s so far');
  });

  it('leave negative, repeated and unknown lead times out, and say so', () => {
    const told = [
      ...good(0, 'd-1', HOUR),
      ...good(HOUR, 'd-2', 0),
      ...[deploy(2 * HOUR, 'd-3', commitOf('sha-d-2', 0)), finish(2 * HOUR, 'd-3')],
      ...good(3 * HOUR, 'd-4'),
    ];
    const found = week(told);
    expect(leadTimeText(found)).toBe(
      '1 h 0 m (median of 1), 1 negative left out, 1 of a commit deployed before left out, 1 without a commit time left out',
    );
    expect(found.lead_time.left_out).toMatchObject({
      negative: { ids: ['d-1'] },
      repeated: { ids: ['d-3'] },
      unknown: { ids: ['d-4'] },
    });
  });

  it('leave a recovery before its failure out, and say so', () => {
    const told = [...good(0, 'd-1'), incident(2 * HOUR, 'i-1'), over(HOUR, 'i-1')];
    expect(recoveryText(week(told))).toBe('n/a (0 recoveries), 1 negative left out');
  });

  it.each([
    ['its first millisecond', 0, 1],
    ['the one before', -1, 0],
    ['its last millisecond', 7 * DAY - 1, 1],
    ['the one after', 7 * DAY, 0],
  ])('count %s of the window', (_, at, count) => {
    const { deployment_frequency: found } = week(good(at, 'd-1'));
    expect(found.kind === 'measured' ? found.deployments.count : 0).toBe(count);
  });

  it.each([
    ['all of it, when there was history before', before, 7 * DAY, 7],
    ['what follows the first record', good(5 * DAY, 'd-1'), 7 * DAY, 2],
    ['at least a day', good(7 * DAY - HOUR, 'd-1'), 7 * DAY, 1],
    ['what is over by now', before, 3 * DAY, 3],
  ])('take the frequency over as much of the window as was seen: %s', (_, told, now, days) => {
    const { deployment_frequency: found } = week([...told, ...good(DAY * 6, 'd-9')], now);
    expect(found).toMatchObject({ observed_days: days });
  });

  it('are known by other names, too', () => {
    for (const name of Object.values(DELIVERY_ALIASES)) expect(week([])).toHaveProperty(name);
  });

  it('keep a hotfix apart as rework', () => {
    const fix = [deploy(DAY, 'd-2', { hotfix: true }), finish(DAY, 'd-2')];
    expect(reworkText(week([...before, ...good(0, 'd-1'), ...fix]))).toBe('50 % (1 of 2)');
  });
});

it.each([
  [[], null],
  [[4], 4],
  [[9, 1], 5],
  [[1, 2], 1.5],
  [[100, 9, 10], 10],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %j', (values, expected) => {
  expect(medianOf(values)).toBe(expected);
});

it.each([
  [0, '0 s'],
  [45_999, '45 s'],
  [192 * MINUTE, '3 h 12 m'],
  [DAY - 1, '23 h 59 m'],
  [52 * HOUR, '2 d 4 h'],
])('%d ms are %s', (ms, expected) => {
  expect(spanText(ms)).toBe(expected);
});
