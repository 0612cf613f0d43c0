/** What the tools mended in a tree, compared with what stood there before. */

import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Measurement, RunContext, Runner } from '../runner.ts';

/** A file that was mended: its name relative to the root of the project, and its bytes. */
export interface Mended {
  readonly file: string;
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Has each tool mend in turn: the later one sees what the earlier one wrote. Never two at once. */
export async function mend(
  runners: readonly Runner[],
  contextOf: (runner: Runner) => Omit<RunContext, 'earlier'>,
): Promise<readonly Mended[]> {
  const [first] = runners;
  if (first === undefined) return [];
  const { project } = contextOf(first);
  const files = project.concerned ?? [];
  const before = new Map(files.map((file) => [file, bytesOf(path.join(project.root, file))]));
  for (const runner of runners) {
    const context = contextOf(runner);
    if (!context.signal.aborted && runner.inPlay(project).inPlay)
      await runner.fix?.({ ...context, earlier: new Map<string, Measurement>() });
  }
  return files.flatMap((file) => {
    const [old, now] = [before.get(file), bytesOf(path.join(project.root, file))];
    return old === undefined || now === undefined || old.equals(now)
      ? []
      : [{ file, before: old, after: now }];
  });
}

/** Undefined of what is no file. */
export function bytesOf(file: string): Buffer | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true
    ? readFileSync(file)
    : undefined;
}
