/** Ends a local environment, and makes sure that it has ended. Its releases and its fence stay. */

import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok } from '../../../failure.ts';
import { processesWith } from '../../../measure/process/process-table.ts';
import type { DriverResult } from '../../driver.ts';
import { askRunning, askStarted } from './converse.ts';
import { folderOf, type LocalEnvironment } from './environment.ts';
import { instancesFile } from './folders.ts';
import { markerOf } from './instance.ts';
import { InstancesShape } from './shapes.ts';
import { daemonOf } from './list.ts';
import { readState } from './state.ts';
import { readJson } from './whole-file.ts';

/** Instances get five seconds to end by themselves. */
const DOWN_MS = 30_000;
const GONE_MS = 10_000;
const LOOK_MS = 20;

/** Without a fence nobody is asked whether a deployment is under way: a person has said so. */
export async function downLocal(
  local: LocalEnvironment,
  fence?: number,
  signal?: AbortSignal,
): Promise<DriverResult<void>> {
  const folder = folderOf(local);
  const ids = instancesIn(folder);
  const question = { verb: 'down', ...(fence === undefined ? {} : { fence }) } as const;
  let answer = await askRunning(local, question, DOWN_MS, signal);
  if (answer === null) {
    const state = readState(folder);
    if (!state.ok) return fail({ kind: 'bad_answer', message: state.failure });
    const isAtRest = state.value === undefined || state.value.desired.slots.length === 0;
    if (isAtRest && ids.length === 0) return ok(undefined);
    // Instances may run on without a daemon: a new one takes them over, to end them.
    answer = await askStarted(local, question, DOWN_MS, signal);
  }
  if (!answer.ok) return answer;
  const deadline = performance.now() + GONE_MS;
  for (;;) {
    const daemon = daemonOf(folder);
    const left = ids.flatMap((id) => processesWith(markerOf(id)));
    if (daemon === undefined && left.length === 0) return ok(undefined);
    if (performance.now() > deadline) {
      const who = [...(daemon === undefined ? [] : [daemon]), ...left].join(', ');
      return fail({ kind: 'unreachable', message: `these processes have not ended: ${who}` });
    }
    await sleep(LOOK_MS);
  }
}

function instancesIn(folder: string): string[] {
  const read = InstancesShape.safeParse(readJson(instancesFile(folder)));
  return (read.data ?? []).map(({ id }) => id);
}
