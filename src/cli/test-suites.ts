/** The `test:` commands are the test gate, narrowed. */

import { listOption, textOption, type RunCommand } from './commands/command.ts';
import type { AskedCheck } from './asked-check.ts';
import { checkAndTell } from './run-check.ts';

export function testCommand(
  narrow: Pick<AskedCheck, 'only' | 'about' | 'coverage' | 'asked'>,
): RunCommand {
  return ({ options, io, parts }) =>
    checkAndTell(
      {
        cwd: textOption(options, 'cwd'),
        gates: ['test'],
        base: textOption(options, 'base'),
        json: options['json'] === true,
        outputs: listOption(options, 'output'),
        quiet: options['quiet'] === true,
        verbose: options['verbose'] === true,
        trial: textOption(options, 'trial'),
        ...narrow,
      },
      io,
      parts,
    );
}
