/** What can happen in a history of the model, as data, and how it is drawn from a seed. */

import { POSITIONS } from '../../../src/rollout/ports.ts';
import type { Dial } from '../../../src/rollout/driver.ts';
import { APPLY_FAULTS, type DriverFault } from '../../../src/rollout/simulation/driver-faults.ts';
import { seeded } from '../../../src/rollout/simulation/random.ts';
import type { Ending } from './process.ts';

export const HEALTHS = ['good', 'never', 'dies', 'flaps', 'errors', 'one_ill'] as const;

export type Verb = 'deploy' | 'resume' | 'rollback';

export interface Act {
  readonly verb: Verb;
  /** Taken over from whoever holds the lease. */
  readonly force: boolean;
  /** Waits for a lease that somebody has. */
  readonly waits: boolean;
  readonly ending: Ending;
}

export interface Op extends Act {
  /** Ms after the process began: a wish of a person, or another process. */
  readonly meanwhile: readonly { readonly atMs: number; readonly what: 'ask' | Act }[];
  /** Time that passes afterwards. */
  readonly pauseMs: number;
}

export type StoreFault =
  | { readonly kind: 'unreachable'; readonly atMs: number; readonly forMs: number }
  /** The nth append is written, or not, and nobody can say. */
  | { readonly kind: 'uncertain'; readonly nth: number; readonly written: boolean };

export interface Spec {
  readonly seed: number;
  readonly instances: number;
  readonly dials: readonly Dial[];
  readonly strategy: 'rolling' | 'blue-green' | 'canary';
  readonly isFirst: boolean;
  readonly health: (typeof HEALTHS)[number];
  readonly smokeFails: boolean;
  readonly onInterrupt: 'rollback' | 'hold';
  readonly forwardOnly: boolean;
  readonly driverFaults: readonly DriverFault[];
  readonly storeFaults: readonly StoreFault[];
  readonly ops: readonly Op[];
  readonly last: 'resume' | 'rollback';
}

export function specOf(seed: number): Spec {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  const chance = (part: number) => random() < part;
  const one = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const some = <T>(most: number, make: () => T): T[] =>
    Array.from({ length: below(most + 1) }, make);

  function ending(): Ending {
    const which = random();
    if (which < 0.3) return { kind: 'killed_at', position: one(POSITIONS), step: below(14) };
    if (which < 0.6) return { kind: 'killed_in', call: 1 + below(120), after: chance(0.5) };
    if (which < 0.72)
      return { kind: 'frozen_in', call: 1 + below(120), forMs: one([500, 8000, 40_000, 90_000]) };
    if (which < 0.8) return { kind: 'interrupted', atMs: below(6000) };
    return { kind: 'undisturbed' };
  }
  const act = (verbs: readonly Verb[]): Act => ({
    ...{ verb: one(verbs), force: chance(0.5), waits: chance(0.5), ending: ending() },
  });
  const applyFault = (): DriverFault => ({ kind: one(APPLY_FAULTS), nth: 1 + below(12) });
  const gap = () => ({ atMs: below(20_000), forMs: one([300, 3000, 20_000, 45_000]) });
  const driverFault = (): DriverFault => {
    if (chance(0.6)) return applyFault();
    return chance(0.5)
      ? { kind: 'unreachable', ...gap() }
      : { kind: 'slow', ...gap(), byMs: one([50, 1000]) };
  };
  const storeFault = (): StoreFault =>
    chance(0.5)
      ? { kind: 'unreachable', ...gap() }
      : { kind: 'uncertain', nth: 1 + below(20), written: chance(0.5) };
  const op = (verbs: readonly Verb[]): Op => ({
    ...act(verbs),
    meanwhile: chance(0.3)
      ? some(2, () => ({
          atMs: below(5000),
          what: chance(0.4) ? 'ask' : act(['deploy', 'resume', 'rollback']),
        }))
      : [],
    pauseMs: one([0, 0, 500, 31_000]),
  });

  return {
    seed,
    instances: 1 + below(5),
    dials: one([['instances', 'traffic'], ['instances', 'traffic'], ['instances']]),
    strategy: one(['rolling', 'blue-green', 'canary']),
    isFirst: chance(0.12),
    health: chance(0.5) ? 'good' : one(HEALTHS),
    smokeFails: chance(0.08),
    onInterrupt: chance(0.7) ? 'rollback' : 'hold',
    forwardOnly: chance(0.1),
    driverFaults: chance(0.45) ? some(3, driverFault) : [],
    storeFaults: chance(0.25) ? some(2, storeFault) : [],
    ops: [op(['deploy']), ...some(4, () => op(['resume', 'rollback', 'deploy', 'resume']))],
    last: one(['resume', 'rollback']),
  };
}
