/** The real process as an `Io`: streams that survive a closed pipe, signals as an abort. */

import { fstatSync, statSync, writeSync } from 'node:fs';
import type { Io } from './io.ts';

export function processIo(): Io {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => stop.abort(name));
  }
  stopWithParent(() => stop.abort('SIGTERM'));
  return {
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    out: (text) => write(1, text),
    err: (text) => write(2, text),
    get outIsTerminal() {
      return maybeTerminal(1) && process.stdout.isTTY === true;
    },
    get errIsTerminal() {
      return maybeTerminal(2) && process.stderr.isTTY === true;
    },
    get columns() {
      const out = maybeTerminal(1) ? process.stdout.columns : undefined;
      const err = () => (maybeTerminal(2) ? process.stderr.columns : undefined);
      return out ?? err() ?? 80;
    },
    now: () => Date.now(),
    sleep: async (ms) => {
      const { setTimeout: pause } = await import('node:timers/promises');
      await pause(ms, undefined, { signal: stop.signal }).catch(() => undefined);
    },
    signal: stop.signal,
  };
}

/**
 * Whether it is worth asking: Node loads its whole network and stream code to answer, and files, pipes and the null
 * device are no terminals.
 */
function maybeTerminal(descriptor: 1 | 2): boolean {
  try {
    const found = fstatSync(descriptor);
    return found.isCharacterDevice() && found.rdev !== statSync('/dev/null').rdev;
  } catch {
    return true;
  }
}

/** Whole, in order, before the process can end; a reader that has gone away is no reason to fail. */
function write(descriptor: 1 | 2, text: string): void {
  let rest = Buffer.from(text, 'utf8');
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      if (code === 'EPIPE') return;
      throw error;
    }
  }
}

/** The launcher of an older Node holds the other end of this pipe: when it is gone, so are we, in good order. */
function stopWithParent(stop: () => void): void {
  if (process.env['NEMESIS_LAUNCHER'] !== 'ipc' || process.channel === undefined) return;
  process.on('disconnect', stop);
  process.channel?.unref();
  delete process.env['NEMESIS_LAUNCHER'];
}
