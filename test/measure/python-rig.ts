/** Real Python projects for the tests: a folder, the pinned tools on PATH, and one runner run by the real engine. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { createProcessEngine } from '../../src/measure/process/engine.ts';
import { resolveBinary } from '../../src/measure/process/resolve-binary.ts';
import { readProject } from '../../src/measure/project.ts';
import type { Measurement, Runner } from '../../src/measure/runner.ts';
import { SYSTEM_PATH } from './process/system-path.ts';

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-python-')));
const engine = createProcessEngine();
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Whether the pinned tool is here: `scripts/ci-tools.sh` installs it. */
export const hasTool = (name: string): boolean => resolveBinary(name, SYSTEM_PATH).ok;

let made = 0;

export function pythonProject(files: Readonly<Record<string, string>>): string {
  const root = path.join(folder, `project-${++made}`);
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

/** `PATH`: replaces that of the tests. `concerned`: only these files are asked about. */
export async function measureIn(
  root: string,
  runner: Runner,
  PATH = SYSTEM_PATH,
  concerned?: readonly string[],
): Promise<Measurement> {
  const whole = await readProject({
    root,
    repositoryTop: undefined,
    env: { PATH, HOME: folder },
    suites: {},
    secrets: [],
    ownBinDirs: [],
  });
  const project = concerned === undefined ? whole : { ...whole, concerned };
  const inPlay = runner.inPlay(project);
  if (!inPlay.inPlay) {
    return { state: 'not_applicable', why: inPlay.why, metrics: {}, findings: [] };
  }
  const workDir = path.join(root, '.nemesis', 'reports', runner.id);
  mkdirSync(workDir, { recursive: true });
  return runner.measure({
    project,
    engine,
    workDir,
    timeoutMs: 120_000,
    outputCapBytes: 8 * 1024 * 1024,
    signal: new AbortController().signal,
    earlier: new Map(),
  });
}
