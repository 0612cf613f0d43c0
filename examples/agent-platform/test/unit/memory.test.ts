import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/memory/memory-store.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createHarness } from '../support/harness.ts';

const token = 'for-machines';
const harness = (FAULTS = '') => createHarness({ SERVICE_TOKEN: token, FAULTS });

describe('memory store', () => {
  it('lets the newest version win a sync', () => {
    const memory = createMemoryStore(openDatabase(':memory:'), new FakeClock());
    memory.write('ada', 'web', 'city', 'Paris');
    memory.write('ada', 'cli', 'city', 'London');
    memory.write('ada', 'web', 'drink', 'tea');
    memory.write('eve', 'mobile', 'city', 'Rome');
    const { copied, isConsistent } = memory.sync('ada');
    expect({ copied, isConsistent }).toEqual({ copied: 4, isConsistent: true });
    expect(memory.read('ada', 'mobile', 'city')).toMatchObject({ value: 'London', version: 2 });
    expect(memory.read('ada', 'web', 'drink')).toMatchObject({ value: 'tea', version: 1 });
    expect(memory.read('eve', 'web', 'city')).toBeUndefined();
    expect(memory.sync('ada').copied).toBe(0);
  });
});

describe('memory routes', () => {
  const entry = { platform: 'web', key: 'city', value: { name: 'Paris' } };

  it('write, sync and read', async () => {
    const { call } = harness();
    expect((await call('POST', '/memory', { body: entry, token })).status).toBe(201);
    expect((await call('GET', '/memory/cli/city', { token })).status).toBe(404);
    expect((await call('POST', '/memory/sync', { token })).body).toMatchObject({
      consistent: true,
    });
    expect((await call('GET', '/memory/cli/city', { token })).body).toMatchObject({
      value: { name: 'Paris' },
    });
    expect((await call('GET', '/memory/fridge/city', { token })).status).toBe(404);
  });

  it.each([
    ['memory_write', 'POST', '/memory', 503],
    ['memory_read', 'GET', '/memory/web/city', 503],
    ['cross_platform_sync', 'POST', '/memory/sync', 500],
  ])('fail by %s', async (fault, method, path, status) => {
    const { call, core } = harness(fault);
    createMemoryStore(core.database, core.ports.clock).write('service', 'web', 'city', 'Paris');
    expect((await call(method, path, { body: entry, token })).status).toBe(status);
  });
});
