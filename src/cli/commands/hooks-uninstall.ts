/** `nemesis hooks:uninstall`: takes out of the commit hook what `hooks:install` wrote, and nothing else. */

import { rmSync } from 'node:fs';
import path from 'node:path';
import { findHook } from '../hook-place.ts';
import { foldersIn, hookWith } from '../hook-script.ts';
import { textOption, type RunCommand } from './command.ts';
import { surroundings, writeHook } from './hooks-install.ts';

export const run: RunCommand = async ({ options, io, parts }) => {
  const found = await findHook(path.resolve(io.cwd, textOption(options, 'cwd') ?? '.'));
  if (!found.ok) return { kind: 'failed', failure: found.failure };
  const { file, hook, folder, top } = found.value;
  const shown = path.relative(top, file);
  const before = hook === undefined ? undefined : foldersIn(hook);
  if (hook === undefined || before?.includes(folder) !== true) {
    io.out('no hook of nemesis is installed here\n');
    return { kind: 'yes' };
  }
  const rest = hookWith(
    hook,
    before.filter((one) => one !== folder),
    surroundings(parts),
  );
  if (rest === undefined) rmSync(file);
  else writeHook(file, rest);
  io.out(rest === undefined ? `removed ${shown}\n` : `took nemesis out of ${shown}\n`);
  return { kind: 'yes' };
};
