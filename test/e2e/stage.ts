/** Builds nemesis once per test run and lays it out as npm would install it: only what `files` names. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the staged package; `bin/nemesis.js` lies in it. */
    packageRoot: string;
    /** Why it could not be built; empty when it was. Tests of single parts run all the same. */
    packageProblem: string;
  }
}

const repository = path.dirname(path.dirname(import.meta.dirname));

export default function stage(project: TestProject): () => void {
  const { folder, problem, remove } = stagePackage();
  project.provide('packageProblem', problem);
  project.provide('packageRoot', folder);
  return remove;
}

export interface Staged {
  readonly folder: string;
  /** Why it could not be built; empty when it was. */
  readonly problem: string;
  remove(): void;
}

/** A copy, so that somebody who builds while the tests run takes nothing from under them. */
export function stagePackage(): Staged {
  const folder = mkdtempSync(path.join(tmpdir(), 'nemesis-package-'));
  const copy = (name: string) =>
    cpSync(path.join(repository, name), path.join(folder, name), { recursive: true });
  const { files } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8')) as {
    files: readonly string[];
  };
  const published = files.filter(
    (name) => name !== 'dist' && existsSync(path.join(repository, name)),
  );
  const sources = ['src', 'scripts'];
  for (const name of ['package.json', ...published, ...sources]) copy(name);
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  const built = spawnSync(process.execPath, [path.join(folder, 'scripts/build.mjs')], {
    encoding: 'utf8',
  });
  for (const name of sources) rmSync(path.join(folder, name), { recursive: true });
  return {
    folder,
    problem: built.status === 0 ? '' : built.stderr,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
