/** Starting the worker, also under strace, which makes chosen system calls fail. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Injects faults into system calls. https://strace.io */
const STRACE = 'strace';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

export interface Line {
  readonly id?: string;
  readonly result?: string;
  readonly granted?: boolean;
  readonly migrated?: boolean;
  readonly forgotten?: string;
}

export interface Finished {
  readonly lines: readonly Line[];
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export function workerArgs(
  task: string,
  place: string,
  who: string,
  count: number | string = 0,
): string[] {
  return [process.execPath, '--no-warnings', WORKER, task, place, who, String(count)];
}

/** Runs a command to its end. */
export function finish(command: readonly string[]): Promise<Finished> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      // strace ends as the program it traced did, or with 128 and the signal.
      const killed = code === 137 ? 'SIGKILL' : signal;
      resolve({ lines: linesOf(stdout), signal: killed, stderr });
    });
  });
}

export function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Line);
}

export function hasStrace(): boolean {
  return spawnSync(STRACE, ['-qq', '-f', '-e', 'trace=none', 'true']).status === 0;
}

/** How often a command makes a system call on its main thread. */
export async function countCalls(call: string, command: readonly string[]): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-trace-'));
  const trace = path.join(folder, 'trace');
  await finish([STRACE, '-f', '-qq', '-o', trace, '-e', `trace=execve,${call}`, ...command]);
  const lines = readFileSync(trace, 'utf8').split('\n');
  rmSync(folder, { recursive: true, force: true });
  const main = lines[0]?.split(' ')[0];
  return lines.filter((line) => line.startsWith(`${main} `) && line.includes(` ${call}(`)).length;
}

/** @param injection as strace takes it after the call: `signal=SIGKILL:when=3`, `error=EIO:when=3+` */
export function underStrace(call: string, injection: string, command: readonly string[]): string[] {
  const quiet = ['-f', '-qq', '-o', '/dev/null'];
  return [STRACE, ...quiet, '-e', `trace=${call}`, '-e', `inject=${call}:${injection}`, ...command];
}
