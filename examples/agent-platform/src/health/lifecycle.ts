import type { Clock } from '../clock.ts';
import type { FaultSet } from '../faults/parse.ts';

export type Phase = 'starting' | 'serving' | 'draining';

/**
 * Where the process is in its life.
 *
 *   starting ──> serving ──> draining
 *       └───────────────────────^
 */
export class Lifecycle {
  #phase: Phase = 'starting';
  readonly #startedMs: number;
  readonly #clock: Clock;
  readonly #startingForMs: number;

  constructor(clock: Clock, faults: FaultSet) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
    this.#startingForMs = faults.switches.has('never_healthy')
      ? Infinity
      : (faults.amounts.healthy_after_ms ?? 0);
  }

  get phase(): Phase {
    const isHeldBack = this.uptimeMs < this.#startingForMs;
    return this.#phase === 'serving' && isHeldBack ? 'starting' : this.#phase;
  }

  get uptimeMs(): number {
    return this.#clock.monotonicMs() - this.#startedMs;
  }

  serve(): void {
    if (this.#phase === 'starting') this.#phase = 'serving';
  }

  drain(): void {
    this.#phase = 'draining';
  }
}
