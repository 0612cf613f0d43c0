import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planText } from '../../src/report/plan-text.ts';
import { slotOf, type Plan, type Step } from '../../src/rollout/plan.ts';
import { planRestore } from '../../src/rollout/strategies/restore.ts';
import { batchesOf } from '../../src/rollout/strategies/shapes.ts';
import { planRollout } from '../../src/rollout/strategies/plan-rollout.ts';
import {
  blueGreen,
  canary,
  environment,
  planned,
  release,
  request,
  rolling,
  validation,
} from './rig.ts';

const shapes = ({ steps }: Plan) =>
  steps.filter((step): step is Extract<Step, { kind: 'shape' }> => step.kind === 'shape');

/** `1+4 0.25`: instances of the candidate and of the stable release, share of the candidate. */
const dials = (plan: Plan) =>
  shapes(plan).map(({ desired }) => {
    const [own, other] = [slotOf(desired, plan.release), slotOf(desired, plan.stable)];
    return `${own.instances}+${other.instances} ${Math.round(own.share * 100) / 100}`;
  });

describe('batches', () => {
  test.each([
    [1, [1]],
    [2, [1, 2]],
    [3, [1, 2, 3]],
    [4, [1, 2, 3, 4]],
    [5, [2, 3, 4, 5]],
    [6, [2, 3, 5, 6]],
    [7, [2, 4, 6, 7]],
    [8, [2, 4, 6, 8]],
    [9, [3, 5, 7, 9]],
    [10, [3, 5, 8, 10]],
    [11, [3, 6, 9, 11]],
  ])('of a quarter, of %i instances, reach %j', (instances, reached) => {
    expect(batchesOf(instances, 0.25)).toEqual(reached);
  });

  test('are the cumulative ceiling of the share, grow, and end with all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (n, percent) => {
          const share = percent / 100;
          const batches = batchesOf(n, share);
          expect(batches.at(-1)).toBe(n);
          for (const [index, reached] of batches.entries()) {
            expect(reached).toBeGreaterThan(batches[index - 1] ?? 0);
            const isCeil = Array.from({ length: 100 }, (_, k) => (k + 1) * share).some(
              (sum) => Math.ceil(n * Math.min(1, sum) - 1e-9) === reached,
            );
            expect(isCeil).toBe(true);
          }
        },
      ),
    );
  });
});

describe('what the dials are turned to', () => {
  test.each([
    [
      'rolling',
      { actors: [rolling()] },
      ['1+4 0', '1+3 0.25', '2+3 0.25', '2+2 0.5', '3+2 0.5', '3+1 0.75', '4+1 0.75', '4+0 1'],
    ],
    ['blue-green', { actors: [blueGreen()] }, ['4+4 0', '4+4 1']],
    [
      'blue-green, then a canary',
      { actors: [blueGreen(), canary()] },
      ['4+4 0', '4+4 1', '4+4 0.1', '4+4 1'],
    ],
    [
      'blue-green without traffic to turn',
      { actors: [blueGreen()], dials: ['instances'] },
      ['4+4 0.5', '4+0 1'],
    ],
    [
      'blue-green and a canary without traffic to turn',
      { actors: [blueGreen(), canary()], dials: ['instances'] },
      ['4+4 0.5', '4+0 1', '4+3 0.57', '1+3 0.25', '4+3 0.57', '4+0 1'],
    ],
    ['rolling, the first', { actors: [rolling()], stable: null }, ['4+0 0', '4+0 1']],
    [
      'rolling over one instance',
      { environment: environment({ instances: 1 }) },
      ['1+1 0', '1+0 1'],
    ],
  ] as const)('%s', (_, changes, expected) => {
    expect(dials(planned(changes))).toEqual(expected);
  });

  test('a canary of which no instance runs gets its traffic when they do', () => {
    const alone = { ...blueGreen(), action: { ...blueGreen().action } };
    const first = planned({ actors: [canary(), alone] });
    expect(dials(first).slice(0, 2)).toEqual(['4+4 0', '4+4 0.1']);
  });
});

describe('every plan', () => {
  const plans = fc.record({
    instances: fc.integer({ min: 1, max: 40 }),
    actors: fc.constantFrom(
      [rolling()],
      [blueGreen()],
      [blueGreen(), canary()],
      [rolling(), validation],
    ),
    dials: fc.constantFrom(['instances', 'traffic'] as const, ['instances'] as const),
    speed: fc.constantFrom(1, 60),
    isFirst: fc.boolean(),
  });
  const planOf = ({
    instances,
    isFirst,
    ...rest
  }: typeof plans extends fc.Arbitrary<infer T> ? T : never) =>
    planned({ ...rest, environment: environment({ instances }), ...(isFirst && { stable: null }) });

  test('has shares that are 1 together, and ends with all of the candidate', () => {
    fc.assert(
      fc.property(plans, (drawn) => {
        const plan = planOf(drawn);
        const all = shapes(plan);
        for (const { desired } of all) {
          const sum = desired.slots.reduce((total, { share }) => total + share, 0);
          // Before a first release has its traffic, nobody has any.
          if (plan.stable !== null || sum > 0) expect(sum).toBeCloseTo(1, 6);
        }
        expect(slotOf(all.at(-1)!.desired, plan.release)).toEqual({
          instances: plan.instances,
          share: 1,
        });
      }),
    );
  });

  test('never has fewer instances with traffic than the floor, on the way neither', () => {
    fc.assert(
      fc.property(plans, (drawn) => {
        const plan = planOf(drawn);
        let before = { own: 0, other: plan.floor };
        for (const { desired } of shapes(plan)) {
          const own = slotOf(desired, plan.release).instances;
          const other = slotOf(desired, plan.stable).instances;
          expect(Math.min(before.own, own) + Math.min(before.other, other)).toBeGreaterThanOrEqual(
            plan.floor,
          );
          before = { own, other };
        }
      }),
    );
  });

  test('fits 80 columns', () => {
    fc.assert(
      fc.property(plans, (drawn) => {
        for (const line of planText(planOf(drawn), 80).split('\n'))
          expect(line.length).toBeLessThanOrEqual(80);
      }),
    );
  });

  test('is divided by the speed of a trial, and says so', () => {
    const [real, trial] = [planned(), planned({ speed: 60 })];
    expect(trial.promoteMs).toBe(real.promoteMs / 60);
    expect(trial.notes.join()).toMatch(/60/);
    expect(trial.trialSpeed).toBe(60);
  });
});

test('steps that nobody declares are refused, each with its place', () => {
  const refused = planRollout(
    request({ actors: [blueGreen()], environment: environment({ steps: {} }) }),
  );
  expect(refused).toMatchObject({
    ok: false,
    failure: { kind: 'missing_steps', steps: [{ name: 'run_smoke_tests' }] },
  });
});

describe('the way back', () => {
  const [bad, good] = [release('1.9.0'), release('1.8.2')];
  const slot = (of: typeof bad, instances: number, healthy: number, share: number) => ({
    ...{ release: of, instances, healthy, share, traffic: null, problems: [] },
  });
  const back = (...slots: ReturnType<typeof slot>[]) =>
    planRestore(planned(), bad, good, { fence: 0, slots, restorable: [] });
  const ways = (plan: Plan) =>
    shapes(plan).map(({ name, desired }) => {
      const [to, from] = [slotOf(desired, good), slotOf(desired, bad)];
      return `${name} ${to.instances} at ${to.share}, ${from.instances}`;
    });

  test('with the good release whole, turns all traffic at once', () => {
    expect(ways(back(slot(bad, 4, 4, 1), slot(good, 4, 4, 0)))).toEqual([
      'restore_traffic 4 at 1, 4',
      'remove_bad_release 4 at 1, 0',
    ]);
  });
  test('with a part of it, gives it what it can carry, and the rest when it is whole', () => {
    expect(ways(back(slot(bad, 3, 3, 0.75), slot(good, 1, 1, 0.25)))).toEqual([
      'restore_instances 4 at 0.25, 3',
      'restore_traffic 4 at 1, 3',
      'remove_bad_release 4 at 1, 0',
    ]);
  });
  test('with a part of it and nothing healthy beside it, gives it all', () => {
    expect(ways(back(slot(bad, 3, 0, 0.75), slot(good, 1, 1, 0.25)))[0]).toBe(
      'restore_instances 4 at 1, 3',
    );
  });
  test('with none of it, brings it first', () => {
    expect(ways(back(slot(bad, 4, 4, 1)))[0]).toBe('restore_instances 4 at 0, 4');
  });
  test('with nothing there, brings it', () => {
    expect(ways(back())).toEqual(['remove_bad_release 4 at 1, 0']);
  });
  test('with nothing before it, leaves nothing', () => {
    const plan = planRestore(planned(), bad, null, { fence: 0, slots: [], restorable: [] });
    expect(plan.steps).toMatchObject([{ name: 'withdraw', desired: { slots: [] } }]);
  });
});
