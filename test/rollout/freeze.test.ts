/** Windows in which nothing is deployed: every week, between dates, and where the clock is set. */

import { describe, expect, test } from 'vitest';
import { loaded } from '../config/project.ts';
import type { FreezeWindow } from '../../src/config/freeze-window.ts';
import { openMemory } from '../../src/history/stores/memory.ts';
import { freezeAt } from '../../src/rollout/freeze.ts';
import { freezeText, readFreeze } from '../../src/rollout/frozen.ts';

/** As a configuration that says so means it. */
function windowsOf(...written: readonly string[]): readonly FreezeWindow[] {
  const text = [
    'environments:',
    '  staging: { driver: local, listen: 8081, start: node main.js }',
    '  production:',
    '    driver: command',
    '    observe: ops/observe',
    '    apply: ops/apply',
    '    freeze:',
    ...written.map((one) => `      - ${one}`),
    '',
  ].join('\n');
  const { environments } = loaded({ 'nemesis.config.yaml': text }).config;
  return environments.find(({ name }) => name === 'production')?.freeze ?? [];
}

const at = (time: string) => Date.parse(time);
const until = (windows: readonly FreezeWindow[], time: string) => {
  const end = freezeAt(windows, at(time))?.until;
  return end == null ? undefined : new Date(end).toISOString().slice(0, 16);
};

describe('a weekend in Berlin', () => {
  const windows = windowsOf(
    '{ from: "Fri 16:00", to: "Monday 08:00", zone: Europe/Berlin, reason: weekend }',
  );
  test.each([
    // winter: an hour ahead of UTC
    ['2026-01-09T14:59:59Z', undefined],
    ['2026-01-09T15:00:00Z', '2026-01-12T07:00'],
    ['2026-01-11T12:00:00Z', '2026-01-12T07:00'],
    ['2026-01-12T06:59:59Z', '2026-01-12T07:00'],
    ['2026-01-12T07:00:00Z', undefined],
    ['2026-01-14T12:00:00Z', undefined],
    // summer: two hours
    ['2026-07-10T13:59:59Z', undefined],
    ['2026-07-10T14:00:00Z', '2026-07-13T06:00'],
    ['2026-07-13T06:00:00Z', undefined],
    // set forward, and set back, in the middle of it
    ['2026-03-27T15:00:00Z', '2026-03-30T06:00'],
    ['2026-03-30T05:59:59Z', '2026-03-30T06:00'],
    ['2026-10-23T14:00:00Z', '2026-10-26T07:00'],
    ['2026-10-26T06:59:59Z', '2026-10-26T07:00'],
    ['2026-10-26T07:00:00Z', undefined],
  ])('at %s: until %s', (time, end) => expect(until(windows, time)).toBe(end));
});

describe('in the hour that comes twice, from its first to its second', () => {
  const windows = windowsOf('{ from: Sun 02:30, to: Sun 02:45, zone: Europe/Berlin }');
  test.each([
    ['2026-10-25T00:29:59Z', undefined],
    ['2026-10-25T00:30:00Z', '2026-10-25T01:45'],
    ['2026-10-25T00:50:00Z', '2026-10-25T01:45'],
    ['2026-10-25T01:10:00Z', '2026-10-25T01:45'],
    ['2026-10-25T01:45:00Z', undefined],
  ])('at %s: until %s', (time, end) => expect(until(windows, time)).toBe(end));
});

describe('in the hour that never comes, rather longer than not at all', () => {
  const windows = windowsOf('{ from: Sun 02:15, to: Sun 02:45, zone: Europe/Berlin }');
  test.each([
    ['2026-03-29T00:10:00Z', undefined],
    ['2026-03-29T01:00:00Z', '2026-03-29T01:45'],
    ['2026-03-29T01:45:00Z', undefined],
  ])('at %s: until %s', (time, end) => expect(until(windows, time)).toBe(end));
});

describe('dates', () => {
  const windows = windowsOf(
    '{ from: 2026-12-20, to: 2027-01-02, reason: year end }',
    '{ from: 2026-12-24 18:00, to: 2027-01-05 06:00, zone: Pacific/Auckland }',
  );
  test.each([
    ['2026-12-19T23:59:59Z', undefined],
    ['2026-12-20T00:00:00Z', '2027-01-03T00:00'],
    // the one that ends last is told
    ['2026-12-24T05:00:00Z', '2027-01-04T17:00'],
    ['2027-01-03T12:00:00Z', '2027-01-04T17:00'],
    ['2027-01-04T17:00:00Z', undefined],
  ])('at %s: until %s', (time, end) => expect(until(windows, time)).toBe(end));
});

test('once a week, all the year, where the clock is set by half an hour', () => {
  const windows = windowsOf('{ from: Fri 16:00, to: Mon 08:00, zone: Australia/Lord_Howe }');
  let spans = 0;
  let before = false;
  for (let time = at('2026-01-05T00:00:00Z'); time < at('2027-01-04T00:00:00Z'); time += 600_000) {
    const isFrozen = freezeAt(windows, time) !== undefined;
    if (isFrozen && !before) spans += 1;
    before = isFrozen;
  }
  expect(spans).toBe(52);
});

describe('a person', () => {
  const stream = { service: 'pay', environment: 'production' };
  const draft = (type: string, body: object) => ({
    ...{ id: type, type, at: 1, actor: 'kim', host: 'h', body: { ...body } },
  });

  test('freezes, until a time comes or somebody ends it', async () => {
    const store = openMemory();
    const frozen = { reason: 'outage', until: 5000 };
    await store.append(stream, [draft('environment_frozen', frozen)]);
    const found = await readFreeze(store, stream, [], 4999);
    expect(found).toEqual({ ok: true, value: { kind: 'person', by: 'kim', ...frozen } });
    expect(found.ok && found.value && freezeText(found.value)).toBe(
      'frozen by kim until 1970-01-01 00:00 UTC: outage',
    );
    expect(await readFreeze(store, stream, [], 5000)).toEqual({ ok: true, value: undefined });
    await store.append(stream, [draft('environment_unfrozen', { reason: 'over' })]);
    expect(await readFreeze(store, stream, [], 4000)).toEqual({ ok: true, value: undefined });
  });

  test('comes before a window, which stays when they are done', async () => {
    const store = openMemory();
    const windows = windowsOf('{ from: 2026-12-20, to: 2027-01-02 }');
    await store.append(stream, [draft('environment_frozen', { reason: '', until: null })]);
    const now = at('2026-12-25T00:00:00Z');
    expect(await readFreeze(store, stream, windows, now)).toMatchObject({
      value: { kind: 'person' },
    });
    await store.append(stream, [draft('environment_unfrozen', { reason: 'over' })]);
    expect(await readFreeze(store, stream, windows, now)).toMatchObject({
      value: { kind: 'window' },
    });
  });
});
