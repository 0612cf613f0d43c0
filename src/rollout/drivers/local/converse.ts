/** Asks the daemon of an environment, and starts one where none answers. */

import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok } from '../../../failure.ts';
import { launchDetached } from '../../../measure/process/launch-detached.ts';
import type { DriverResult, Observed } from '../../driver.ts';
import { ask, type Asked } from './client.ts';
import { baseEnvironment, folderOf, type LocalEnvironment } from './environment.ts';
import { daemonLog, ownFolder, ownSocketFolder, socketPathIn } from './folders.ts';
import { lastLine, sizeOf } from './log-files.ts';
import { AnswerShape } from './shapes.ts';
import { readState } from './state.ts';
import type { ControlRequest } from './wire.ts';

/** For a daemon to come up and take over its instances. */
const START_MS = 15_000;
const LOOK_MS = 10;
/** Another daemon may hold the lock while it ends: one that was started then leaves at once, and is started again. */
const LAUNCH_EVERY_MS = 200;

/** Null where no daemon answers. One that ended while it was asked counts as none: to ask again does no harm. */
export async function askRunning(
  local: LocalEnvironment,
  question: ControlRequest,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<DriverResult<Observed | null> | null> {
  const asked = await ask(socketPathIn(folderOf(local)), question, timeoutMs, signal);
  const isGone = asked.kind === 'silent' && ENDED.has(asked.why);
  return asked.kind === 'nobody' || isGone ? null : understand(asked);
}

const ENDED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'closed']);

/** Starts a daemon where none answers, and asks it then. */
export async function askStarted(
  local: LocalEnvironment,
  question: ControlRequest,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<DriverResult<Observed | null>> {
  const folder = folderOf(local);
  for (const owned of [ownFolder(folder), ownSocketFolder(folder)]) {
    if (!owned.ok) return fail({ kind: 'refused', message: owned.failure });
  }
  const logStart = sizeOf(daemonLog(folder));
  const deadline = performance.now() + START_MS;
  let launchedAt = -Infinity;
  let isStarting = false;
  const onExit = (): void => void (isStarting = false);
  for (;;) {
    const answer = await askRunning(local, question, timeoutMs, signal);
    if (answer !== null) return answer;
    if (signal?.aborted === true) return fail({ kind: 'aborted' });
    const now = performance.now();
    if (now > deadline) break;
    // It would not know its fence, and leave at once.
    const state = readState(folder);
    if (!state.ok) return fail({ kind: 'bad_answer', message: state.failure });
    if (!isStarting && now - launchedAt > LAUNCH_EVERY_MS) {
      launchedAt = now;
      isStarting = true;
      const problem = await launch(local, onExit);
      if (problem !== undefined) return fail({ kind: 'unreachable', message: problem });
    }
    await sleep(LOOK_MS);
  }
  const said = lastLine(daemonLog(folder), logStart) ?? `see ${daemonLog(folder)}`;
  return fail({ kind: 'unreachable', message: `no daemon comes up for it: ${said}` });
}

async function launch(local: LocalEnvironment, onExit: () => void): Promise<string | undefined> {
  const folder = folderOf(local);
  const launched = await launchDetached(
    {
      file: process.execPath,
      argv: [local.daemonEntry, folder, local.service, local.environment],
      cwd: folder,
      env: baseEnvironment(local.env),
      logFile: daemonLog(folder),
    },
    Date.now,
    onExit,
  );
  return launched.kind === 'launched' ? undefined : launched.message;
}

function understand(asked: Asked): DriverResult<Observed | null> {
  switch (asked.kind) {
    case 'nobody':
      return fail({ kind: 'unreachable', message: `no daemon is there: ${asked.code}` });
    case 'silent':
      return fail({ kind: 'unreachable', message: `its daemon gave no answer: ${asked.why}` });
    case 'aborted':
      return fail({ kind: 'aborted' });
    case 'garbled':
      return fail({ kind: 'bad_answer', message: 'its daemon answered what is no JSON' });
    case 'answered': {
      const read = AnswerShape.safeParse(asked.answer);
      if (!read.success) {
        const message = 'its daemon answered what cannot be understood';
        return fail({ kind: 'bad_answer', message });
      }
      return read.data.ok ? ok(read.data.value) : fail(read.data.failure);
    }
  }
}
