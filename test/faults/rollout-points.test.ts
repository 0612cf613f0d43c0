/** A spread of what `npm run faults -- points` does in full: rollouts killed at named points, and what comes then. */

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { hasProc } from '../e2e/rig.ts';
import type { Lane } from './rollout-lane.ts';
import { readyLane, runCells, type Setting } from './rollout-matrix.ts';
import { FLOWS, pointNamed, type Cell, type Continuation } from './rollout-points.ts';

const CELLS: readonly (readonly [flow: string, point: string, continuation: Continuation])[] = [
  ['blue-green and canary', 'before_intent:backup_current_state', 'rollback'],
  ['blue-green and canary', 'intent_durable:deploy_to_blue_slot', 'takeover'],
  ['blue-green and canary', 'during_apply:deploy_to_blue_slot', 'resume'],
  ['blue-green and canary', 'after_outcome:run_smoke_tests', 'resume'],
  ['blue-green and canary', 'during_apply:switch_traffic_if_green', 'rollback'],
  ['blue-green and canary', 'before_outcome:notify_team', 'takeover'],
  ['blue-green and canary', 'before_outcome:start_canary (10%)', 'resume'],
  ['blue-green and canary', 'intent_durable:watch_canary', 'rollback'],
  ['blue-green and canary', 'after_outcome:promote_canary', 'takeover'],
  ['blue-green and canary', 'ended:0', 'resume'],
  ['rolling and validation', 'intent_durable:notify_stakeholders', 'resume'],
  ['rolling and validation', 'during_apply:deploy_batch_1 (25%)', 'takeover'],
  ['rolling and validation', 'before_outcome:deploy_batch_3 (75%)', 'rollback'],
  ['rolling and validation', 'during_apply:deploy_batch_4 (100%)', 'resume'],
  ['rolling and validation', 'after_outcome:validation_window', 'rollback'],
  ['automatic rollback, staging', 'restore/decided:0', 'resume'],
  ['automatic rollback, staging', 'restore/before_intent:0', 'rollback'],
  ['automatic rollback, staging', 'restore/during_apply:1', 'takeover'],
  ['automatic rollback, staging', 'restore/after_outcome:1', 'resume'],
  ['automatic rollback, staging', 'restore/ended:0', 'resume'],
  ['automatic rollback, production', 'restore/decided:0', 'rollback'],
  ['automatic rollback, production', 'restore/during_apply:0', 'resume'],
  ['automatic rollback, production', 'restore/before_outcome:1', 'takeover'],
  ['rollback by hand, staging', 'restore/intent_durable:0', 'resume'],
  ['rollback by hand, staging', 'restore/after_outcome:1', 'rollback'],
  ['rollback half way, staging', 'restore/decided:0', 'takeover'],
  ['rollback half way, staging', 'restore/during_apply:0', 'rollback'],
  ['resume, staging', 'during_apply:switch_traffic_if_green', 'resume'],
  ['resume, staging', 'intent_durable:smoke', 'takeover'],
];

describe.skipIf(!hasProc)('rollouts that are killed', () => {
  const setting: Setting = { packageRoot: inject('packageRoot'), driver: 'local' };
  let lanes: (Lane | undefined)[] = [];

  beforeAll(async () => {
    lanes = await Promise.all([readyLane(setting), readyLane(setting)]);
  }, 120_000);
  afterAll(() => Promise.all(lanes.flatMap((lane) => lane?.close() ?? [])), 120_000);

  it('end with one release that serves, and a history that tells it', async () => {
    const [lane] = lanes;
    const cells: Cell[] = [];
    for (const [name, named, continuation] of CELLS) {
      const flow = FLOWS.find((one) => one.name === name);
      if (flow === undefined || lane === undefined) throw new Error(`no flow is called ${name}`);
      const point = await pointNamed(lane, flow.environment, named);
      cells.push({ flow, point, continuation });
    }
    const { wrong } = await runCells(setting, lanes, cells);
    expect(wrong).toEqual([]);
  }, 600_000);
});
