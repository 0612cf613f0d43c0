/** The folder a tool works in: what it finds there, what is kept of it for the next run, what is taken away. */

import { copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../config/make-folder.ts';
import { layMirror } from './mirror.ts';
import { readCapped } from './outputs.ts';
import type { Project } from './project.ts';
import type { RunContext } from './runner.ts';
import type { ToolCommand, ToolSpec } from './tool.ts';

/** What the command reads in the work folder. */
export function layInputs(
  { mirror, inputs = {} }: Pick<ToolCommand, 'mirror' | 'inputs'>,
  { root }: Pick<Project, 'root'>,
  workDir: string,
): void {
  if (mirror !== undefined) layMirror(mirror, root, workDir);
  for (const [name, text] of Object.entries(inputs)) {
    writeFileSync(path.join(workDir, name), text, { mode: 0o600 });
  }
}

/** Everything the command asks to find in its work folder. */
export function layOut(id: string, command: ToolCommand, context: RunContext): void {
  const { keepDir, workDir, project } = context;
  layInputs(command, project, workDir);
  for (const [name, file] of Object.entries(command.copies ?? {})) {
    makeFolder(path.dirname(path.join(workDir, name)));
    copyFileSync(file, path.join(workDir, name));
  }
  for (const [name, kept] of Object.entries(keepDir === undefined ? {} : (command.keep ?? {}))) {
    const file = path.join(keepDir!, id, kept);
    if (existsSync(file)) copyFileSync(file, path.join(workDir, name));
  }
}

/** Moved into place in one step, and only after a run that ended well: half of it would spoil the next. */
export function keepForNext(
  id: string,
  { keep = {} }: ToolCommand,
  { keepDir, workDir }: RunContext,
) {
  for (const [name, kept] of Object.entries(keepDir === undefined ? {} : keep)) {
    const left = path.join(workDir, name);
    if (!existsSync(left)) continue;
    const file = path.join(keepDir!, id, kept);
    makeFolder(path.dirname(file), 0o700);
    copyFileSync(left, `${file}.draft`);
    renameSync(`${file}.draft`, file);
  }
}

/** The work folder is published: what must not be seen leaves it before that. */
export function clearWorkFolder<M extends string>(
  spec: Pick<ToolSpec<M>, 'redact'>,
  command: ToolCommand,
  { workDir, outputCapBytes }: RunContext,
): void {
  const { discard = [], inputs = {}, mirror } = command;
  for (const name of [...discard, ...Object.keys(inputs), ...(mirror ? [mirror.folder] : [])]) {
    rmSync(path.join(workDir, name), { recursive: true, force: true });
  }
  if (spec.redact === undefined || command.report === undefined) return;
  const file = path.join(workDir, command.report);
  try {
    const { text } = readCapped(file, outputCapBytes);
    rmSync(file, { recursive: true, force: true });
    if (text !== undefined) writeFileSync(file, spec.redact(text), { mode: 0o600 });
  } catch {
    rmSync(file, { recursive: true, force: true });
  }
}
