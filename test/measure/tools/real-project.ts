/** Small projects in folders of their own, measured by the real tools and the real engine. */

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect } from 'vitest';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { readProject } from '../../../src/measure/project.ts';
import type { Measurement, Runner } from '../../../src/measure/runner.ts';

export const INSTALLED = path.join(import.meta.dirname, '../../../node_modules');
/** Of all projects of one test file; taken away after its last test. */
export const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-tools-')));
const engine = createProcessEngine();
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

let made = 0;

/** A folder with these files; `installed` lets it see nemesis' own node_modules as its own. */
export function projectOf(files: Readonly<Record<string, string>>, installed = true): string {
  const root = path.join(folder, `project-${++made}`);
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  if (installed) symlinkSync(INSTALLED, path.join(root, 'node_modules'));
  return root;
}

interface Run extends Measurement {
  readonly workDir: string;
}

export async function run(runner: Runner, root: string, extraPath: string[] = []): Promise<Run> {
  const PATH = [...extraPath, path.dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  const project = await readProject({
    root,
    repositoryTop: existsSync(path.join(root, '.git')) ? root : undefined,
    env: { PATH, HOME: folder },
    suites: {},
    secrets: [],
    ownBinDirs: [],
  });
  expect(runner.inPlay(project)).toMatchObject({ inPlay: true });
  const workDir = path.join(root, '.nemesis', 'reports', runner.id);
  const measurement = await runner.measure({
    project,
    engine,
    workDir,
    timeoutMs: 60_000,
    outputCapBytes: 8 * 1024 * 1024,
    signal: new AbortController().signal,
    earlier: new Map(),
  });
  return { ...measurement, workDir };
}
