/** What a driver may do wrong. What it answers is wrong then, or late; what it has done can still be observed. */

import { fail, ok } from '../../failure.ts';
import { slotSeen } from '../shape.ts';
import type { Desired, Driver, DriverFailure, Observed } from '../driver.ts';
import type { Clock } from '../ports.ts';

/** Of one `apply`, by its number from 1. */
export const APPLY_FAULTS = ['error_but_done', 'ok_but_nothing', 'partly'] as const;

export type DriverFault =
  | { readonly kind: (typeof APPLY_FAULTS)[number]; readonly nth: number }
  /** From a moment of the simulation on, for so long. */
  | { readonly kind: 'unreachable'; readonly atMs: number; readonly forMs: number }
  | {
      readonly kind: 'slow';
      readonly atMs: number;
      readonly forMs: number;
      /** Each call takes so much longer. */
      readonly byMs: number;
    };

const GONE: DriverFailure = { kind: 'unreachable', message: 'connection refused (simulated)' };

export function withFaults(driver: Driver, faults: readonly DriverFault[], clock: Clock): Driver {
  if (faults.length === 0) return driver;
  const began = clock.now();
  let applied = 0;

  /** @returns whether nobody answers */
  async function late(signal: AbortSignal | undefined): Promise<boolean> {
    const now = clock.now() - began;
    let isGone = false;
    for (const fault of faults) {
      if (!('atMs' in fault) || now < fault.atMs || now >= fault.atMs + fault.forMs) continue;
      if (fault.kind === 'slow') await clock.sleep(fault.byMs, signal);
      else isGone = true;
    }
    return isGone;
  }

  const { kind, reach, dials, frozen } = driver;
  return {
    ...{ kind, reach, dials, frozen },
    async observe(signal) {
      return (await late(signal)) ? fail(GONE) : driver.observe(signal);
    },
    async apply(desired, fence, signal) {
      if (await late(signal)) return fail(GONE);
      applied += 1;
      const nth = applied;
      const fault = faults.find((one) => 'nth' in one && one.nth === nth);
      if (fault === undefined) return driver.apply(desired, fence, signal);
      if (fault.kind === 'ok_but_nothing') return ok(undefined);
      const observed = await driver.observe(signal);
      const wish = fault.kind === 'partly' && observed.ok ? part(desired, observed.value) : desired;
      const done = await driver.apply(wish, fence, signal);
      if (!done.ok || fault.kind === 'partly') return done;
      return fail({ kind: 'bad_answer', message: 'exit code 1 (simulated)' });
    },
  };
}

/** Half of the new instances, and nothing else. */
function part({ slots }: Desired, observed: Observed): Desired {
  const grown = slots.map((slot) => {
    const now = slotSeen(observed, slot.release);
    const has = now?.instances ?? 0;
    const instances = Math.max(has, has + Math.floor((slot.instances - has) / 2));
    return { release: slot.release, instances, share: now?.share ?? 0 };
  });
  const kept = observed.slots.filter(
    ({ release }) => !grown.some((one) => one.release.version === release.version),
  );
  return {
    slots: [
      ...grown,
      ...kept.map(({ release, instances, share }) => ({ release, instances, share })),
    ],
  };
}
