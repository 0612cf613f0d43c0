import { describe, expect, it } from 'vitest';
import { createFaultInjector, evenly } from '../../src/faults/injector.ts';
import { NO_FAULTS, parseFaults } from '../../src/faults/parse.ts';
import { FakeClock } from '../support/fake-clock.ts';

const injector = (text: string, clock = new FakeClock()) =>
  createFaultInjector(parseFaults(text).faults, clock);
const signal = new AbortController().signal;

describe('parseFaults', () => {
  it('reads names and amounts', () => {
    const { faults, problems } = parseFaults(' openai_ping, error_share=0.2,latency_ms = 400,');
    expect(problems).toEqual([]);
    expect([...faults.switches]).toEqual(['openai_ping']);
    expect(faults.amounts).toEqual({ error_share: 0.2, latency_ms: 400 });
  });

  it('reads nothing from nothing', () => {
    expect(parseFaults('').faults).toEqual(NO_FAULTS);
  });

  it('lists the names when one is unknown', () => {
    const [problem] = parseFaults('login_flwo').problems;
    expect(problem).toContain('unknown fault `login_flwo`; known are login_flow, token_refresh');
    expect(problem).toContain('memory_mb=');
  });

  it.each([
    ['login_flow=1', 'FAULTS: login_flow takes no value'],
    ['error_share', 'FAULTS: error_share needs a share from 0 to 1, got ``'],
    ['error_share=1.1', 'FAULTS: error_share needs a share from 0 to 1, got `1.1`'],
    ['latency_ms=soon', 'FAULTS: latency_ms needs ms from 0 to 86400000, got `soon`'],
    ['memory_mb=-1', 'FAULTS: memory_mb needs MB from 0 to 4096, got `-1`'],
    ['latency_share=0.5', 'FAULTS: latency_share needs latency_ms'],
    ['constructor', expect.stringContaining('unknown fault `constructor`')],
  ])('refuses %s', (text, problem) => {
    expect(parseFaults(text).problems).toEqual([problem]);
  });
});

describe('createFaultInjector', () => {
  it('trips only what is on', () => {
    const faults = injector('logout');
    expect(() => faults.trip('logout')).toThrow('logout fails because FAULTS says so');
    expect(() => faults.trip('login_flow')).not.toThrow();
    expect(faults.isOn('logout')).toBe(true);
  });

  it('fails the asked share of requests, with their types', async () => {
    const faults = injector('error_share=0.2,new_error_type_share=0.1');
    const types: Record<string, number> = {};
    for (let i = 0; i < 1000; i += 1) {
      const type = await faults.admit(signal).then(
        () => 'none',
        (error: { type: string }) => error.type,
      );
      types[type] = (types[type] ?? 0) + 1;
    }
    expect(types.internal).toBeCloseTo(200, -1);
    expect(types.unexpected_state).toBeCloseTo(100, -1);
  });

  it('slows the asked share of requests', async () => {
    const clock = new FakeClock();
    const faults = injector('latency_ms=400,latency_share=0.5', clock);
    const requests = Array.from({ length: 100 }, () => faults.admit(signal));
    expect(clock.sleeperCount).toBeGreaterThan(45);
    expect(clock.sleeperCount).toBeLessThan(55);
    clock.advance(399);
    expect(clock.sleeperCount).toBeGreaterThan(0);
    clock.advance(1);
    await Promise.all(requests);
  });

  it('closes the gateway', async () => {
    await expect(injector('api_gateway').admit(signal)).rejects.toThrow('api_gateway');
  });
});

describe('evenly', () => {
  it('puts one of the first five below a fifth', () => {
    const next = evenly((Math.sqrt(5) - 1) / 2);
    const first = [next(), next(), next(), next(), next()];
    expect(first.filter((position) => position < 0.2)).toHaveLength(1);
  });
});
