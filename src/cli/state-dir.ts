/** The folder `.nemesis/` of a judged project: the only place in it that nemesis writes to. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '../failure.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { checkJson } from '../report/json.ts';

/** Makes `.nemesis/`, which ignores itself in git. */
export function makeStateDir(stateDir: string): Result<void> {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const ignore = path.join(stateDir, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
    return ok(undefined);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({
      kind: 'cannot_act',
      message: `.nemesis cannot be written: ${why}`,
      help: ['nemesis keeps its reports there; make the folder writable'],
    });
  }
}

/** A whole run lies in `check.json`; one that asked for a part does not take its place. */
export const RESULT_FILES = ['check.json', 'partial.json'] as const;

/** Keeps the result in `.nemesis/reports/`, written in one step. */
export function keepResult(result: CheckResult, stateDir: string, version: string): void {
  const folder = path.join(stateDir, 'reports');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = RESULT_FILES[result.partial === undefined ? 0 : 1];
  const draft = path.join(folder, `.${name}.${process.pid}`);
  writeFileSync(draft, `${JSON.stringify(checkJson(result, version), null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path.join(folder, name));
}

/** Work folders of runs that were killed: nobody reads them, and after a day nobody is writing them either. */
export function clearLeftovers(stateDir: string, now: number): void {
  const folder = path.join(stateDir, 'tmp');
  if (!statSync(folder, { throwIfNoEntry: false })) return;
  for (const name of readdirSync(folder)) {
    const left = path.join(folder, name);
    const stat = statSync(left, { throwIfNoEntry: false });
    if (stat !== undefined && now - stat.mtimeMs > 86_400_000)
      rmSync(left, { recursive: true, force: true });
  }
}
