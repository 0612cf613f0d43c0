/** What a finished process left behind, read within its cap. */

import {
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import type { ProcessOutcome } from './process/contract.ts';
import type { RunContext } from './runner.ts';
import type { RawRun, ToolCommand } from './tool.ts';

type Outputs = Pick<RawRun, 'stdout' | 'stderr' | 'report' | 'files'>;

export function readOutputs(
  outcome: ProcessOutcome,
  command: ToolCommand,
  { workDir, outputCapBytes }: RunContext,
): { ok: true; value: Outputs } | { ok: false; why: string } {
  const files: Record<string, string | undefined> = {};
  for (const name of reportNames(command)) {
    const read = readCapped(path.join(workDir, name), outputCapBytes);
    if (read.kind === 'too_big') {
      return { ok: false, why: `its report ${name} is larger than ${mebibytes(outputCapBytes)}` };
    }
    files[name] = read.text;
  }
  return {
    ok: true,
    value: {
      stdout: readFileSync(outcome.stdoutFile, 'utf8'),
      stderr: readFileSync(outcome.stderrFile, 'utf8'),
      files,
      ...(command.report === undefined ? {} : { report: files[command.report] }),
    },
  };
}

export function reportNames({ report, alsoRead = [] }: ToolCommand): readonly string[] {
  return report === undefined ? alsoRead : [...alsoRead, report];
}

/** Regular files only: a link, a FIFO or a device in the report's place is no report. */
export function readCapped(
  file: string,
  capBytes: number,
): { kind: 'read' | 'too_big'; text?: string } {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return { kind: 'read' };
  if (stat.size > capBytes) return { kind: 'too_big' };
  return { kind: 'read', text: readFileSync(file, 'utf8') };
}

/** They tell where inside the tool it happened, and push out the line that tells what. */
const STACK_FRAME = /^\s+at .*[:)]\S*$/;

/** The last lines of what the tool said, stderr first: that is where tools complain. */
export function tailOf({ stderrFile, stdoutFile }: ProcessOutcome): string {
  for (const file of [stderrFile, stdoutFile]) {
    const text = statSync(file, { throwIfNoEntry: false }) ? lastBytes(file, 4096).trim() : '';
    const lines = text.split('\n').filter((line) => !STACK_FRAME.test(line));
    if (text !== '') return lines.slice(-12).join('\n');
  }
  return '';
}

/** Only the end is read: the file may be as large as the cap. */
function lastBytes(file: string, bytes: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const read = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, read);
  } finally {
    closeSync(descriptor);
  }
}

export function mebibytes(bytes: number): string {
  return `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`;
}
