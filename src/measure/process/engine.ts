/** The process engine: everything a run starts, it starts here, and here it ends. */
import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';
import type { ProcessEngine, ProcessOutcome, ProcessRequest } from './contract.ts';
import { launchDetached } from './launch-detached.ts';
import { PROCESS_MARKER, RUN_MARKER } from './markers.ts';
import { killProcessesWith } from './process-group.ts';
import { runProcess, type RunContext } from './run-process.ts';
import { createWatchdog } from './watchdog.ts';

export interface ProcessEngineOptions {
  /** Marks this run's processes; letters, digits, `.`, `_` and `-`, unique on this machine. */
  readonly runId: string;
  /** Milliseconds since the epoch; durations come from a monotonic clock instead. */
  readonly now?: () => number;
  /** From TERM to KILL after a timeout, in ms; 5000. */
  readonly termGraceMs?: number;
  /** From TERM to KILL after an abort, in ms; 2000. */
  readonly abortGraceMs?: number;
  /** What a group may take to finish after its leader exited, in ms; 250. */
  readonly drainMs?: number;
  /** Between two looks at the size of the output, in ms; 20. */
  readonly pollMs?: number;
}

/** Starts nothing yet: the watchdog comes with the first process. Throws on an unusable `runId`. */
export function createProcessEngine(
  options: ProcessEngineOptions = { runId: randomUUID() },
): ProcessEngine {
  const { runId } = options;
  if (!/^[\w.-]{1,100}$/.test(runId)) throw new RangeError(`unusable run id: ${runId}`);
  const now = options.now ?? Date.now;
  const runMarker = `${RUN_MARKER}=${runId}`;
  const watchdog = createWatchdog(runMarker);
  const closing = new AbortController();
  const running = new Set<Promise<ProcessOutcome>>();
  let started = 0;
  let closed: Promise<void> | undefined;

  const contextFor = (processId: string): RunContext => ({
    now,
    termGraceMs: options.termGraceMs ?? 5000,
    abortGraceMs: options.abortGraceMs ?? 2000,
    drainMs: options.drainMs ?? 250,
    pollMs: options.pollMs ?? 20,
    markers: { [RUN_MARKER]: runId, [PROCESS_MARKER]: processId },
    ownMarker: `${PROCESS_MARKER}=${processId}`,
    onGroupStarted: (group) => watchdog.guard(group),
    onGroupEnded: (group) => watchdog.release(group),
  });

  async function close(): Promise<void> {
    closing.abort();
    await Promise.allSettled(running);
    if (started > 0) await killProcessesWith(runMarker);
    await watchdog.close();
  }

  return {
    async run(request, signal) {
      refuseOwnMistakes(request);
      if (closed !== undefined) throw new Error('the process engine is closed');
      watchdog.start();
      started += 1;
      const stop =
        signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);
      const outcome = runProcess(request, stop, contextFor(`${runId}:${started}`));
      running.add(outcome);
      try {
        return await outcome;
      } finally {
        running.delete(outcome);
      }
    },
    launchDetached: (request, onExit) => launchDetached(request, now, onExit),
    close: () => (closed ??= close()),
  };
}

/** A defect in the caller, so it throws: no outcome could say what the tool did. */
function refuseOwnMistakes({ file, cwd, timeoutMs, outputCapBytes }: ProcessRequest): void {
  if (!isAbsolute(file) || !isAbsolute(cwd)) {
    throw new RangeError(`paths of a process must be absolute: ${file} in ${cwd}`);
  }
  if (!(timeoutMs > 0) || !(outputCapBytes > 0)) {
    throw new RangeError(
      `a process needs a timeout and a cap above 0: ${timeoutMs}, ${outputCapBytes}`,
    );
  }
}
