/**
 * Everything a local environment is, in one process: the port, the instances, and what was asked of them. What it was asked
 * lies on disk before it says so.
 */

import { fail, ok } from '../../../failure.ts';
import type { ReleaseRecord } from '../../../history/records.ts';
import {
  releaseKey,
  type DriverFailure,
  type DriverResult,
  type Observed,
  type ObservedSlot,
} from '../../driver.ts';
import { Fleet } from './fleet.ts';
import { createFrontDoor } from './front-door.ts';
import { instancesFile } from './folders.ts';
import { prepareReleases } from './prepare.ts';
import {
  listKept,
  prune,
  readKept,
  removeDrafts,
  writeKept,
  type Kept,
  type Need,
} from './releases.ts';
import { InstancesShape } from './shapes.ts';
import { Route } from './splitter/route.ts';
import { createSwitchboard } from './splitter/splitter.ts';
import { writeState, type State } from './state.ts';
import { openTrafficBook } from './traffic-book.ts';
import { readJson, writeWhole } from './whole-file.ts';
import { inWords, nowOrBefore, servingKeys, wrongSlots } from './wishes.ts';
import type { ApplyRequest } from './wire.ts';

const SWEEP_MS = 1000;

export interface Supervisor {
  observe(): Observed;
  apply(request: ApplyRequest): Promise<DriverResult<null>>;
  /** Ends every instance and gives the port back. */
  down(fence: number | undefined): Promise<DriverResult<null>>;
  /** Lets the instances run, for the next daemon. */
  abandon(): Promise<void>;
}

export interface SupervisorOptions {
  readonly folder: string;
  readonly service: string;
  readonly environment: string;
  /** As it was read from disk; undefined the first time. */
  readonly state: State | undefined;
  readonly log: (line: string) => void;
}

/** Takes over the instances of an earlier daemon, and serves as it did. */
export async function createSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { folder, service, environment, log } = options;
  let state: State = options.state ?? {
    ...{ service, environment, fence: 0, before: [], listen: null, keep: 3 },
    desired: { slots: [] },
  };
  let isDown = false;
  /** Keys of releases that an `apply` is about to run: not to be deleted meanwhile. */
  const preparing = new Map<string, number>();
  const switchboard = createSwitchboard();
  const door = createFrontDoor(switchboard, log);
  const book = openTrafficBook(folder);
  const fleet = new Fleet({
    folder,
    log,
    counterOf: (release) => book.counterOf(releaseKey(release)),
    onRecords: (records) => {
      try {
        writeWhole(instancesFile(folder), `${JSON.stringify(records)}\n`);
      } catch (error) {
        log(`the list of instances cannot be written: ${String(error)}`);
      }
    },
    onHealthy: noteProven,
    onEmpty: () => void tidy(),
  });

  function noteProven(release: ReleaseRecord): void {
    const kept = readKept(folder, release);
    if (kept === undefined || kept.proven) return;
    try {
      writeKept(folder, { ...kept, proven: true });
    } catch (error) {
      log(`${release.version} cannot be noted as proven: ${String(error)}`);
    }
  }

  /** The switch: what runs and who gets requests follows `state`, in this very tick. */
  function follow(keptOf: (release: ReleaseRecord) => Kept | undefined): void {
    const slots = state.desired.slots.filter(({ instances }) => instances > 0);
    fleet.want(
      slots.flatMap(({ release, instances }) => {
        const kept = keptOf(release);
        if (kept === undefined) log(`${release.version} is not kept here any more`);
        return kept === undefined ? [] : [{ kept, instances }];
      }),
    );
    switchboard.setRoutes(
      slots.map(({ release, share }) => {
        const key = releaseKey(release);
        // One that cannot run any more keeps its share, and answers for it with errors.
        return { route: fleet.routeOf(release) ?? new Route(key, book.counterOf(key)), share };
      }),
    );
  }

  removeDrafts(folder);
  const records = InstancesShape.safeParse(readJson(instancesFile(folder)));
  await fleet.adopt(records.data ?? [], (release) => readKept(folder, release));
  follow((release) => readKept(folder, release));
  if (state.listen !== null) door.keepOpen(state.listen);
  const sweeper = setInterval(() => {
    fleet.sweep(performance.now());
    book.save();
  }, SWEEP_MS);

  function observe(): Observed {
    book.save(); // what was once told is never taken back
    return {
      fence: state.fence,
      slots: observedSlots(),
      restorable: listKept(folder).map(({ spec }) => spec.release),
    };
  }

  function observedSlots(): ObservedSlot[] {
    const standings = fleet.standings();
    const named = state.desired.slots.map((slot) => {
      const key = releaseKey(slot.release);
      const standing = standings.find(({ release }) => releaseKey(release) === key);
      const { running = 0, healthy = 0, problems = [] } = standing ?? {};
      const closed = door.problem === undefined ? [] : [door.problem];
      const traffic = book.counterOf(key).read();
      return { ...slot, instances: running, healthy, traffic, problems: [...closed, ...problems] };
    });
    const keys = state.desired.slots.map(({ release }) => releaseKey(release));
    const ending = standings
      .filter(({ release, running }) => running > 0 && !keys.includes(releaseKey(release)))
      .map(({ release, running, healthy, problems }) => ({
        ...{ release, instances: running, share: 0, healthy, problems },
        traffic: book.counterOf(releaseKey(release)).read(),
      }));
    return [...named, ...ending];
  }

  async function apply(request: ApplyRequest): Promise<DriverResult<null>> {
    const { desired } = request;
    const early = fencedOut(request.fence) ?? wrongSlots(desired);
    if (early !== undefined) return fail(early);
    const listen = request.listen ?? state.listen;
    if (listen === null) return refused('nobody has said on which port it shall listen');
    const runs = desired.slots.filter(({ instances }) => instances > 0);
    const keys = runs.map(({ release }) => releaseKey(release));
    for (const key of keys) preparing.set(key, (preparing.get(key) ?? 0) + 1);
    try {
      const hasAny = (release: ReleaseRecord): boolean => fleet.hasAny(release);
      const prepared = await prepareReleases(folder, runs, request.specs ?? [], hasAny);
      if (!prepared.ok) return refused(prepared.failure);
      const kept = prepared.value;
      const opened = await door.prepare(listen);
      if (!opened.ok) return refused(opened.failure);
      return commit({ ...request, listen }, kept, opened.value);
    } finally {
      for (const key of keys) {
        const left = (preparing.get(key) ?? 1) - 1;
        if (left > 0) preparing.set(key, left);
        else preparing.delete(key);
      }
      setImmediate(() => void tidy()); // the answer goes first
    }
  }

  /** Nothing here waits: between the look at the fence and the switch nobody else can act. */
  function commit(
    request: ApplyRequest & { readonly listen: NonNullable<State['listen']> },
    kept: readonly Kept[],
    opened: { take(): void; discard(): void },
  ): DriverResult<null> {
    const late = isDown ? BEING_ENDED : fencedOut(request.fence);
    if (late !== undefined) {
      opened.discard();
      return fail(late);
    }
    const { desired, fence, listen, keep = state.keep } = request;
    const [serves, served] = [servingKeys(desired), servingKeys(state.desired)];
    const isOther = served.length > 0 && served.join() !== serves.join();
    const before = isOther ? served.filter((key) => !serves.includes(key)) : state.before;
    const next: State = {
      ...{ service, environment, fence, listen, keep },
      desired: { slots: [...desired.slots] },
      before: before.length > 0 ? before : state.before,
    };
    try {
      for (const one of kept)
        if (!fleet.hasAny(one.spec.release)) writeKept(folder, { ...one, usedAt: Date.now() });
      writeState(folder, next);
    } catch (error) {
      opened.discard();
      return refused(`what was asked cannot be kept: ${String(error)}`);
    }
    state = next;
    opened.take();
    const byKey = new Map(kept.map((one) => [releaseKey(one.spec.release), one]));
    follow((release) => byKey.get(releaseKey(release)));
    log(`fence ${fence}: ${inWords(desired)}`);
    return ok(null);
  }

  /** Releases that nobody needs are deleted, but for the newest few. */
  async function tidy(): Promise<void> {
    const named = state.desired.slots.map(({ release }) => releaseKey(release));
    const needOf = (release: ReleaseRecord): Need => {
      const key = releaseKey(release);
      if (named.includes(key) || preparing.has(key) || fleet.hasAny(release)) return 'runs';
      return state.before.includes(key) ? 'served' : 'none';
    };
    await prune(folder, state.keep, needOf).catch((error: unknown) => log(String(error)));
    const kept = listKept(folder).map(({ spec }) => releaseKey(spec.release));
    book.forgetAllBut([...kept, ...named, ...preparing.keys()]);
  }

  function fencedOut(fence: number): DriverFailure | undefined {
    const newest = state.fence;
    return fence < newest ? { kind: 'fenced_out', fence, newest } : undefined;
  }

  async function end(): Promise<void> {
    clearInterval(sweeper);
    await door.close();
    book.save();
  }

  return {
    observe,
    apply,
    async down(fence) {
      const late = fence === undefined ? undefined : fencedOut(fence);
      if (late !== undefined) return fail(late);
      const next = { ...state, fence: fence ?? state.fence, desired: { slots: [] } };
      try {
        writeState(folder, { ...next, before: nowOrBefore(state) });
      } catch (error) {
        return refused(`what was asked cannot be kept: ${String(error)}`);
      }
      state = next;
      isDown = true;
      switchboard.setRoutes([]);
      await Promise.all([fleet.endAll(), end()]);
      log('down');
      return ok(null);
    },
    async abandon() {
      fleet.abandon();
      await end();
    },
  };
}

const BEING_ENDED: DriverFailure = { kind: 'unreachable', message: 'it is being ended just now' };

const refused = (message: string): DriverResult<never> => fail({ kind: 'refused', message });
