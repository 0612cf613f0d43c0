/**
 * Files that outputs are written to. Whether they can be is known before anything is measured, and what an earlier run
 * left there is taken away then: a file that lies there afterwards is of this run. What git keeps is not taken away.
 */

import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import { isOfGit, isTracked, settled } from './output-place.ts';

export interface OutputFile {
  readonly kind: string;
  /** As written by the person. */
  readonly written: string;
  /** Absolute, without links. */
  readonly file: string;
  /** A pipe or a device: it is written to, never replaced. */
  readonly isStream: boolean;
}

/** Makes the folders, and proves each path by a draft that is taken away again. */
export async function prepareFiles(
  asked: readonly { readonly kind: string; readonly path: string }[],
  cwd: string,
): Promise<Result<readonly OutputFile[]>> {
  const files: OutputFile[] = [];
  for (const { kind, path: written } of asked) {
    try {
      const prepared = prepare(kind, written, path.resolve(cwd, written));
      if (!prepared.ok) return prepared;
      const twin = files.find(({ file, isStream }) => !isStream && file === prepared.value.file);
      if (twin !== undefined) {
        const message = `${twin.kind} and ${kind} cannot both be written to ${written}`;
        return fail({ kind: 'usage', message, help: ['name another file for one of them'] });
      }
      files.push(prepared.value);
    } catch (error) {
      return fail(unwritable(written, error));
    }
  }
  for (const { kind, written, file, isStream } of files) {
    if (!isStream && (await isTracked(file))) {
      return fail(kept(kind, written, `${written} is tracked by git; ${kind} would replace it`));
    }
  }
  for (const { file, isStream } of files) if (!isStream) rmSync(file, { force: true });
  return ok(files);
}

function prepare(kind: string, written: string, wanted: string): Result<OutputFile> {
  const there = statSync(wanted, { throwIfNoEntry: false });
  if (there?.isDirectory() === true || /[/\\]$/.test(written)) {
    const message = `${written} is a folder; ${kind} goes to a file`;
    return fail({ kind: 'usage', message, help: [`write ${kind}=${path.join(written, kind)}`] });
  }
  if (there !== undefined && !there.isFile()) {
    accessSync(wanted, constants.W_OK);
    return ok({ kind, written, file: wanted, isStream: true });
  }
  // A link stays one: what it points at is written.
  const file = settled(wanted);
  if (isOfGit(file)) return fail(kept(kind, written, `${written} is git's own`));
  makeFolder(path.dirname(file));
  const draft = draftOf(file);
  closeSync(openSync(draft, 'wx'));
  rmSync(draft);
  return ok({ kind, written, file, isStream: false });
}

function kept(kind: string, written: string, message: string): Failure {
  const help = [`write it elsewhere: --output ${kind}=.nemesis/out/${path.basename(written)}`];
  return { kind: 'usage', message, help };
}

/** In one step: what lies there is whole. Returns why it could not be written. */
export function writeOutput(
  { written, file, isStream }: OutputFile,
  text: string,
): Failure | undefined {
  if (isStream) {
    try {
      appendFileSync(file, text);
      return undefined;
    } catch (error) {
      return unwritable(written, error);
    }
  }
  const draft = draftOf(file);
  try {
    // A tool that cleans up may have taken the folder.
    makeFolder(path.dirname(file));
    writeFileSync(draft, text, { flag: 'wx' });
    renameSync(draft, file);
    return undefined;
  } catch (error) {
    removeDraft(draft);
    return unwritable(written, error);
  }
}

function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // its folder is none any more, so nothing is left of it either
  }
}

const draftOf = (file: string): string =>
  path.join(path.dirname(file), `.nemesis-${process.pid}-${path.basename(file).slice(0, 80)}`);

/** Whatever the path itself makes impossible was asked wrongly; the rest is the machine's. */
const ASKED_WRONGLY = ['ENOTDIR', 'EISDIR', 'EEXIST', 'ENAMETOOLONG', 'ELOOP', 'EINVAL'];

function unwritable(written: string, error: unknown): Failure {
  const { code = '', message: why } = error as NodeJS.ErrnoException;
  const message = `${written} cannot be written: ${why}`;
  const help = ['name a file that this user may write'];
  return { kind: ASKED_WRONGLY.includes(code) ? 'usage' : 'cannot_act', message, help };
}
