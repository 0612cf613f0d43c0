import { describe, expect, test } from 'vitest';
import { POSITIONS } from '../../src/rollout/ports.ts';
import { play } from './model/history.ts';
import { brokenLaws } from './model/laws.ts';
import type { Op, Spec } from './model/spec.ts';

const deploy: Op = {
  ...{ verb: 'deploy', force: false, waits: false, meanwhile: [], pauseMs: 0 },
  ending: { kind: 'undisturbed' },
};

const spec: Spec = {
  ...{ seed: 16, instances: 4, dials: ['instances', 'traffic'], strategy: 'rolling' },
  ...{ isFirst: false, health: 'good', smokeFails: false, onInterrupt: 'rollback' },
  ...{ forwardOnly: false, driverFaults: [], storeFaults: [], ops: [deploy], last: 'resume' },
};

const LONGEST_PLAN = 11;

describe.each(['rolling', 'blue-green', 'canary'] as const)('%s', (strategy) => {
  describe.each([[['instances', 'traffic']], [['instances']]] as const)('with %j', (dials) => {
    test.each(['resume', 'rollback'] as const)(
      'killed at every position of every step, %s brings it to an end',
      async (last) => {
        const wrong: string[] = [];
        for (const position of POSITIONS)
          for (let step = 0; step < LONGEST_PLAN; step += 1) {
            const killed: Op = { ...deploy, ending: { kind: 'killed_at', position, step } };
            const played = await play({ ...spec, strategy, dials, last, ops: [killed] });
            const laws = await brokenLaws(played);
            wrong.push(...laws.map((law) => `${position} of ${step}: ${law}`));
          }
        expect(wrong).toEqual([]);
      },
    );
  });
});

test('killed again at every position of the way back, a rollback still brings what was before', async () => {
  const wrong: string[] = [];
  for (const position of POSITIONS)
    for (let step = 0; step < 3; step += 1)
      for (const killedIn of [3, 5, 7]) {
        const ops: Op[] = [
          { ...deploy, ending: { kind: 'killed_at', position: 'after_outcome', step: killedIn } },
          {
            ...deploy,
            verb: 'rollback',
            force: true,
            ending: { kind: 'killed_at', position, step },
          },
        ];
        const played = await play({ ...spec, ops, last: 'rollback' });
        wrong.push(...(await brokenLaws(played)));
        expect(played.observed.slots.map(({ release }) => release.version)).toEqual(['1.0']);
      }
  expect(wrong).toEqual([]);
});

test('where the journal cannot be written any more, the candidate loses its traffic, and the outcome says so', async () => {
  const gone = { kind: 'unreachable', atMs: 500, forMs: 600_000 } as const;
  const played = await play({ ...spec, strategy: 'rolling', storeFaults: [gone] });
  expect(played.ended[0]).toMatchObject({
    kind: 'outcome',
    outcome: { kind: 'journal_lost', candidate: 'taken_off' },
  });
  expect(await brokenLaws(played)).toEqual([]);
});

test('a lease that cannot be renewed is not waited for: nobody watches what nobody holds', async () => {
  // The store answers no renewal for longer than a lease lasts, while the environment does not answer either.
  const played = await play({
    ...spec,
    storeFaults: [{ kind: 'unreachable', atMs: 14_000, forMs: 200_000 }],
    driverFaults: [{ kind: 'slow', atMs: 0, forMs: 600_000, byMs: 4000 }],
  });
  expect(played.ended[0]).toMatchObject({ outcome: { kind: 'journal_lost' } });
  expect(await brokenLaws(played)).toEqual([]);
});

test('a second rollback does not bring back what the first one took', async () => {
  const rollback: Op = { ...deploy, verb: 'rollback', force: true };
  const played = await play({ ...spec, ops: [deploy, rollback], last: 'rollback' });
  expect(played.observed.slots.map(({ release }) => release.version)).toEqual(['0.9']);
});
