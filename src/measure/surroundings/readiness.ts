/** Whether something that was started in the background can be used yet. */

import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder } from '../../config/make-folder.ts';
import type { Readiness } from '../../config/suite.ts';

const LOOK_MS = 100;
const ANSWER_MS = 2000;

/** Exits with 0 or it does not. */
export type Ask = (argv: readonly string[]) => Promise<boolean>;

/** One look. */
export async function isReady(ready: Readiness, ask: Ask): Promise<boolean> {
  switch (ready.kind) {
    case 'port':
      return await listens(ready.port);
    case 'url':
      return await answers(ready.url);
    case 'run':
      return await ask(ready.argv);
  }
}

/** `for` people: `port 5432`. */
export function readinessText(ready: Readiness): string {
  switch (ready.kind) {
    case 'port':
      return `port ${ready.port}`;
    case 'url':
      return ready.url;
    case 'run':
      return ready.argv.join(' ');
  }
}

/** Looks until it can be used, has ended, takes too long, or nobody wants to know any more. */
export async function becomesReady(
  ready: Readiness,
  withinMs: number,
  ask: Ask,
  hasEnded: () => boolean,
  signal: AbortSignal,
): Promise<'ready' | 'ended' | 'late' | 'aborted'> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (signal.aborted) return 'aborted';
    const looked = await isReady(ready, ask);
    // What answers after it has ended is something else.
    if (hasEnded()) return 'ended';
    if (looked) return 'ready';
    if (performance.now() > deadline) return 'late';
    await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port, timeout: ANSWER_MS });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** A folder for the output of one process. */
export function outputFolder(folder: string): string {
  makeFolder(folder, 0o700);
  return folder;
}
