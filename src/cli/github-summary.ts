/** The summary of a step of GitHub Actions: a file that every step adds to, and that is refused whole when it is too long. */

import { appendFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Failure } from '../failure.ts';

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits */
const STEP_TAKES = 1024 * 1024;
/** So much is enough to read; the rest of the room is for others. */
const MOST = 65_536;

/** @param write text shorter than so many bytes, or none. Returns why nothing was added. */
export function appendSummary(file: string, write: (limit: number) => string): Failure | undefined {
  if (!path.isAbsolute(file)) return undefined;
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there !== undefined && !there.isFile()) return undefined;
    const size = there?.size ?? 0;
    const text = write(Math.min(MOST, STEP_TAKES - size - 1));
    if (text === '') return remark(`it holds ${size} bytes already`);
    appendFileSync(file, size === 0 ? text : `\n${text}`);
    return undefined;
  } catch (error) {
    return remark(error instanceof Error ? error.message : String(error));
  }
}

function remark(why: string): Failure {
  return { kind: 'cannot_act', message: `nothing was added to the summary of this step: ${why}` };
}
