/** What happens in a simulated rollout, by name or from a file: how both releases behave, and what goes wrong around them. */

import type { ReleaseRecord } from '../../history/records.ts';
import { releaseKey } from '../driver.ts';
import type { Plan } from '../plan.ts';
import type { ReleaseScript } from './fleet.ts';
import type { World } from './simulate.ts';
import { always, type Since, type Timeline } from './timeline.ts';

export interface Scenario extends Omit<World, 'fleet'> {
  /** Nothing serves yet. */
  readonly isFirst: boolean;
  readonly candidate: ReleaseScript;
  readonly stable: ReleaseScript;
  readonly requestsPerSecond: Timeline<number>;
  /** False for an environment that does not count requests. */
  readonly counts: boolean;
}

const WELL: ReleaseScript = {
  startUpMs: 5000,
  healthy: always(1),
  errorShare: always(0.001),
  latency: always({ p50Ms: 40, p95Ms: 120 }),
  restorable: true,
};

/** All is well; everything else is told by what differs. */
export const HEALTHY: Scenario = {
  isFirst: false,
  candidate: WELL,
  stable: WELL,
  requestsPerSecond: always(20),
  counts: true,
  driverFaults: [],
  commands: {},
  alerts: [],
  askedAtMs: undefined,
  interruptedAtMs: undefined,
};

const MINUTE_MS = 60_000;

function from<T>(before: T, since: Since, atMs: number, value: T): Timeline<T> {
  return {
    points: [
      { since: 'start', atMs: 0, value: before },
      { since, atMs, value },
    ],
  };
}

const candidate = (changes: Partial<ReleaseScript>): Scenario => ({
  ...HEALTHY,
  candidate: { ...WELL, ...changes },
});

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  healthy: HEALTHY,
  'first-deployment': { ...HEALTHY, isFirst: true },
  'first-never-healthy': { ...candidate({ healthy: always(0) }), isFirst: true },
  'never-healthy': candidate({ healthy: always(0) }),
  'dies-after-promotion': candidate({ healthy: from(1, 'promotion', MINUTE_MS, 0) }),
  flaps: candidate({ healthy: { ...from(1, 'start', 40_000, 0.5), repeatMs: MINUTE_MS } }),
  'errors-20': candidate({ errorShare: from(0.001, 'traffic', MINUTE_MS, 0.2) }),
  'slow-p95': candidate({
    latency: from({ p50Ms: 40, p95Ms: 120 }, 'traffic', MINUTE_MS, { p50Ms: 900, p95Ms: 14_000 }),
  }),
  'between-limits': candidate({ latency: always({ p50Ms: 40, p95Ms: 156 }) }),
  'new-error-type': {
    ...candidate({ errorShare: always(0.005) }),
    stable: { ...WELL, errorShare: always(0) },
  },
  'no-traffic': { ...HEALTHY, requestsPerSecond: always(0) },
  'critical-alert': {
    ...HEALTHY,
    alerts: [{ atMs: 2 * MINUTE_MS, forMs: 5 * MINUTE_MS, title: 'payments are down' }],
  },
  'asked-back': { ...HEALTHY, askedAtMs: 2 * MINUTE_MS },
  interrupted: { ...HEALTHY, interruptedAtMs: 2 * MINUTE_MS },
  'driver-errors': {
    ...HEALTHY,
    driverFaults: [
      { kind: 'error_but_done', nth: 1 },
      { kind: 'ok_but_nothing', nth: 2 },
      { kind: 'unreachable', atMs: MINUTE_MS, forMs: 20_000 },
    ],
  },
  'no-way-back': {
    ...candidate({ errorShare: from(0.001, 'promotion', 10_000, 0.4) }),
    stable: { ...WELL, restorable: false },
  },
};

/** @param seed for what chance decides */
export function worldOf(scenario: Scenario, plan: Plan, seed: number): World {
  const { candidate: behaves, stable, requestsPerSecond, counts } = scenario;
  const scriptOf = (release: ReleaseRecord) =>
    releaseKey(release) === releaseKey(plan.release) ? behaves : stable;
  return {
    ...scenario,
    fleet: { dials: plan.dials, requestsPerSecond, counts, seed, kept: [], scriptOf },
  };
}
