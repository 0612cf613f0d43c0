/** `nemesis hooks:install`: a commit hook that judges what is staged. Another's hook is never written over. */

import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import type { Failure } from '../../failure.ts';
import { findHook, type HookPlace } from '../hook-place.ts';
import { foldersIn, hookWith, type HookSurroundings } from '../hook-script.ts';
import type { Parts } from '../parts.ts';
import { textOption, type RunCommand } from './command.ts';

export const run: RunCommand = async ({ options, io, parts }) => {
  const found = await findHook(path.resolve(io.cwd, textOption(options, 'cwd') ?? '.'));
  if (!found.ok) return { kind: 'failed', failure: found.failure };
  const { file, hook, folder, top } = found.value;
  const refusal = refused(found.value);
  if (refusal !== undefined) return { kind: 'failed', failure: refusal };
  const before = hook === undefined ? [] : (foldersIn(hook) ?? []);
  const text = hookWith(hook, [...new Set([...before, folder])].sort(), surroundings(parts))!;
  const shown = path.relative(top, file);
  if (text === hook) {
    io.out(`${shown} judges what is staged already\n`);
    return { kind: 'yes' };
  }
  try {
    writeHook(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `${shown} cannot be written: ${why}`;
    return { kind: 'failed', failure: { kind: 'cannot_act', message } };
  }
  io.out(
    `wrote ${shown}: every commit is judged from now on\n` +
      '  skip it once: NEMESIS_SKIP=1 git commit, or git commit --no-verify\n',
  );
  return { kind: 'yes' };
};

function refused({ hook, manager, file, top, folder }: HookPlace): Failure | undefined {
  const isOurs = hook !== undefined && foldersIn(hook) !== undefined;
  if (isOurs) return undefined;
  if (manager !== undefined) {
    const message = `the hooks of this repository are in the hands of ${manager.name}`;
    return { kind: 'usage', message, help: manager.instead };
  }
  if (hook === undefined) return undefined;
  const cwd = folder === '.' ? '' : ` --cwd ${folder}`;
  return {
    kind: 'usage',
    message: `${path.relative(top, file)} is there already, and is not ours`,
    help: [
      'add this line to it:',
      `  npx --no-install nemesis deploy:check --staged --gate code${cwd} || exit 1`,
    ],
  };
}

export function surroundings({ packageRoot }: Parts): HookSurroundings {
  return {
    nodeFolder: path.dirname(process.execPath),
    program: path.join(packageRoot, 'bin', 'nemesis.js'),
  };
}

/** In one step: git may be about to read it. */
export function writeHook(file: string, text: string): void {
  makeFolder(path.dirname(file));
  const draft = `${file}.nemesis-${process.pid}`;
  writeFileSync(draft, text, { flag: 'wx' });
  chmodSync(draft, 0o755);
  renameSync(draft, file);
}
