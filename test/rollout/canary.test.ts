/** A canary that is judged at its end: promoted, taken back, or withdrawn and left to a person. */

import { describe, expect, test } from 'vitest';
import { parseSentence } from '../../src/language/index.ts';
import { CRITERIA } from '../../src/judge/deployment.ts';
import type { JournalEvent } from '../../src/history/journal.ts';
import { decide } from '../../src/rollout/analysis/decide.ts';
import type { Evidence } from '../../src/rollout/analysis/evidence.ts';
import type { AnalysisSpec } from '../../src/rollout/analysis/spec.ts';
import { resumableOf } from '../../src/rollout/resume.ts';
import type { Simulated } from '../../src/rollout/simulation/simulate.ts';
import { always } from '../../src/rollout/simulation/timeline.ts';
import type { Actor } from '../../src/rollout/strategies/plan-rollout.ts';
import { unfinishedIn } from '../../src/rollout/unfinished.ts';
import { blueGreen, canary, environment, place, planned, simulated, type Changes } from './rig.ts';

const SENTENCES = [
  'error_rate <= baseline + 1%',
  'latency_p50 <= baseline + 10%',
  'latency_p95 <= baseline + 20%',
  'throughput >= baseline - 5%',
];

function judging(): Actor {
  const actor = canary();
  const comparisons = SENTENCES.map((text) => {
    const parsed = parseSentence(text);
    if (!parsed.ok) throw new Error(text);
    return { text, expr: parsed.expr, place };
  });
  const criteria = CRITERIA.map((name) => ({ name, place }));
  const { canary: spec } = actor.action;
  return { ...actor, action: { ...actor.action, canary: { ...spec!, comparisons, criteria } } };
}

const plan = planned({ actors: [blueGreen(['health_check_failure']), judging()] });
const run = (changes: Changes) => simulated(plan, changes);
const slow = (p50Ms: number, p95Ms: number) => ({
  candidate: { latency: always({ p50Ms, p95Ms }) },
});

const verdicts = ({ records }: Simulated) =>
  records.flatMap(({ record }) => (record.type === 'judged' ? [record.body] : []));
const answers = (done: Simulated) => verdicts(done).map(({ answer }) => answer);
const because = ({ outcome }: Simulated) => ('because' in outcome ? outcome.because.trigger : '');

describe('what a canary comes to', () => {
  test.each<[string, Changes, string, string, string[]]>([
    ['no worse', {}, 'succeeded', '', ['pass']],
    [
      '2.5 points more errors',
      { candidate: { errorShare: always(0.026) } },
      'held',
      'an inconclusive canary: error_rate <= baseline + 1%',
      ['inconclusive', 'inconclusive'],
    ],
    [
      'a p95 30 % higher',
      slow(40, 156),
      'held',
      'an inconclusive canary: latency_p95 <= baseline + 20%',
      ['inconclusive', 'inconclusive'],
    ],
    ['a p50 30 ms higher', slow(70, 125), 'rolled_back', 'latency_p50 <= baseline + 10%', ['fail']],
    [
      'errors where there were none',
      { stable: { errorShare: always(0) }, candidate: { errorShare: always(0.005) } },
      'rolled_back',
      'no_new_error_types',
      ['fail'],
    ],
    [
      '20 points more errors',
      { candidate: { errorShare: always(0.2) } },
      'rolled_back',
      'error_rate > baseline + 5%',
      [],
    ],
  ])('%s', async (_, changes, outcome, trigger, expected) => {
    const done = await run(changes);
    expect([done.outcome.kind, because(done), answers(done)]).toEqual([outcome, trigger, expected]);
  });
});

test('withdrawn: the release before has all traffic, the instances of the candidate stay, and a person can go on', async () => {
  const done = await run(slow(40, 156));
  const looks = done.told.flatMap((event) => (event.kind === 'looked' ? [event.observed] : []));
  const slots = looks
    .at(-1)!
    .slots.map(({ release, instances, share }) => [release.version, instances, share]);
  expect(slots.sort()).toEqual([
    ['1.8.2', 4, 1],
    ['1.9.0', 4, 0],
  ]);
  const types = done.records.map(({ record }) => record.type);
  expect(types.slice(-4)).toEqual(['judged', 'judged', 'trigger_fired', 'deployment_stage']);
  expect(done.tookMs).toBeGreaterThan(3_600_000);
});

test('every verdict replays from its record', async () => {
  for (const changes of [{}, slow(40, 156), slow(70, 125)]) {
    for (const { answer, analysis } of verdicts(await run(changes))) {
      const { spec, looks } = JSON.parse(JSON.stringify(analysis)) as {
        readonly spec: AnalysisSpec;
        readonly looks: readonly Evidence[];
      };
      expect(decide(spec, looks).answer).toBe(answer);
    }
  }
});

test('a canary in a trial is promoted 20 times of 20', async () => {
  const trial = planned({ actors: [blueGreen(['health_check_failure']), judging()], speed: 180 });
  for (let seed = 1; seed <= 20; seed += 1) {
    const done = await simulated(trial, { fleet: { seed, requestsPerSecond: always(100) } });
    expect(done.outcome).toEqual({ kind: 'succeeded' });
  }
});

test('with instances as the only dial those of the candidate go', async () => {
  const fewer = planned({
    actors: [blueGreen(['health_check_failure']), judging()],
    dials: ['instances'],
  });
  const done = await simulated(fewer, { ...slow(40, 156), fleet: { dials: ['instances'] } });
  expect(done.outcome.kind).toBe('held');
});

test('an environment that counts nothing is no yes, unless that is accepted', async () => {
  const uncounted = { fleet: { counts: false } };
  expect((await run(uncounted)).outcome.kind).toBe('rolled_back');
  const accepting = planned({
    actors: [blueGreen(['health_check_failure']), judging()],
    environment: environment({ withoutTraffic: 'accept' }),
  });
  expect((await simulated(accepting, uncounted)).outcome.kind).toBe('succeeded');
});

test('whoever goes on with a held canary gives it its traffic again and compares anew', async () => {
  const { records } = await run(slow(40, 156));
  const events = records.map(({ record }) => record) as unknown as JournalEvent[];
  const [one] = unfinishedIn(events);
  expect(one).toMatchObject({
    held: true,
    fired: { trigger: 'an inconclusive canary: latency_p95 <= baseline + 20%' },
  });
  const found = resumableOf([one!]);
  const watch = plan.steps.findIndex(({ name }) => name === 'watch_canary');
  expect(found).toMatchObject({ kind: 'forward', one: { from: watch } });
});

test('killed while its traffic is withdrawn, it is taken back', async () => {
  const { records } = await run(slow(40, 156));
  const until = records.findIndex(({ record }) => record.type === 'trigger_fired') + 1;
  const events = records.slice(0, until).map(({ record }) => record) as unknown as JournalEvent[];
  expect(resumableOf(unfinishedIn(events))).toMatchObject({ kind: 'take_back' });
});
