/** A Chromium that is there, and the library that drives it; nothing is downloaded. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { BrowserType } from 'playwright-core';
import { fail, ok, type Result } from '../../failure.ts';
import { resolveBinary } from '../process/resolve-binary.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export interface FoundBrowser {
  readonly type: BrowserType;
  readonly file: string;
}

/** @returns or why there is none, in words */
export function findBrowser(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Result<FoundBrowser, string> {
  const type = driverFor(root);
  if (type === undefined) return fail('playwright-core is not installed: npm i -D playwright-core');
  const file = programFor(type, env);
  return file.ok ? ok({ type, file: file.value }) : file;
}

function programFor(
  type: BrowserType,
  env: Readonly<Record<string, string | undefined>>,
): Result<string, string> {
  const { CHROME_PATH: given, PATH: searched = '' } = env;
  if (given) {
    const found = path.isAbsolute(given) ? resolveBinary(given, searched) : undefined;
    return found?.ok === true ? ok(found.file) : fail('CHROME_PATH names no program');
  }
  for (const name of NAMES) {
    const found = resolveBinary(name, searched);
    if (found.ok) return ok(found.file);
  }
  const own = type.executablePath();
  return existsSync(own) ? ok(own) : fail('no Chromium was found: install it, or set CHROME_PATH');
}

/** What lies beside nemesis, else what the project has installed. */
function driverFor(root: string): BrowserType | undefined {
  for (const from of [import.meta.url, path.join(root, 'package.json')]) {
    for (const name of ['playwright-core', 'playwright']) {
      try {
        return (createRequire(from)(name) as { readonly chromium: BrowserType }).chromium;
      } catch {
        // the next place may have it
      }
    }
  }
  return undefined;
}
