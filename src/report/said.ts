/** What a tool says while it runs, beside what nemesis says. */

import { stripVTControlCharacters } from 'node:util';
import type { Reporter } from './reporter.ts';
import { harmless, withoutCommands, type Style } from './text.ts';

/** Each line set off from our own; none is a command of a CI system, whoever wrote it. */
export function saidLines(text: string, { paint }: Style): string {
  return text
    .split('\n')
    .map((line) =>
      stripVTControlCharacters(line.slice(line.lastIndexOf('\r', line.length - 2) + 1)),
    )
    .filter((line) => line.trim() !== '')
    .map((line) => `${paint.dim('  |')} ${withoutCommands(harmless(line.trimEnd()))}\n`)
    .join('');
}

/** Beside a reporter that is silent until the end. */
export function sayingReporter(err: (text: string) => void, style: Style): Reporter {
  return {
    on: (event) => (event.kind === 'runner_said' ? err(saidLines(event.text, style)) : undefined),
    close: () => undefined,
  };
}
