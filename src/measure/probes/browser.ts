/** One Chromium for all pages of a run, started with the first and ended with the run. */

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { fail, ok, type Result } from '../../failure.ts';
import { toolEnvironment } from '../process/environment.ts';
import { findBrowser } from './find-browser.ts';

const START_MS = 30_000;

export interface OneBrowser {
  /** Or why there is none, in words. */
  get(): Promise<Result<Browser, string>>;
  close(): Promise<void>;
}

export function oneBrowser(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): OneBrowser {
  let started: Promise<Result<Browser, string>> | undefined;
  let traces: string | undefined;
  return {
    get: () => (started ??= start(root, env, (traces = newFolder()))),
    async close() {
      const browser = await started;
      if (browser?.ok === true) await browser.value.close().catch(() => undefined);
      if (traces !== undefined) rmSync(traces, { recursive: true, force: true });
    },
  };
}

/** For traces that are being written: the folder Playwright makes for them itself stays behind. */
function newFolder(): string | undefined {
  try {
    return mkdtempSync(path.join(os.tmpdir(), 'nemesis-traces-'));
  } catch {
    return undefined;
  }
}

async function start(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  tracesDir: string | undefined,
): Promise<Result<Browser, string>> {
  const found = findBrowser(root, env);
  if (!found.ok) return found;
  const { type, file } = found.value;
  try {
    const browser = await type.launch({
      ...{ executablePath: file, timeout: START_MS, env: toolEnvironment('analyser', env) },
      // Who ends nemesis ends it too, in order.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
      ...(tracesDir !== undefined && { tracesDir }),
    });
    return ok(browser);
  } catch (error) {
    const [said = ''] = String((error as Error).message).split('\n');
    return fail(`Chromium did not start: ${said.slice(0, 200)}`);
  }
}
