import { describe, expect, test } from 'vitest';
import { always, type Timeline } from '../../src/rollout/simulation/timeline.ts';
import {
  blueGreen,
  canary,
  environment,
  planned,
  rolling,
  simulated,
  validation,
  type Changes,
} from './rig.ts';

const line = (...points: readonly [atMs: number, value: number][]): Timeline<number> => {
  const [first, ...more] = points.map(([atMs, value]) => ({
    since: 'traffic' as const,
    atMs,
    value,
  }));
  return { points: [first!, ...more] };
};

const ILL: readonly (readonly [what: string, changes: Changes, trigger: RegExp])[] = [
  ['never becomes healthy', { candidate: { healthy: always(0) } }, /ready_within/],
  [
    'is healthy on all but one',
    { candidate: { healthy: always(0.75) } },
    /ready_within|health_check/,
  ],
  [
    'dies',
    { candidate: { healthy: line([0, 1], [200_000, 0]) } },
    /health_check_failure|error_rate/,
  ],
  ['fails a fifth of its requests', { candidate: { errorShare: always(0.2) } }, /error_rate/],
  ['fails later', { candidate: { errorShare: line([0, 0.001], [100_000, 0.4]) } }, /error_rate/],
  ['gets no requests', { fleet: { requestsPerSecond: always(0) } }, /no data/],
  ['is not counted', { fleet: { counts: false } }, /no data/],
  ['is not wanted by a person, before it has traffic', { askedAtMs: 10 }, /manual_trigger/],
  ['is not wanted by a person, later', { askedAtMs: 200_000 }, /manual_trigger/],
];

describe.each([
  ['rolling', [rolling(['error_rate > 10%', 'health_check_failure']), validation]],
  ['blue-green and canary', [blueGreen(), canary()]],
] as const)('%s', (_, actors) => {
  const plan = planned({ actors: [...actors] });

  test('a good release gets there, and every step is done', async () => {
    const { outcome, records } = await simulated(plan);
    expect(outcome).toEqual({ kind: 'succeeded' });
    const done = records.filter(({ record }) => record.type === 'step_done');
    expect(done).toHaveLength(plan.steps.length);
  });

  test.each(ILL)('one that %s is taken back', async (__, changes, trigger) => {
    const { outcome, records } = await simulated(plan, changes);
    expect(outcome).toMatchObject({ kind: 'rolled_back' });
    expect('because' in outcome && outcome.because.trigger).toMatch(trigger);
    const last = records.slice(-2).map(({ record }) => record.body);
    expect(last).toMatchObject([{ status: 'rolled_back' }, { status: 'succeeded' }]);
  });

  test('what was forward-only is held, unless a person wants it back', async () => {
    const forward = planned({ actors: [...actors], migrations: 'forward-only' });
    const ill = { candidate: { errorShare: always(0.5) } };
    expect((await simulated(forward, ill)).outcome.kind).toBe('held');
    expect((await simulated(forward, { ...ill, askedAtMs: 1 })).outcome.kind).toBe('rolled_back');
  });

  test('a first one that is ill is withdrawn', async () => {
    const first = planned({ actors: [...actors], stable: null });
    const { outcome } = await simulated(first, { candidate: { healthy: always(0) } });
    expect(outcome.kind).toBe('withdrawn');
  });

  test('an interrupt gives the traffic back, or holds where that was declared', async () => {
    const at = { interruptedAtMs: 100_000 };
    expect((await simulated(plan, at)).outcome).toEqual({ kind: 'interrupted', rolledBack: true });
    const holding = planned({
      actors: [...actors],
      environment: environment({ onInterrupt: 'hold' }),
    });
    expect((await simulated(holding, at)).outcome).toEqual({
      kind: 'interrupted',
      rolledBack: false,
    });
  });

  test.each([
    ['apply is told as an error and was done', [{ kind: 'error_but_done', nth: 1 }]],
    ['apply is told as done and was not', [{ kind: 'ok_but_nothing', nth: 2 }]],
    ['apply is done in part', [{ kind: 'partly', nth: 1 }]],
    ['nobody answers for twenty seconds', [{ kind: 'unreachable', atMs: 60_000, forMs: 20_000 }]],
    ['every call takes two seconds', [{ kind: 'slow', atMs: 0, forMs: 1e9, byMs: 2000 }]],
  ] as const)('%s: what is seen decides, and it gets there', async (__, driverFaults) => {
    expect((await simulated(plan, { driverFaults })).outcome).toEqual({ kind: 'succeeded' });
  });

  test('an environment that is gone for good is told so', async () => {
    const driverFaults = [{ kind: 'unreachable', atMs: 60_000, forMs: 1e9 } as const];
    const { outcome, records } = await simulated(plan, { driverFaults });
    expect(outcome).toMatchObject({ kind: 'rollback_failed', because: { trigger: 'environment' } });
    expect(records.at(-1)?.record).toMatchObject({ body: { status: 'rollback_failed' } });
  });
});

test('an ill candidate does not keep its own way back from being done', async () => {
  const { outcome, tookMs } = await simulated(planned({ actors: [blueGreen(), canary()] }), {
    candidate: { healthy: line([0, 1], [20_000, 0]) },
  });
  expect(outcome.kind).toBe('rolled_back');
  expect(tookMs).toBeLessThan(60_000);
});

test('a release that broke keeps nobody from replacing it', async () => {
  const { outcome } = await simulated(planned({ actors: [blueGreen()] }), {
    stable: { healthy: always(0) },
  });
  expect(outcome).toEqual({ kind: 'succeeded' });
});

test('a way back to what is gone fails, and says what serves', async () => {
  const { outcome } = await simulated(planned({ actors: [rolling(), validation] }), {
    candidate: {
      errorShare: {
        points: [
          { since: 'start', atMs: 0, value: 0 },
          { since: 'promotion', atMs: 1000, value: 0.5 },
        ],
      },
    },
    stable: { restorable: false },
  });
  expect(outcome).toMatchObject({ kind: 'rollback_failed', serves: '1.9.0 100 % 4/4 healthy' });
});

test('one bad moment is no trigger, and bad moments a tenth of a second apart are one', async () => {
  const blip: Timeline<number> = line([0, 1], [30_000, 0.75], [30_800, 1]);
  const { outcome } = await simulated(planned(), { candidate: { healthy: blip } });
  expect(outcome).toEqual({ kind: 'succeeded' });
});
