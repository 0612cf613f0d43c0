import { describe, expect, it } from 'vitest';
import { systemClock, withDeadline } from '../../src/clock.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('withDeadline', () => {
  it('passes a result on and lets the timer go', async () => {
    const clock = new FakeClock();
    const late = () => new Error('late');
    await expect(withDeadline(clock, 10, () => Promise.resolve('done'), late)).resolves.toBe(
      'done',
    );
    expect(clock.sleeperCount).toBe(0);
  });

  it('gives up and aborts the work', async () => {
    const clock = new FakeClock();
    let seen: AbortSignal | undefined;
    const running = withDeadline(
      clock,
      10,
      (signal) => {
        seen = signal;
        return new Promise(() => undefined);
      },
      () => new Error('late'),
    );
    clock.advance(10);
    await expect(running).rejects.toThrow('late');
    expect(seen?.aborted).toBe(true);
  });
});

describe('systemClock', () => {
  it('moves forward and stops sleeping on request', async () => {
    const before = systemClock.monotonicMs();
    await systemClock.sleep(0);
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
    expect(systemClock.nowMs()).toBeGreaterThan(0);
    await expect(systemClock.sleep(60_000, AbortSignal.abort())).rejects.toThrow();
  });
});
