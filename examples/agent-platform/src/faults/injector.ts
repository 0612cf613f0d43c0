import type { Clock } from '../clock.ts';
import { type ErrorType, ServiceError } from '../errors.ts';
import type { FaultSet } from './parse.ts';
import type { SwitchName } from './table.ts';

/** Where the service asks whether it should fail on purpose. */
export interface FaultInjector {
  isOn(name: SwitchName): boolean;
  /** Throws when the fault is on. */
  trip(name: SwitchName, type?: ErrorType): void;
  /** Slows or fails this request when its turn has come. */
  admit(signal: AbortSignal): Promise<void>;
}

/** Turns a fault set into decisions. */
export function createFaultInjector(faults: FaultSet, clock: Clock): FaultInjector {
  const { switches, amounts } = faults;
  const slowShare = amounts.latency_ms === undefined ? 0 : (amounts.latency_share ?? 1);
  const errorShare = amounts.error_share ?? 0;
  const newErrorShare = amounts.new_error_type_share ?? 0;
  // Two different steps, so that slow requests and failed requests are not the same ones.
  const slowness = evenly(Math.SQRT2 - 1);
  const failure = evenly((Math.sqrt(5) - 1) / 2);
  const trip = (name: SwitchName, type: ErrorType = 'unavailable') => {
    if (switches.has(name)) throw new ServiceError(type, `${name} fails because FAULTS says so`);
  };
  return {
    isOn: (name) => switches.has(name),
    trip,
    async admit(signal) {
      const luck = failure();
      if (slowness() < slowShare) await clock.sleep(amounts.latency_ms ?? 0, signal);
      trip('api_gateway');
      if (luck < errorShare) throw new ServiceError('internal', 'failed because of error_share');
      if (luck >= 1 - newErrorShare) {
        throw new ServiceError('unexpected_state', 'an unexpected state was reached');
      }
    },
  };
}

/**
 * Numbers from 0 to 1, spread evenly instead of drawn at random: a rollout that must see 20 % errors sees one
 * in five from the first five requests on. An irrational step keeps the sequence from locking on to a caller
 * that visits its endpoints in turn. https://en.wikipedia.org/wiki/Low-discrepancy_sequence
 */
export function evenly(step: number): () => number {
  let position = 0;
  return () => {
    position = (position + step) % 1;
    return position;
  };
}
