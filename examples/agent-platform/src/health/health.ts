import { type Clock, roundMs, withDeadline } from '../clock.ts';
import { reasonOf, ServiceError } from '../errors.ts';
import type { Finding, Probe } from './probe.ts';

export interface Health {
  /** Findings of all probes, at most `ttlMs` old. Requests at the same time share one round. */
  check(): Promise<readonly Finding[]>;
  /** The findings of the last finished round. */
  readonly last: readonly Finding[];
}

export interface HealthParts {
  readonly probes: readonly Probe[];
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly timeoutMs: number;
}

/** Runs probes side by side. The short memory keeps busy monitors from becoming load on the dependencies. */
export function createHealth({ probes, clock, ttlMs, timeoutMs }: HealthParts): Health {
  let last: readonly Finding[] = [];
  let lastMs = -Infinity;
  let round: Promise<readonly Finding[]> | undefined;
  return {
    check() {
      if (clock.monotonicMs() - lastMs < ttlMs) return Promise.resolve(last);
      round ??= Promise.all(probes.map((probe) => runProbe(probe, clock, timeoutMs))).then(
        (findings) => {
          round = undefined;
          lastMs = clock.monotonicMs();
          return (last = findings);
        },
      );
      return round;
    },
    get last() {
      return last;
    },
  };
}

/** One probe, with a time limit. Never throws. */
export async function runProbe(probe: Probe, clock: Clock, timeoutMs: number): Promise<Finding> {
  const startMs = clock.monotonicMs();
  const late = () => new ServiceError('timeout', `no answer in ${timeoutMs} ms`);
  const finding = (state: string, isFine: boolean) => {
    const latencyMs = roundMs(clock.monotonicMs() - startMs);
    return { name: probe.name, isFine, state, latencyMs };
  };
  try {
    await withDeadline(clock, timeoutMs, async (signal) => probe.check(signal), late);
    return finding(probe.word, true);
  } catch (thrown) {
    return { ...finding('failed', false), reason: reasonOf(thrown) };
  }
}
