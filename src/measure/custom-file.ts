/** Reading a report out of the project: a regular file inside it, written by this run, of bearable size. */

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import path from 'node:path';

/** Enough of a file's state to see that it was written again. */
export interface Stamp {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

export type ReportFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly state: 'no_report' | 'bad_report'; readonly why: string };

/** File systems keep coarser times than the clock; a report may seem this much older than it is. */
const CLOCK_SLACK_MS = 50;

export function stampOf(root: string, file: string): Stamp | undefined {
  const stat = statSync(path.resolve(root, file), { throwIfNoEntry: false });
  return stat === undefined ? undefined : toStamp(stat);
}

export function readReportFile(
  root: string,
  name: string,
  run: {
    readonly before: Stamp | undefined;
    readonly startedAtMs: number;
    readonly capBytes: number;
  },
): ReportFile {
  let descriptor: number;
  try {
    const real = realpathSync(path.resolve(root, name));
    if (!isInside(realpathSync(root), real)) {
      return no('bad_report', `its report ${name} lies outside the project`);
    }
    // Whatever takes the file's place from here on is neither followed nor waited for.
    descriptor = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? no('no_report', `it wrote no report at ${name}`)
      : no(
          'bad_report',
          `its report ${name} cannot be read (${(error as NodeJS.ErrnoException).code})`,
        );
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return no('bad_report', `its report ${name} is no regular file`);
    if (isOlder(toStamp(stat), run)) {
      return no('no_report', `its report ${name} is older than this run`);
    }
    if (stat.size > run.capBytes) {
      return no('bad_report', `its report ${name} is larger than ${run.capBytes} bytes`);
    }
    if (stat.size === 0) return no('no_report', `its report ${name} is empty`);
    return { ok: true, text: readFileSync(descriptor, 'utf8') };
  } finally {
    closeSync(descriptor);
  }
}

/** A changed `mtime` is not enough: `touch` makes an old report look new, but only `ctime` as well. */
function isOlder(
  now: Stamp,
  { before, startedAtMs }: { before: Stamp | undefined; startedAtMs: number },
): boolean {
  const untouched =
    before !== undefined && before.ino === now.ino && before.ctimeMs === now.ctimeMs;
  return untouched || now.mtimeMs < startedAtMs - CLOCK_SLACK_MS;
}

function toStamp({ ino, size, mtimeMs, ctimeMs }: Stamp): Stamp {
  return { ino, size, mtimeMs, ctimeMs };
}

function isInside(root: string, file: string): boolean {
  const way = path.relative(root, file);
  return way !== '' && way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

function no(state: 'no_report' | 'bad_report', why: string): ReportFile {
  return { ok: false, state, why };
}
