import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import {
  changed,
  forgetPin,
  knownFolder,
  readKnown,
  rememberEnvironment,
  storeWritten,
  type Change,
  type Known,
} from '../../src/rollout/last-good.ts';
import { changeOf, sidesOf } from '../../src/rollout/remember.ts';
import { known, release } from './island/releases.ts';

const [v7, v8, v9] = [release('1.7.0'), release('1.8.2'), release('1.9.0')];

describe('what is known after', () => {
  const before = known({ good: [v8, v7], updated_at: 5 });
  it.each<[string, Partial<Known>, readonly Change[], Partial<Known>]>([
    [
      'a rollout has begun',
      {},
      [{ kind: 'begun', candidate: v9, stable: v8, fence: 2048 }],
      { good: [v8, v7], candidate: v9, serves: v8, fence: 2048 },
    ],
    [
      'it has succeeded',
      { candidate: v9 },
      [{ kind: 'succeeded', release: v9 }],
      { good: [v9, v8, v7], candidate: null, serves: v9 },
    ],
    [
      'it was taken back',
      { candidate: v9 },
      [{ kind: 'rolled_back', bad: v9, good: v8 }],
      { good: [v8, v7], candidate: null, serves: v8, pin: null },
    ],
    [
      'a person has taken it back',
      { good: [v9, v8, v7] },
      [{ kind: 'rolled_back', bad: v9, good: v8, pinned: 'errors', fence: 7 }],
      { good: [v8, v7], serves: v8, pin: { release: v8, reason: 'errors', at: 5 }, fence: 7 },
    ],
    [
      'a first one was withdrawn',
      { good: [], candidate: v9 },
      [{ kind: 'rolled_back', bad: v9, good: null }],
      { good: [], candidate: null, serves: null },
    ],
    [
      'it was released',
      { pin: { release: v8, reason: 'errors', at: 1 } },
      [{ kind: 'unpinned' }],
      { pin: null },
    ],
  ])('%s', (_, is, changes, after) => {
    const start = { ...before, ...is };
    expect(changes.reduce(changed, start)).toEqual({ ...start, ...after });
  });
});

describe('the files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-known-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are for this user alone, and keep what was known', () => {
    rememberEnvironment(folder, known(), { kind: 'succeeded', release: v8 }, 1);
    rememberEnvironment(folder, known(), { kind: 'succeeded', release: v9 }, 2);
    rememberEnvironment(folder, known({ service: 'mail' }), { kind: 'unpinned' }, 3);
    const all = readKnown(folder);
    expect(all.map(({ service, good, updated_at }) => [service, good, updated_at])).toEqual([
      ['mail', [], 3],
      ['pay', [v9, v8], 2],
    ]);
    const names = readdirSync(knownFolder(folder));
    expect(names).toHaveLength(2);
    for (const name of names)
      expect(statSync(path.join(knownFolder(folder), name)).mode & 0o777).toBe(0o600);
  });

  it('are passed over where they cannot be read', () => {
    rememberEnvironment(folder, known(), { kind: 'succeeded', release: v8 }, 1);
    for (const [name, text] of Object.entries({ a: '{', b: 'null', c: '{"service":"x"}', d: '[]' }))
      writeFileSync(path.join(knownFolder(folder), `${name}.json`), text);
    expect(readKnown(folder).map(({ service }) => service)).toEqual(['pay']);
    expect(readKnown(path.join(folder, 'nowhere'))).toEqual([]);
  });

  it('forget a pin, and nothing else', () => {
    const change = { kind: 'rolled_back', bad: v9, good: v8, pinned: 'errors' } as const;
    rememberEnvironment(folder, known(), change, 1);
    forgetPin(folder, known(), 2);
    expect(readKnown(folder)).toMatchObject([{ pin: null, good: [v8] }]);
    forgetPin(folder, { service: 'nobody', environment: 'nowhere' }, 3);
    expect(readKnown(folder)).toHaveLength(1);
  });
});

test.each<[string, Record<string, string>, Parameters<typeof storeWritten>[1], object]>([
  ['nothing', {}, undefined, { kind: 'place', where: '/pay/.nemesis/history.sqlite' }],
  ['a path', {}, 'sqlite:h.sqlite', { kind: 'place', where: '/pay/h.sqlite' }],
  ['an address', {}, 'postgres://db/x', { kind: 'place', where: 'postgres://db/x' }],
  ['a variable', {}, { env: 'PAY_STORE' }, { kind: 'env', name: 'PAY_STORE' }],
  ['NEMESIS_STORE', { NEMESIS_STORE: '/h' }, 'x', { kind: 'place', where: '/h' }],
  [
    'NEMESIS_STORE with a password',
    { NEMESIS_STORE: 'postgres://a:b@db/x' },
    'x',
    { kind: 'env', name: 'NEMESIS_STORE' },
  ],
])('the history that is meant by %s is written down without a password', (_, env, asked, place) => {
  expect(storeWritten(env, asked, '/pay')).toEqual(place);
});

describe('the ending of a rollout', () => {
  const sides = { candidate: v9, before: v8 };
  const because = { trigger: 'error_rate', explanation: [] };
  it('is kept where it is one', () => {
    expect(changeOf({ kind: 'succeeded' }, sides)).toEqual({ kind: 'succeeded', release: v9 });
    expect(changeOf({ kind: 'rolled_back', because }, sides)).toEqual({
      ...{ kind: 'rolled_back', bad: v9, good: v8 },
    });
    const manual = { trigger: 'manual_trigger', explanation: [] };
    expect(changeOf({ kind: 'rolled_back', because: manual }, sides)).toMatchObject({
      pinned: 'manual_trigger',
    });
    expect(changeOf({ kind: 'interrupted', rolledBack: true }, sides)).toMatchObject({ good: v8 });
    expect(changeOf({ kind: 'interrupted', rolledBack: false }, sides)).toBeUndefined();
    expect(changeOf({ kind: 'taken_over' }, sides)).toBeUndefined();
  });

  it('has its sides turned for a rollback that is gone on with', () => {
    const plan = { release: v8, stable: v9, steps: [] } as never;
    expect(sidesOf({ kind: 'rollback', plan })).toEqual({ candidate: v9, before: v8 });
    expect(sidesOf({ kind: 'forward', plan })).toEqual({ candidate: v8, before: v9 });
  });
});
