/** Rivals, frozen processes, signals and orphans in the middle of real rollouts. `npm run faults -- rivals` has more rounds. */

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hasProc } from '../e2e/rig.ts';
import { openLane, type Lane } from './rollout-lane.ts';
import { readyLane } from './rollout-matrix.ts';
import { frozenDeployer, orphanedCommand, rollbackWins, twoDeployers } from './rollout-rivals.ts';
import { CANARY_SPEED, signalled, unread } from './rollout-signals.ts';

const FROZEN_ROUNDS = 5;

describe.skipIf(!hasProc)('two who act on one environment', () => {
  let lane: Lane;
  beforeAll(async () => {
    lane = await readyLane({ packageRoot: inject('packageRoot'), driver: 'local' });
  });
  afterAll(() => lane?.close());

  it('one at a time, and who waits for it comes after', async () => {
    expect(await twoDeployers(lane)).toEqual([]);
  });

  it.each(Array.from({ length: FROZEN_ROUNDS }, (_, round) => round))(
    'a deployment that was frozen and replaced changes nothing, round %i',
    async (round) => {
      expect(await frozenDeployer(lane, round)).toEqual([]);
    },
  );

  it('a rollback wins over a deployment that is under way', async () => {
    expect(await rollbackWins(lane)).toEqual([]);
  });

  it('a command whose nemesis was killed does not live on beside the next', async () => {
    expect(await orphanedCommand(lane)).toEqual([]);
  });

  it('a rollout goes on when nobody reads what it says', async () => {
    expect(await unread(lane)).toEqual([]);
  });
});

describe.skipIf(!hasProc)('a signal in the middle of a canary', () => {
  let lane: Lane;
  beforeAll(async () => {
    const packageRoot = inject('packageRoot');
    lane = await openLane({ packageRoot, driver: 'local', speed: CANARY_SPEED });
    await lane.deploy('staging', '1.0.0');
  });
  afterAll(() => lane?.close());

  it.each<[readonly NodeJS.Signals[], number]>([
    [['SIGTERM'], 143],
    [['SIGINT', 'SIGINT'], 130],
    [['SIGHUP'], 129],
  ])('%j: all traffic is back on the stable release, exit code %i', async (signals, code) => {
    expect(await signalled(lane, signals, code)).toEqual([]);
  });
});
