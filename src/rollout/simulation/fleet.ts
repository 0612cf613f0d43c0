/** A fleet that exists only as numbers: instances that start, fall ill and answer as a script says, behind the port of every driver. */

import { fail, ok } from '../../failure.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import {
  releaseKey,
  type Desired,
  type Dial,
  type Driver,
  type DriverResult,
  type Observed,
  type ObservedSlot,
} from '../driver.ts';
import type { Clock } from '../ports.ts';
import { counters, type Counters } from './counters.ts';
import type { Latency } from './latency.ts';
import { seeded } from './random.ts';
import { nextChange, valueAt, type Moments, type Timeline } from './timeline.ts';

/** How a release behaves. */
export interface ReleaseScript {
  /** From start to health, ms. */
  readonly startUpMs: number;
  /** The part of its started instances that is healthy, 0..1. */
  readonly healthy: Timeline<number>;
  /** Of its requests, 0..1. */
  readonly errorShare: Timeline<number>;
  readonly latency: Timeline<Latency>;
  /** Can it be brought back once it does not run any more? */
  readonly restorable: boolean;
}

export interface FleetScript {
  readonly dials: readonly Dial[];
  /** All requests together, from the beginning of the simulation on. */
  readonly requestsPerSecond: Timeline<number>;
  /** False for an environment that does not count requests. */
  readonly counts: boolean;
  readonly scriptOf: (release: ReleaseRecord) => ReleaseScript;
  /** Releases that ran here once and can be brought back. */
  readonly kept: readonly ReleaseRecord[];
  readonly seed: number;
  /** Told of each wish that was taken, for those who check. */
  readonly onApply?: (before: Observed, after: Observed, fence: number) => void;
}

interface Running {
  readonly release: ReleaseRecord;
  readonly script: ReleaseScript;
  readonly counters: Counters;
  moments: Moments;
  /** When each instance has started, epoch ms. */
  ready: number[];
  share: number;
}

/** @param running what serves at the beginning, whole and with all traffic; null for an empty environment */
export function simulatedFleet(
  script: FleetScript,
  clock: Pick<Clock, 'now'>,
  running: { readonly release: ReleaseRecord; readonly instances: number } | null,
): Driver {
  const { dials, requestsPerSecond, scriptOf } = script;
  const random = seeded(script.seed);
  const began = clock.now();
  const all = new Map<string, Running>();
  let countedTo = began;
  let fence = 0;

  function known(release: ReleaseRecord): Running {
    const key = releaseKey(release);
    const found = all.get(key);
    if (found !== undefined) return found;
    const made: Running = {
      ...{ release, script: scriptOf(release), counters: counters(random()) },
      ...{ moments: {}, ready: [], share: 0 },
    };
    all.set(key, made);
    return made;
  }

  function healthyOf({ ready, script: { healthy }, moments }: Running, now: number): number {
    const started = ready.filter((at) => at <= now).length;
    return Math.floor(started * valueAt(healthy, moments, now) + 1e-9);
  }

  /** As it was turned; without the dial, requests go to whoever is healthy. */
  function sharesAt(now: number): ReadonlyMap<Running, number> {
    const running = [...all.values()].filter(({ ready }) => ready.length > 0);
    if (dials.includes('traffic')) return new Map(running.map((one) => [one, one.share]));
    const healthy = running.map((one) => healthyOf(one, now));
    const sum = healthy.reduce((total, count) => total + count, 0);
    return new Map(
      running.map((one, index) => [one, sum === 0 ? one.share : (healthy[index] ?? 0) / sum]),
    );
  }

  /** Counts the requests between the last look and now, piece by piece where something changes on the way. */
  function count(): void {
    const until = clock.now();
    while (countedTo < until) {
      const next = Math.min(until, changeAfter(countedTo));
      const rate = valueAt(requestsPerSecond, { start: began }, countedTo);
      for (const [one, share] of sharesAt(countedTo))
        if (share > 0) countOne(one, (rate * share * (next - countedTo)) / 1000);
      countedTo = next;
    }
  }

  function countOne(one: Running, requests: number): void {
    const { script: behaves, moments } = one;
    const isDown = healthyOf(one, countedTo) === 0;
    const errors = isDown ? 1 : valueAt(behaves.errorShare, moments, countedTo);
    one.counters.add(requests, errors, valueAt(behaves.latency, moments, countedTo));
  }

  function changeAfter(at: number): number {
    let next = nextChange(requestsPerSecond, { start: began }, at);
    for (const { script: behaves, moments, ready } of all.values()) {
      for (const ms of ready) if (ms > at) next = Math.min(next, ms);
      for (const line of [behaves.healthy, behaves.errorShare, behaves.latency])
        next = Math.min(next, nextChange<unknown>(line, moments, at));
    }
    return next;
  }

  function look(): Observed {
    const now = clock.now();
    const slots = [...sharesAt(now)].map(([one, share]): ObservedSlot => {
      const healthy = healthyOf(one, now);
      const { release, ready } = one;
      return {
        ...{ release, share, healthy, instances: ready.length },
        traffic: script.counts ? one.counters.read() : null,
        problems: problemsOf(one, healthy, now),
      };
    });
    const restorable = [...all.values()]
      .filter(({ ready, script: behaves }) => ready.length === 0 && behaves.restorable)
      .map(({ release }) => release);
    return { fence, slots, restorable };
  }

  function turn({ slots }: Desired): void {
    const now = clock.now();
    const named = new Set(slots.map(({ release }) => releaseKey(release)));
    for (const [key, one] of all) {
      if (named.has(key)) continue;
      one.ready = [];
      one.share = 0;
    }
    const instances = slots.reduce((sum, slot) => sum + slot.instances, 0);
    for (const slot of slots) {
      const one = known(slot.release);
      const readyAt = now + one.script.startUpMs;
      // Those that have not started yet go first.
      one.ready = one.ready.toSorted((a, b) => a - b).slice(0, slot.instances);
      while (one.ready.length < slot.instances) one.ready.push(readyAt);
      const follows = instances === 0 ? 0 : slot.instances / instances;
      one.share = dials.includes('traffic') ? slot.share : follows;
      one.moments = momentsOf(one, now);
    }
  }

  for (const release of script.kept) known(release);
  if (running !== null) {
    const first = known(running.release);
    first.ready = Array.from({ length: running.instances }, () => began);
    first.share = 1;
    first.moments = { start: began, traffic: began, promotion: began };
  }

  return {
    kind: 'simulated',
    reach: 'machine',
    dials,
    frozen: { kind: 'simulated' },
    observe() {
      count();
      return Promise.resolve(ok(look()));
    },
    apply(desired, asked) {
      count();
      const refused = refusal(desired, asked);
      if (refused !== undefined) return Promise.resolve(refused);
      const before = script.onApply === undefined ? undefined : look();
      fence = asked;
      turn(desired);
      if (before !== undefined) script.onApply?.(before, look(), fence);
      return Promise.resolve(ok(undefined));
    },
  };

  function refusal({ slots }: Desired, asked: number): DriverResult<void> | undefined {
    if (asked < fence) return fail({ kind: 'fenced_out', fence: asked, newest: fence });
    const gone = slots.find(({ release }) => {
      const one = all.get(releaseKey(release));
      const isGone = one !== undefined && one.ready.length === 0 && one.moments.start !== undefined;
      return isGone && !one.script.restorable;
    });
    if (gone === undefined) return undefined;
    return fail({ kind: 'refused', message: `${gone.release.version} is not there any more` });
  }
}

function momentsOf({ moments, ready, share }: Running, now: number): Moments {
  return {
    ...moments,
    ...(moments.start === undefined && ready.length > 0 && { start: now }),
    ...(moments.traffic === undefined && share > 0 && { traffic: now }),
    ...(moments.promotion === undefined && share >= 1 && { promotion: now }),
  };
}

function problemsOf({ ready }: Running, healthy: number, now: number): readonly string[] {
  if (healthy >= ready.length) return [];
  const starting = ready.filter((at) => at > now).length;
  const ill = ready.length - starting - healthy;
  return [
    ...(ill > 0 ? [`${ill} of ${ready.length} do not answer their health check`] : []),
    ...(starting > 0 ? [`${starting} of ${ready.length} are starting`] : []),
  ];
}
