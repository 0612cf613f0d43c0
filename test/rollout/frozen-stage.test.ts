/** What a freeze stops, and what it does not: going on forward, but never going back. */

import { describe, expect, test } from 'vitest';
import { ok } from '../../src/failure.ts';
import { openMemory } from '../../src/history/stores/memory.ts';
import { noteIn } from '../../src/rollout/journal.ts';
import { planStage, resumeStage, type StageContext } from '../../src/rollout/stage.ts';
import { CANDIDATE, planned, request, STABLE, turn } from './rig.ts';

const stream = { service: 'checkout', environment: 'production' };
const FREEZE = { reason: 'outage', until: null };

function context(more: Partial<StageContext> = {}): StageContext {
  const store = openMemory();
  let ids = 0;
  let time = 1;
  const slot = { release: CANDIDATE, instances: 4, healthy: 4, share: 1 };
  const observed = { slots: [slot], restorable: [STABLE], fence: 0, inFlight: false };
  return {
    ...{ store, stream, waitMs: 0 },
    driver: {
      ...{ kind: 'command', dials: ['instances', 'traffic'], reach: 'machine', frozen: {} },
      observe: () => Promise.resolve(ok(observed)),
      apply: () => Promise.resolve(ok(undefined)),
    },
    author: { actor: 'kim', host: 'h', now: () => 1, newId: () => `id${(ids += 1)}` },
    clock: { now: () => (time += 1), sleep: (ms: number) => turn().then(() => void (time += ms)) },
    runCommand: () => Promise.resolve({ exitCode: 0, tail: [] }),
    alerts: () => Promise.resolve({ kind: 'none' }),
    tell: () => undefined,
    signal: new AbortController().signal,
    at: () => Promise.resolve(),
    ...more,
  } as unknown as StageContext;
}

/** A deployment with no step left to do, left behind by somebody. */
async function leftBehind(given: StageContext): Promise<StageContext> {
  const plan = { ...planned(), steps: [] };
  const ids = { deployment: 'd1', previous: null, takes_back: null, hotfix: false };
  const note = noteIn(given.store, stream, given.author);
  const noted = await note([
    {
      type: 'deployment_started',
      body: {
        ...ids,
        kind: 'deploy',
        release: CANDIDATE,
        strategy: 'rolling',
        validation_ms: null,
      },
    },
    {
      type: 'rollout_planned',
      body: {
        deployment: 'd1',
        plan: JSON.parse(JSON.stringify(plan)) as object as never,
        driver: {},
      },
    },
    { type: 'environment_frozen', body: FREEZE },
  ]);
  expect(noted.ok).toBe(true);
  return given;
}

async function typesIn({ store }: StageContext): Promise<readonly string[]> {
  const events = await store.read(stream, 0, 100);
  return events.ok ? events.value.map(({ type }) => type) : [];
}

describe('frozen', () => {
  test('nothing is planned there', async () => {
    const given = context();
    await noteIn(given.store, stream, given.author)([{ type: 'environment_frozen', body: FREEZE }]);
    expect(await planStage(request(), given)).toMatchObject({
      failure: { kind: 'frozen', freeze: { by: 'kim', reason: 'outage' } },
    });
  });

  test('what was left half done does not go on forward, unless somebody says why', async () => {
    const stopped = await leftBehind(context());
    expect(await resumeStage(stopped, true)).toMatchObject({ failure: { kind: 'frozen' } });
    expect(await typesIn(stopped)).not.toContain('freeze_overridden');
    const forced = await leftBehind(context({ overrideFreeze: 'hotfix' }));
    await resumeStage(forced, true);
    expect(await typesIn(forced)).toContain('freeze_overridden');
  });

  test('a way back that was left half done goes on', async () => {
    const given = await leftBehind(context());
    const body = { deployment: 'd1', trigger: 'error_rate > 10%', explanation: [] };
    await noteIn(given.store, stream, given.author)([{ type: 'trigger_fired', body }]);
    const gone = await resumeStage(given, true);
    expect(gone.ok || gone.failure.kind !== 'frozen').toBe(true);
  });
});
