import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { folder } from '../support/paths.ts';

/** The service as a process of its own, straight from its source. */
function spawnService(env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, ['--no-warnings', folder('src/main.ts')], {
    env: { PORT: '0', DATA_DIR: ':memory:', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The first match in what a stream says. */
async function heard(stream: Readable | null, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of stream?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(chunk);
    const [, found] = pattern.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  throw new Error(`never heard ${String(pattern)} in ${text}`);
}

/** Resolves with the address once it serves, which is when it tells the password it made up. */
async function serving(child: ChildProcess): Promise<string> {
  const url = heard(child.stdout, /"url":"([^"]+)"/);
  await heard(child.stderr, /sign in as (\w+) with/);
  return url;
}

describe('the process', () => {
  it('serves, and exits with 0 on SIGTERM', async () => {
    const child = spawnService({});
    const url = await serving(child);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('refuses a mistyped fault with exit code 2', async () => {
    const child = spawnService({ FAULTS: 'login_flwo', PORT: 'high' });
    const exited = once(child, 'exit');
    await heard(child.stderr, /(PORT must be a whole number[^]*unknown fault `login_flwo`)/);
    expect(await exited).toEqual([2, null]);
  });

  it('exits with 1 by die_after_ms', async () => {
    const child = spawnService({ FAULTS: 'die_after_ms=0' });
    expect(await once(child, 'exit')).toEqual([1, null]);
  });

  it('goes on after SIGTERM by ignore_sigterm', async () => {
    const child = spawnService({ FAULTS: 'ignore_sigterm' });
    const url = await serving(child);
    child.kill('SIGTERM');
    expect((await fetch(`${url}/agents`)).status).toBe(200);
    child.kill('SIGKILL');
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});
