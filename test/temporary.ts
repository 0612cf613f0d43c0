/** Folders of the running test file, gone when it ends. */

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Its path without links in it. */
export function temporary(name: string): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), `nemesis-${name}-`)));
  made.push(folder);
  return folder;
}
