/** Plays one history of the model: processes that deploy, die, freeze, take over, and what is left of them afterwards. */

import { fail, ok } from '../../../src/failure.ts';
import { openMemory } from '../../../src/history/stores/memory.ts';
import type { Store, StoreFailure } from '../../../src/history/store.ts';
import type { JournalEvent, Stream } from '../../../src/history/journal.ts';
import type { Driver, Observed } from '../../../src/rollout/driver.ts';
import { noteIn } from '../../../src/rollout/journal.ts';
import type { Outcome } from '../../../src/rollout/ports.ts';
import { withFaults } from '../../../src/rollout/simulation/driver-faults.ts';
import { simulatedFleet, type ReleaseScript } from '../../../src/rollout/simulation/fleet.ts';
import { always, type Timeline } from '../../../src/rollout/simulation/timeline.ts';
import { virtualClock, type VirtualClock } from '../../../src/rollout/simulation/virtual-clock.ts';
import {
  actStage,
  planStage,
  resumeStage,
  rollBackStage,
  type StageContext,
  type StageRefusal,
} from '../../../src/rollout/stage.ts';
import { blueGreen, canary, environment, GOOD, release, rolling, turn } from '../rig.ts';
import { makeProcess, type Process } from './process.ts';
import type { Act, Op, Spec } from './spec.ts';

const STREAM: Stream = { service: 'checkout', environment: 'production' };

export type Ended =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'refused'; readonly refusal: StageRefusal }
  | { readonly kind: 'stopped' };

/** What is known when everything is over. */
export interface Played {
  readonly spec: Spec;
  readonly store: Store;
  readonly stream: Stream;
  readonly events: readonly JournalEvent[];
  /** Ids that a store said it had written. */
  readonly acknowledged: ReadonlySet<string>;
  readonly observed: Observed;
  readonly ended: readonly Ended[];
  readonly last: Ended;
  /** Of laws that are checked while it happens. */
  readonly broken: readonly string[];
  readonly now: number;
}

interface Scene {
  readonly spec: Spec;
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly driver: Driver;
  readonly calm: { store: boolean; driver: boolean };
  readonly acknowledged: Set<string>;
  readonly processes: Process[];
  readonly running: Promise<void>[];
  readonly ended: Ended[];
  newId(): string;
  versions: number;
}

export async function play(spec: Spec): Promise<Played> {
  const clock = virtualClock(1_000_000, turn);
  const broken: string[] = [];
  const scene = sceneOf(spec, clock, broken);
  const last = await clock.run(playAll(scene));
  const observed = await scene.driver.observe();
  const events = await scene.store.read(STREAM, 0, 100_000);
  if (!observed.ok || !events.ok) throw new Error('the end of a history cannot be seen');
  const { store, acknowledged, ended } = scene;
  return {
    ...{ spec, store, stream: STREAM, acknowledged, ended, last, broken, now: clock.now() },
    ...{ events: events.value, observed: observed.value },
  };
}

async function playAll(scene: Scene): Promise<Ended> {
  const { spec, clock } = scene;
  scene.calm.store = true;
  await begin(scene);
  scene.calm.store = false;
  for (const op of spec.ops) await playOp(scene, op);
  // Whoever is frozen wakes up and tries to go on.
  for (const process of scene.processes) process.thaw();
  await Promise.all(scene.running);
  scene.calm.driver = true;
  scene.calm.store = true;
  await clock.sleep(60_000);
  return act(scene, {
    ...{ verb: spec.last, force: true, waits: true, ending: { kind: 'undisturbed' } },
  });
}

async function playOp(scene: Scene, op: Op): Promise<void> {
  const { clock } = scene;
  const side = op.meanwhile.map(async ({ atMs, what }) => {
    await clock.sleep(atMs);
    if (what === 'ask') await ask(scene);
    else await act(scene, what);
  });
  scene.running.push(...side);
  await act(scene, op);
  await clock.sleep(op.pauseMs);
}

/** One process from its start until it ends, is killed, or freezes; what is frozen goes on later by itself. */
async function act(scene: Scene, asked: Act): Promise<Ended> {
  const process = makeProcess(scene.clock, asked.ending);
  scene.processes.push(process);
  const work = stage(scene, process, asked).then((ended) => {
    scene.ended.push(ended);
    return ended;
  });
  // A process that was killed never ends; its work is let go.
  const over = Promise.race([work, process.stopped.then((): Ended => ({ kind: 'stopped' }))]);
  const ended = await over.catch((error: unknown) => {
    if (process.fate() === 'killed') return { kind: 'stopped' } as const;
    throw error;
  });
  if (process.fate() === 'frozen') scene.running.push(work.then(() => undefined));
  else work.catch(() => undefined);
  return ended;
}

async function stage(scene: Scene, process: Process, { verb, force, waits }: Act): Promise<Ended> {
  const { spec } = scene;
  const context = contextOf(scene, process, waits);
  const environmentOf = environment({
    ...{ instances: spec.instances, readyWithinMs: 8000, onInterrupt: spec.onInterrupt },
    ...{ withoutTraffic: 'accept' },
  });
  const result = await (async () => {
    switch (verb) {
      case 'deploy': {
        scene.versions += 1;
        const request = {
          ...{ environment: environmentOf, actors: actorsOf(spec), speed: 1 },
          release: release(`2.${scene.versions}`),
          migrations: spec.forwardOnly ? ('forward-only' as const) : ('none' as const),
        };
        const plan = await planStage(request, context);
        if (!plan.ok) return plan;
        return actStage(plan.value, request, context);
      }
      case 'resume':
        return resumeStage(context, force);
      case 'rollback': {
        const because = { trigger: 'manual_trigger', explanation: ['a person wants it'] };
        const window = { windowMs: 1000, minSamples: 20, badLooks: 2, noiseMs: 10 };
        const { instances } = spec;
        const settings = { instances, rollbackMs: 8000, window, trialSpeed: null };
        return rollBackStage(undefined, because, settings, context);
      }
    }
  })();
  return result.ok
    ? { kind: 'outcome', outcome: result.value }
    : { kind: 'refused', refusal: result.failure };
}

function contextOf(scene: Scene, process: Process, waits: boolean): StageContext {
  const { clock } = process;
  const store = process.store(scene.store);
  return {
    ...{ store, stream: STREAM, clock, signal: process.signal, at: process.at },
    driver: process.driver(scene.driver),
    author: { actor: 'ada', host: 'ci', now: () => clock.now(), newId: () => scene.newId() },
    async runCommand(_, __, signal) {
      await clock.sleep(150, signal);
      return { exitCode: scene.spec.smokeFails ? 1 : 0, tail: [] };
    },
    async alerts(_, deployment) {
      const newest = await scene.store.newest(STREAM, ['rollback_asked'], 1);
      const asked = newest.ok ? newest.value[0]?.body['deployment'] : undefined;
      return { firing: [], ...(asked === deployment && { asked: 'a person wants it back' }) };
    },
    tell: () => undefined,
    waitMs: waits ? 60_000 : 0,
  };
}

async function ask({ store, clock, newId }: Scene): Promise<void> {
  const rows = await store.current(STREAM);
  const running = rows.ok ? rows.value.running().find(({ kind }) => kind === 'deploy') : undefined;
  if (running === undefined) return;
  const author = { actor: 'eve', host: 'laptop', now: () => clock.now(), newId };
  const body = { deployment: running.id, reason: 'a person wants it back' };
  await noteIn(store, STREAM, author)([{ type: 'rollback_asked', body }]);
}

/** Two releases were there before, unless it is the first. */
async function begin({ spec, store, clock, newId }: Scene): Promise<void> {
  if (spec.isFirst) return;
  const note = noteIn(store, STREAM, {
    ...{ actor: 'ada', host: 'ci', now: () => clock.now(), newId },
  });
  for (const version of ['0.9', '1.0'])
    await note([
      {
        type: 'deployment_started',
        body: {
          ...{ deployment: `d-${version}`, kind: 'deploy', release: release(version) },
          ...{ previous: null, takes_back: null, hotfix: false, strategy: null },
          validation_ms: null,
        },
      },
      {
        type: 'deployment_finished',
        body: {
          ...{ deployment: `d-${version}`, status: 'succeeded', reason: null },
          failure_detected_at: null,
        },
      },
    ]);
}

function actorsOf({ strategy }: Spec) {
  const fast = (actor: ReturnType<typeof rolling>): ReturnType<typeof rolling> => ({
    ...actor,
    action: {
      ...actor.action,
      ...(actor.action.deployment && {
        deployment: { ...actor.action.deployment, batchIntervalMs: 400 },
      }),
      ...(actor.action.canary && { canary: { ...actor.action.canary, durationMs: 1000 } }),
    },
  });
  if (strategy === 'rolling') return [fast(rolling())];
  return strategy === 'blue-green' ? [blueGreen()] : [fast(blueGreen()), fast(canary())];
}

function sceneOf(spec: Spec, clock: VirtualClock, broken: string[]): Scene {
  const calm = { store: false, driver: false };
  const acknowledged = new Set<string>();
  let ids = 0;
  const fleet = simulatedFleet(
    {
      ...{ dials: spec.dials, requestsPerSecond: always(100), counts: true, seed: spec.seed },
      kept: spec.isFirst ? [] : [release('0.9')],
      scriptOf: ({ version }) => (version.startsWith('2.') ? candidateOf(spec) : FAST),
      onApply: (before, after, fence) => broken.push(...lawsOfApply(spec, before, after, fence)),
    },
    clock,
    spec.isFirst ? null : { release: release('1.0'), instances: spec.instances },
  );
  const faulty = withFaults(fleet, spec.driverFaults, clock);
  const driver: Driver = {
    ...fleet,
    observe: (signal) => (calm.driver ? fleet : faulty).observe(signal),
    apply: (desired, fence, signal) => (calm.driver ? fleet : faulty).apply(desired, fence, signal),
  };
  const memory = openMemory({
    clock: { now: () => clock.now(), uptimeMs: () => clock.now(), boot: () => '' },
  });
  return {
    ...{ spec, clock, driver, calm, acknowledged, processes: [], running: [], ended: [] },
    store: faultyStore(memory, spec, clock, calm, acknowledged),
    newId: () => `id-${(ids += 1)}`,
    versions: 0,
  };
}

// Latencies that fill few buckets: counting them is most of the work.
const FAST: ReleaseScript = {
  ...{ ...GOOD, startUpMs: 120 },
  latency: always({ p50Ms: 40, p95Ms: 44 }),
};

function candidateOf({ health, instances }: Spec): ReleaseScript {
  const changing = (...values: readonly [atMs: number, value: number][]): Timeline<number> => {
    const [first, ...more] = values.map(([atMs, value]) => ({
      ...{ since: 'start' as const, atMs, value },
    }));
    return { points: [first!, ...more] };
  };
  switch (health) {
    case 'good':
      return FAST;
    case 'never':
      return { ...FAST, healthy: always(0) };
    case 'dies':
      return { ...FAST, healthy: changing([0, 1], [900, 0]) };
    case 'flaps':
      return { ...FAST, healthy: { ...changing([0, 1], [700, 0.5]), repeatMs: 1100 } };
    case 'errors':
      return { ...FAST, errorShare: always(0.5) };
    case 'one_ill':
      return { ...FAST, healthy: always((instances - 1) / instances) };
  }
}

function lawsOfApply(
  spec: Spec,
  before: Observed,
  after: Observed,
  fence: number,
): readonly string[] {
  const broken: string[] = [];
  if (fence < before.fence) broken.push(`fence ${fence} was taken after ${before.fence}`);
  const isSteady = spec.health !== 'dies' && spec.health !== 'flaps';
  const isWhole = !spec.driverFaults.some(({ kind }) => kind === 'partly' || kind === 'slow');
  if (isSteady && isWhole && !spec.isFirst) {
    const most = Math.max(loadOf(before), 1 / spec.instances) + 1e-6;
    if (loadOf(after) > most) broken.push(`capacity fell: ${shown(before)} to ${shown(after)}`);
  }
  return broken;
}

/** What the busiest healthy instance has to carry, of all traffic. */
function loadOf({ slots }: Observed): number {
  const serving = slots.filter(({ share }) => share > 0);
  if (serving.length === 0) return Infinity;
  return Math.max(
    ...serving.map(({ share, healthy }) => (healthy === 0 ? Infinity : share / healthy)),
  );
}

const shown = ({ slots }: Observed) =>
  slots
    .map(({ release: { version }, share, healthy, instances }) => {
      return `${version} ${Math.round(share * 100)} % ${healthy}/${instances}`;
    })
    .join(', ');

function faultyStore(
  memory: Store,
  { storeFaults }: Spec,
  clock: VirtualClock,
  calm: { readonly store: boolean },
  acknowledged: Set<string>,
): Store {
  const began = clock.now();
  const down: StoreFailure = { kind: 'unreachable', message: 'connection refused' };
  let appends = 0;
  const isGone = () => {
    const now = clock.now() - began;
    return (
      !calm.store &&
      storeFaults.some((one) => 'atMs' in one && now >= one.atMs && now < one.atMs + one.forMs)
    );
  };
  const unless = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isGone()) return work();
    await clock.sleep(1000);
    return isGone() ? (fail(down) as T) : work();
  };
  return {
    ...memory,
    append: (stream, drafts, fence) =>
      unless(async () => {
        appends += 1;
        const nth = appends;
        const fault = storeFaults.find((one) => one.kind === 'uncertain' && one.nth === nth);
        if (fault?.kind === 'uncertain' && !calm.store) {
          if (fault.written) await memory.append(stream, drafts, fence);
          return fail({ kind: 'uncertain', message: 'the line was cut' } as const);
        }
        const appended = await memory.append(stream, drafts, fence);
        if (appended.ok) for (const { id } of appended.value) acknowledged.add(id);
        return appended.ok ? ok(appended.value) : appended;
      }),
    acquire: (...asked) => unless(() => memory.acquire(...asked)),
    renew: (...asked) => unless(() => memory.renew(...asked)),
    release: (...asked) => unless(() => memory.release(...asked)),
  };
}
