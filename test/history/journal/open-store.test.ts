import { describe, expect, it } from 'vitest';
import { openStore, storePlace } from '../../../src/history/open-store.ts';
import { stores } from '../../../src/history/stores/index.ts';
import { failureOf, value } from '../../contracts/store.ts';

describe('the place of a store', () => {
  it.each([
    [undefined, 'sqlite', '/home/ada/shop/.nemesis/history.sqlite'],
    ['  ', 'sqlite', '/home/ada/shop/.nemesis/history.sqlite'],
    ['sqlite:', 'sqlite', '/home/ada/shop/.nemesis/history.sqlite'],
    ['sqlite:ci/h.db', 'sqlite', '/home/ada/shop/ci/h.db'],
    ['sqlite:/var/h.db', 'sqlite', '/var/h.db'],
    ['sqlite:///var/h.db', 'sqlite', '/var/h.db'],
    ['../h.db', 'sqlite', '/home/ada/h.db'],
    ['memory:', 'memory', ''],
    ['postgres://ada:pw@db/ci', 'postgres', 'postgres://ada:pw@db/ci'],
    ['postgresql://db/ci', 'postgres', 'postgresql://db/ci'],
  ])('%s', (asked, kind, where) => {
    expect(storePlace(asked, '/home/ada/shop')).toEqual({ ok: true, value: { kind, where } });
  });

  it('is not guessed', () => {
    const refused = storePlace(['mysql:/', '/ada:hunter2', '@db/ci'].join(''), '/home/ada/shop');
    expect(failureOf(refused)).toBe('unreachable');
    expect(JSON.stringify(refused)).toContain('mysql');
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });

  it('is the environment before the configuration', async () => {
    const choice = { env: { NEMESIS_STORE: 'memory:' }, configured: 'mysql:', folder: '/home/ada' };
    expect(value(await openStore(choice, stores)).kind).toBe('memory');
    expect(failureOf(await openStore({ ...choice, env: {} }, stores))).toBe('unreachable');
  });
});
