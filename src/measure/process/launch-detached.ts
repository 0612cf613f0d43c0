/** Starts something that is meant to outlive nemesis: the one way around the watchdog and the sweeps. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import type { DetachedEnd, DetachedLaunch, DetachedRequest } from './contract.ts';
import { PROCESS_MARKER, RUN_MARKER } from './markers.ts';
import { processStartToken } from './process-table.ts';
import { outputFailure, refusalBeforeStart, startFailure } from './start-failure.ts';

const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;

/** @throws the system's error */
export const openAppending = (file: string): number => openSync(file, APPEND, 0o600);

/** `now` gives milliseconds since the epoch. `onExit` is called while this process lives; it keeps nobody alive. */
export async function launchDetached(
  request: DetachedRequest,
  now: () => number,
  onExit?: DetachedEnd,
): Promise<DetachedLaunch> {
  const refusal = refusalBeforeStart(request);
  if (refusal !== undefined) return refusal;
  let log: number;
  try {
    log = openAppending(request.logFile);
  } catch (error) {
    return outputFailure(error, request.logFile);
  }
  const { [RUN_MARKER]: _run, [PROCESS_MARKER]: _process, ...env } = request.env;
  try {
    const startedAtMs = now();
    const child = spawn(request.file, [...request.argv], {
      cwd: request.cwd,
      env,
      stdio: ['ignore', log, log],
      shell: false,
      detached: true,
    });
    if (child.pid === undefined) throw (await once(child, 'error'))[0];
    child.unref();
    if (onExit !== undefined) child.once('exit', onExit);
    const { pid } = child;
    return { kind: 'launched', pid, startedAtMs, startToken: processStartToken(pid) };
  } catch (error) {
    return startFailure(error, request);
  } finally {
    closeSync(log);
  }
}
