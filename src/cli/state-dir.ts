/** The folder `.nemesis/` of a judged project: the only place in it that nemesis writes to. */

import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { CheckResult } from '../pipeline/result.ts';
import { checkText } from '../report/json.ts';
import { distrusted } from './trust.ts';

/** Makes `.nemesis/`, which ignores itself in git, and the folders in it. */
export function makeStateDir(stateDir: string): Result<void> {
  try {
    for (const folder of ['', 'reports', 'tmp'].map((name) => path.join(stateDir, name))) {
      // A repository can hold links, and what is cleared here must not lie elsewhere.
      if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) {
        throw new Error(`${path.basename(folder)} is a link`);
      }
      makeFolder(folder, 0o700);
    }
    const why = distrusted(stateDir);
    if (why !== undefined) {
      return fail({
        kind: 'cannot_act',
        message: `${why}, so what it holds cannot be relied on`,
        help: [`make it a folder that only you can write, or remove it: ${stateDir}`],
      });
    }
    const ignore = path.join(stateDir, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n', { flag: 'wx' });
    accessSync(stateDir, constants.W_OK);
    return ok(undefined);
  } catch (error) {
    return fail(unwritable(error));
  }
}

function unwritable(error: unknown): Failure {
  const why = error instanceof Error ? error.message : String(error);
  return {
    kind: 'cannot_act',
    message: `.nemesis cannot be written: ${why}`,
    help: ['nemesis keeps its reports there: make it a folder of this user, or remove it'],
  };
}

const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'];

/** What the disk said, of an error that comes from there; undefined of any other, which is a defect. */
export function diskFailure(error: unknown): Failure | undefined {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code !== undefined && DISK_CODES.includes(code) ? unwritable(error) : undefined;
}

/** A whole run lies in `check.json`; one that asked for a part does not take its place. */
export const RESULT_FILES = ['check.json', 'partial.json'] as const;

/** Keeps the result in `.nemesis/reports/`, written in one step. Returns why it could not. */
export function keepResult(
  result: CheckResult,
  stateDir: string,
  version: string,
  redact: (text: string) => string,
): Failure | undefined {
  const folder = path.join(stateDir, 'reports');
  const name = RESULT_FILES[result.partial === undefined ? 0 : 1];
  const draft = path.join(folder, `.${name}.${process.pid}`);
  const text = redact(checkText(result, version));
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path.join(folder, name));
    return undefined;
  } catch (error) {
    return unwritable(error);
  }
}
