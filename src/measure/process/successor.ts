/**
 * Has a program started again when this process is killed: a small shell waits at a pipe that only this process holds.
 *
 *   this process ── "quit"                  ──▶ shell leaves
 *                ── end of file: it died    ──▶ shell becomes the program
 */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { DetachedRequest } from './contract.ts';
import { openAppending } from './launch-detached.ts';

export interface Successor {
  /** It shall not come: this process ends because it wants to. */
  dismiss(): void;
}

/** Undefined where the system lets us start no shell: then nobody stands by. */
export function standBy(request: DetachedRequest): Successor | undefined {
  try {
    const log = openAppending(request.logFile);
    try {
      const argv = ['-c', SCRIPT, 'nemesis-successor', request.file, ...request.argv];
      const shell = spawn('/bin/sh', argv, {
        cwd: request.cwd,
        env: request.env,
        stdio: ['pipe', log, log],
        detached: true,
      });
      shell.on('error', () => undefined);
      shell.stdin?.on('error', () => undefined);
      shell.unref();
      (shell.stdin as Socket).unref();
      return { dismiss: () => void shell.stdin?.end('quit\n') };
    } finally {
      closeSync(log);
    }
  } catch {
    return undefined;
  }
}

const SCRIPT = `
trap '' HUP
IFS= read -r line && exit 0
exec "$@"
`;
