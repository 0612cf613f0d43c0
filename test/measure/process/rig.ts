/** What the process tests share: a folder, an engine, and looking at real processes with a bound. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import type { ProcessOutcome, ProcessRequest } from '../../../src/measure/process/contract.ts';
import {
  createProcessEngine,
  type ProcessEngineOptions,
} from '../../../src/measure/process/engine.ts';
import { resolveBinary } from '../../../src/measure/process/resolve-binary.ts';
import { SYSTEM_PATH } from './system-path.ts';

const PATH = SYSTEM_PATH;

export const hasProc = existsSync('/proc/self/environ');
export const hasSetsid = resolveBinary('setsid', PATH).ok;
/** Appended to the title of a test that cannot run here. */
export const needsProcAndSetsid = [
  hasProc ? '' : ' (skipped: no /proc)',
  hasSetsid ? '' : ' (skipped: no setsid)',
].join('');
export const canEscape = hasProc && hasSetsid;

/** Long enough for a machine that does much else; only a failing test ever waits this long. */
export const BOUND_MS = 15_000;
vi.setConfig({ testTimeout: 2 * BOUND_MS, hookTimeout: 2 * BOUND_MS });

export function createRig(options: Partial<ProcessEngineOptions> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'nemesis-process-'));
  const runId = options.runId ?? randomUUID();
  const engine = createProcessEngine({ runId, termGraceMs: 50, abortGraceMs: 50, ...options });
  let runs = 0;
  const request = (changes: Partial<ProcessRequest> = {}): ProcessRequest => {
    const outputDir = join(dir, `out-${++runs}`);
    mkdirSync(outputDir);
    return {
      file: '/bin/sh',
      argv: [],
      cwd: dir,
      env: { PATH },
      timeoutMs: BOUND_MS,
      outputCapBytes: 1024 * 1024,
      outputDir,
      ...changes,
    };
  };
  return {
    dir,
    runId,
    engine,
    request,
    run: (changes: Partial<ProcessRequest>, signal?: AbortSignal): Promise<ProcessOutcome> =>
      engine.run(request(changes), signal),
    sh: (
      script: string,
      changes: Partial<ProcessRequest> = {},
      signal?: AbortSignal,
    ): Promise<ProcessOutcome> => engine.run(request({ argv: ['-c', script], ...changes }), signal),
    /** Pid a script wrote with `echo $$ > name`; waits until it is there. */
    async pidFrom(name: string): Promise<number> {
      const file = join(dir, name);
      await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'));
      return Number(readFileSync(file, 'utf8'));
    },
    async end(): Promise<void> {
      await engine.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Fails after `BOUND_MS`. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + BOUND_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`still not so: ${String(holds)}`);
    await sleep(10);
  }
}

/** A zombie is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !hasProc || !/^State:\s+[ZX]/m.test(procText(pid, 'status'));
}

/** Pids whose environment mentions the run, read independently of the engine's own code. */
export const carriersOf = (runId: string): number[] =>
  allPids().filter((pid) => procText(pid, 'environ').includes(`NEMESIS_RUN=${runId}\0`));

/** Pids of the run's watchdog shell. */
export const watchdogsOf = (runId: string): number[] =>
  allPids().filter((pid) =>
    procText(pid, 'cmdline').includes(`nemesis-watchdog\0NEMESIS_RUN=${runId}`),
  );

/** Children of this process that nobody collected. */
export const ownZombies = (): number[] =>
  allPids().filter((pid) => {
    const status = procText(pid, 'status');
    return /^State:\s+Z/m.test(status) && status.includes(`PPid:\t${process.pid}\n`);
  });

const allPids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function procText(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}
