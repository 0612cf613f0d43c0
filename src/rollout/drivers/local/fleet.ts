/** Keeps as many instances of each release as are wanted: starts, restarts, drains and ends them. */

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ReleaseRecord } from '../../../history/records.ts';
import { killProcessesWith } from '../../../measure/process/process-group.ts';
import { releaseKey } from '../../driver.ts';
import { createBackoff, type Backoff } from './backoff.ts';
import { folderName, logsFolder } from './folders.ts';
import { Instance, markerOf, type InstanceRecord } from './instance.ts';
import { contentFolder, type Kept } from './releases.ts';
import { Route } from './splitter/route.ts';
import type { Counter } from './splitter/traffic.ts';

export interface Wanted {
  readonly kept: Kept;
  readonly instances: number;
}

export interface FleetOptions {
  readonly folder: string;
  readonly counterOf: (release: ReleaseRecord) => Counter;
  /** Writes down which instances there are, before one is started and whenever something changes. */
  readonly onRecords: (records: readonly InstanceRecord[]) => void;
  /** An instance of it has become healthy. */
  readonly onHealthy: (release: ReleaseRecord) => void;
  /** The last instance of a release that is not wanted has ended. */
  readonly onEmpty: () => void;
  readonly log: (line: string) => void;
}

export interface Standing {
  readonly release: ReleaseRecord;
  /** Processes there are, also those that drain. */
  readonly running: number;
  readonly healthy: number;
  readonly problems: readonly string[];
}

interface Group {
  kept: Kept;
  wanted: number;
  readonly route: Route;
  readonly instances: Set<Instance>;
  readonly restarts: Map<number, Restart>;
}

interface Restart {
  readonly backoff: Backoff;
  /** While it waits to be started again. */
  timer: NodeJS.Timeout | undefined;
  problem: string;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #groups = new Map<string, Group>();
  #isClosed = false;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Takes over what still runs, ends what is left of the others. Call once, before `want`. */
  async adopt(
    records: readonly InstanceRecord[],
    keptOf: (release: ReleaseRecord) => Kept | undefined,
  ): Promise<void> {
    const lost: InstanceRecord[] = [];
    for (const record of records) {
      const kept = keptOf(record.release);
      const group = kept && this.#groupOf(kept);
      const instance = group && this.#make(group, record.number, record.id);
      if (instance?.adopt(record)) group?.instances.add(instance);
      else lost.push(record);
    }
    for (const group of this.#groups.values()) this.#route(group);
    for (const { id } of lost) await killProcessesWith(markerOf(id));
  }

  /** What is not wanted is drained and ended. Returns at once. */
  want(all: readonly Wanted[]): void {
    for (const group of this.#groups.values()) group.wanted = 0;
    for (const { kept, instances } of all) {
      const group = this.#groupOf(kept);
      group.wanted = instances;
      if (group.instances.size === 0) group.kept = kept;
    }
    for (const group of [...this.#groups.values()]) this.#adjust(group);
    this.#changed();
  }

  routeOf(release: ReleaseRecord): Route | undefined {
    return this.#groups.get(releaseKey(release))?.route;
  }

  hasAny(release: ReleaseRecord): boolean {
    return (this.#groups.get(releaseKey(release))?.instances.size ?? 0) > 0;
  }

  standings(): readonly Standing[] {
    return [...this.#groups.values()].map((group) => {
      const all = [...group.instances];
      return {
        release: group.kept.spec.release,
        running: all.filter(({ upstream }) => upstream !== undefined).length,
        healthy: all.filter((one) => one.isHealthy && !one.isDraining).length,
        problems: problemsOf(group),
      };
    });
  }

  /** Connections that rest too long are ended. */
  sweep(now: number): void {
    for (const { instances } of this.#groups.values())
      for (const { upstream } of instances) upstream?.sweep(now);
  }

  /** Ends every instance, without waiting for open requests. */
  async endAll(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#groups.values()];
    for (const group of all) {
      group.wanted = 0;
      for (const { timer } of group.restarts.values()) clearTimeout(timer);
    }
    await Promise.all(all.flatMap(({ instances }) => [...instances].map((one) => one.stop(0))));
  }

  /** Leaves every instance running, for the next daemon. */
  abandon(): void {
    this.#isClosed = true;
    for (const { instances, restarts } of this.#groups.values()) {
      for (const { timer } of restarts.values()) clearTimeout(timer);
      for (const instance of instances) instance.abandon();
    }
  }

  #groupOf(kept: Kept): Group {
    const { release } = kept.spec;
    const key = releaseKey(release);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const route = new Route(key, this.#options.counterOf(release));
    const group = { kept, wanted: 0, route, instances: new Set<Instance>(), restarts: new Map() };
    this.#groups.set(key, group);
    return group;
  }

  #adjust(group: Group): void {
    if (this.#isClosed) return;
    const { wanted, instances } = group;
    const active = [...instances].filter(({ isDraining }) => !isDraining);
    const surplus = active.sort(
      (a, b) => Number(b.isHealthy) - Number(a.isHealthy) || a.number - b.number,
    );
    for (const instance of surplus.slice(wanted)) void instance.stop(group.kept.spec.drainMs);
    let missing = wanted - Math.min(wanted, active.length);
    for (const instance of instances) {
      if (missing > 0 && instance.isDraining && instance.revive()) missing -= 1;
    }
    this.#startMissing(group, missing);
    this.#dropIfEmpty(group);
  }

  /** Numbers that nobody has; one that waits to be started again counts as had. */
  #startMissing(group: Group, missing: number): void {
    const { wanted, instances, restarts } = group;
    const waiting = [...restarts].filter(([, { timer }]) => timer !== undefined);
    // More wait than are missing where fewer are wanted now.
    for (const [, restart] of waiting.slice(missing)) {
      clearTimeout(restart.timer);
      restart.timer = undefined;
    }
    let left = missing - Math.min(missing, waiting.length);
    const taken = new Set([...instances].map(({ number }) => number));
    for (const [number] of waiting.slice(0, missing)) taken.add(number);
    for (let number = 1; left > 0 && number <= wanted + taken.size; number += 1) {
      if (taken.has(number)) continue;
      this.#start(group, number);
      left -= 1;
    }
  }

  #start(group: Group, number: number): void {
    const instance = this.#make(group, number, randomUUID());
    group.instances.add(instance);
    this.#changed();
    void instance.start().catch((error: unknown) => this.#options.log(String(error)));
  }

  #make(group: Group, number: number, id: string): Instance {
    const { folder, onHealthy, log } = this.#options;
    const { kept } = group;
    const { release } = kept.spec;
    const name = `${release.version} instance ${number}`;
    const instance: Instance = new Instance({
      id,
      number,
      kept,
      content: contentFolder(folder, release),
      log: path.join(logsFolder(folder), `${folderName(release)}-${number}.log`),
      onChange: () => {
        this.#route(group);
        this.#changed();
        if (!instance.isHealthy) return;
        log(`${name} is healthy`);
        onHealthy(release);
      },
      onEnded: (how) => {
        log(`${name} ${how ?? 'was stopped'}`);
        group.instances.delete(instance);
        this.#route(group);
        if (how !== undefined && !instance.isDraining) this.#startLater(group, instance, how);
        this.#adjust(group);
        this.#changed();
      },
    });
    return instance;
  }

  #startLater(group: Group, { number, startedAt }: Instance, how: string): void {
    if (this.#isClosed) return;
    const known = group.restarts.get(number);
    const restart = known ?? { backoff: createBackoff(), timer: undefined, problem: how };
    group.restarts.set(number, restart);
    restart.problem = how;
    const waitMs = restart.backoff.next(Date.now() - startedAt);
    restart.timer = setTimeout(() => {
      restart.timer = undefined;
      this.#adjust(group);
    }, waitMs);
  }

  #dropIfEmpty(group: Group): void {
    if (group.wanted > 0 || group.instances.size > 0) return;
    for (const { timer } of group.restarts.values()) clearTimeout(timer);
    this.#groups.delete(releaseKey(group.kept.spec.release));
    if (!this.#isClosed) this.#options.onEmpty();
  }

  #route(group: Group): void {
    const healthy = [...group.instances].filter((one) => one.isHealthy && !one.isDraining);
    group.route.upstreams = healthy.flatMap(({ upstream }) => upstream ?? []);
  }

  #changed(): void {
    for (const group of this.#groups.values()) this.#route(group);
    const records = [...this.#groups.values()].flatMap(({ instances }) =>
      [...instances].map(({ record }) => record),
    );
    this.#options.onRecords(records);
  }
}

/** Of what is not healthy now; how an instance ended is said until it is healthy again. */
function problemsOf({ instances, restarts }: Group): string[] {
  const all = [...instances];
  const found = [...restarts]
    .filter(([number]) => !all.some((one) => one.number === number && one.isHealthy))
    .map(([number, { problem }]) => ({ number, problem }));
  for (const { number, problem, isHealthy } of all) {
    const isSaid = found.some((one) => one.number === number);
    if (problem !== undefined && !isHealthy && !isSaid) found.push({ number, problem });
  }
  const sorted = found.sort((a, b) => a.number - b.number);
  return sorted.map(({ number, problem }) => `instance ${number} ${problem}`);
}
