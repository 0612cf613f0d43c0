/**
 * One process from start to settled outcome.
 *
 *   started ── exits ─────────────────────────────▶ drain ──▶ settled
 *      │  timeout, abort: TERM ── grace ─▶ KILL ──▶ sweep ──▶ settled
 *      └─ output over the cap: KILL ──────────────▶ sweep ──▶ settled
 *
 * Decided on `exit`, never on `close`: a descendant that holds stdout open must not hold us.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import type { ProcessEnd, ProcessOutcome, ProcessRequest } from './contract.ts';
import { openInput } from './input-file.ts';
import { openOutputFiles, outputPath, type OutputFiles, type StreamName } from './output-files.ts';
import { emptyGroup, killProcessesWith, signalGroup } from './process-group.ts';
import { outputFailure, refusalBeforeStart, startFailure } from './start-failure.ts';
import { stopReasons, type Stop, type StopReasons } from './stop-reasons.ts';

/** How long a killed leader may take to exit (it may hang in the kernel) before we go on, in ms. */
const KILL_BOUND_MS = 2000;

/** What the engine lends to each of its processes. Times in ms. */
export interface RunContext {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Between TERM and KILL after a timeout. */
  readonly termGraceMs: number;
  /** Between TERM and KILL after an abort. */
  readonly abortGraceMs: number;
  /** What the rest of a group may take to finish once its leader has exited. */
  readonly drainMs: number;
  /** Between two looks at the size of the output. */
  readonly pollMs: number;
  /** Variables added to the environment. */
  readonly markers: Readonly<Record<string, string>>;
  /** `NAME=value` that only this process and its descendants carry. */
  readonly ownMarker: string;
  /** Called in the tick in which the group comes to life. */
  readonly onGroupStarted: (pgid: number) => void;
  readonly onGroupEnded: (pgid: number) => void;
}

type Exit = Extract<ProcessEnd, { readonly kind: 'exited' | 'signalled' }>;

export async function runProcess(
  request: ProcessRequest,
  signal: AbortSignal,
  context: RunContext,
): Promise<ProcessOutcome> {
  const startedAtMs = context.now();
  const settle = (end: ProcessEnd, durationMs = 0, survivors = 0): ProcessOutcome => ({
    end,
    durationMs,
    startedAtMs,
    stdoutFile: outputPath(request.outputDir, 'stdout'),
    stderrFile: outputPath(request.outputDir, 'stderr'),
    survivors,
  });

  let output: OutputFiles;
  let input: number | undefined;
  try {
    input = openInput(request.outputDir, request.input);
    output = openOutputFiles(request.outputDir);
  } catch (error) {
    if (input !== undefined) closeSync(input);
    return settle(outputFailure(error, request.outputDir));
  }
  try {
    if (signal.aborted) return settle({ kind: 'aborted' });
    const refusal = refusalBeforeStart(request);
    if (refusal !== undefined) return settle(refusal);
    const startMark = performance.now();
    let child: ChildProcess;
    try {
      child = await startChild(request, input ?? 'ignore', output, context);
    } catch (error) {
      return settle(startFailure(error, request));
    }
    const { end, exitMark, survivors } = await watch(child, request, signal, output, context);
    return settle(end, exitMark - startMark, survivors);
  } finally {
    output.close();
    if (input !== undefined) closeSync(input);
  }
}

/**
 * Rejects with the system's error when the program cannot be started. Otherwise nothing is awaited in
 * here, so the caller still comes in time to hear of the exit.
 */
async function startChild(
  request: ProcessRequest,
  input: number | 'ignore',
  output: OutputFiles,
  context: RunContext,
): Promise<ChildProcess> {
  const child = spawn(request.file, [...request.argv], {
    cwd: request.cwd,
    env: request.unmarked === true ? request.env : { ...request.env, ...context.markers },
    stdio: [input, output.stdout, output.stderr],
    shell: false,
    detached: true, // a session and a group of its own; the pid is the group's number
  });
  if (child.pid === undefined) throw (await once(child, 'error'))[0];
  context.onGroupStarted(child.pid);
  request.onStarted?.(child.pid);
  return child;
}

interface Watched {
  readonly end: ProcessEnd;
  readonly exitMark: number;
  readonly survivors: number;
}

async function watch(
  child: ChildProcess,
  request: ProcessRequest,
  signal: AbortSignal,
  output: OutputFiles,
  context: RunContext,
): Promise<Watched> {
  const pgid = child.pid as number;
  const { outputCapBytes: capBytes, timeoutMs } = request;
  let exitMark: number | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signalName) => {
      exitMark = performance.now();
      resolve(
        code === null
          ? { kind: 'signalled', signal: signalName ?? 'unknown' }
          : { kind: 'exited', code },
      );
    });
  });
  const reasons = stopReasons(output, capBytes, timeoutMs, signal, context.pollMs);
  try {
    const first = await Promise.race([exited, reasons.any]);
    const stopped = isStop(first) ? first : undefined;
    if (stopped !== undefined) await endGroup(pgid, stopped, exited, reasons, context);
    exitMark ??= performance.now();
    let survivors = await emptyGroup(pgid, context.drainMs);
    if (stopped !== undefined) survivors += await killProcessesWith(context.ownMarker);
    context.onGroupEnded(pgid);

    const over = output.overCap(capBytes);
    output.cut(capBytes);
    return { end: endOf(first, over, request), exitMark, survivors };
  } finally {
    reasons.clear();
  }
}

const isStop = (first: Exit | Stop): first is Stop =>
  first.kind !== 'exited' && first.kind !== 'signalled';

/** Output past the cap between two looks is still output past the cap, whatever the exit code. */
function endOf(
  first: Exit | Stop,
  over: StreamName | undefined,
  { timeoutMs, outputCapBytes: capBytes }: ProcessRequest,
): ProcessEnd {
  if (first.kind === 'timed_out') return { kind: 'timed_out', afterMs: timeoutMs };
  if (first.kind === 'output_capped') {
    return { kind: 'output_capped', stream: first.stream, capBytes };
  }
  if (first.kind === 'aborted' || over === undefined) return first;
  return { kind: 'output_capped', stream: over, capBytes };
}

async function endGroup(
  pgid: number,
  reason: Stop,
  exited: Promise<Exit>,
  reasons: StopReasons,
  { termGraceMs, abortGraceMs }: RunContext,
): Promise<void> {
  if (reason.kind !== 'output_capped') {
    signalGroup(pgid, 'SIGTERM');
    // A cap or an abort during the grace of a timeout shortens it.
    const aborted = reasons.aborted.then(() => within(exited, abortGraceMs));
    const left = await within(
      Promise.race([exited, reasons.capped, aborted]),
      reason.kind === 'aborted' ? abortGraceMs : termGraceMs,
    );
    if (left !== undefined && !isStop(left)) return; // its group may finish by itself for a moment
  }
  signalGroup(pgid, 'SIGKILL');
  await within(exited, KILL_BOUND_MS);
}

/** What the promise gives, or undefined when that takes longer than `boundMs`. */
async function within<T>(promise: Promise<T>, boundMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), boundMs);
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    clearTimeout(timer);
  }
}
