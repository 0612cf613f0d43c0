/** From words to an exit code: reads them, runs the command, tells what failed. */

import type { CommandRow } from './commands/command.ts';
import { exitCodeOf, type Ending } from './exit.ts';
import { guardedEarly } from './guard.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { plainWords } from './plain-words.ts';
import type { Words } from './program.ts';
import { tell } from './tell.ts';

export async function runCli(io: Io, parts: Parts, rows: readonly CommandRow[]): Promise<void> {
  process.exitCode = await codeOf(io, parts, rows);
}

/** The same without touching the process: what the tests call. */
export async function codeOf(io: Io, parts: Parts, rows: readonly CommandRow[]): Promise<number> {
  const ending = await endingOf(io, parts, rows);
  if (ending.kind === 'failed') await tell(ending.failure, guardedEarly(io));
  return exitCodeOf(ending);
}

async function endingOf(io: Io, parts: Parts, rows: readonly CommandRow[]): Promise<Ending> {
  try {
    const words = await wordsOf(io.argv, rows, parts.version);
    if (words.kind === 'text') {
      io.out(words.text);
      return { kind: 'yes' };
    }
    if (words.kind === 'wrong') return { kind: 'failed', failure: words.failure };
    const { row, operands, options } = words.asked;
    const { run } = await row.load();
    const said = row.saysExactly === true ? io : guardedEarly(io);
    return await run({ operands, options, io: said, parts });
  } catch (error) {
    io.err(defectText(error, parts.version, io.env['NEMESIS_DEBUG'] !== undefined));
    return { kind: 'defect' };
  }
}

async function wordsOf(
  argv: readonly string[],
  rows: readonly CommandRow[],
  version: string,
): Promise<Words> {
  const asked = plainWords(argv, rows);
  if (asked !== undefined) return { kind: 'asked', asked };
  const { readWords } = await import('./program.ts');
  return readWords(argv, rows, version);
}

/** Our own bug: said in one line, with the stack only for who asks. */
function defectText(error: unknown, version: string, debug: boolean): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = debug && error instanceof Error ? `${error.stack ?? ''}\n` : '';
  return `nemesis ${version} has a defect: ${message.split('\n')[0]}\n  please report it; NEMESIS_DEBUG=1 shows where\n${stack}`;
}
