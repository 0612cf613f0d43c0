/** `nemesis deploy:check`: runs the code, build and test gates, answers, and records the answer. */

import type { AskedCheck } from '../asked-check.ts';
import { checkAndTell } from '../run-check.ts';
import { listOption, textOption, type RunCommand } from './command.ts';

export const run: RunCommand = async ({ options, io, parts }) => {
  const asked: AskedCheck = {
    cwd: textOption(options, 'cwd'),
    gates: listOption(options, 'gate'),
    only: listOption(options, 'only'),
    skip: listOption(options, 'skip'),
    base: textOption(options, 'base'),
    jobs: textOption(options, 'jobs'),
    fix: options['fix'] === true,
    strict: options['strict'] === true,
    failFast: options['failFast'] === true,
    ...(options['full'] === true && { asked: 'all' as const }),
    trial: textOption(options, 'trial'),
    verbose: options['verbose'] === true,
    json: options['json'] === true,
    outputs: listOption(options, 'output'),
    quiet: options['quiet'] === true,
    trustedConfig: textOption(options, 'trustedConfig'),
    cell: textOption(options, 'cell'),
    ...(options['merge'] === undefined ? {} : { merge: listOption(options, 'merge') }),
    record: true,
  };
  if (options['staged'] === true) {
    const { checkStaged } = await import('../check-staged.ts');
    return await checkStaged(asked, io, parts);
  }
  if (asked.fix === true) {
    const { fixWorkTree } = await import('../fix.ts');
    const fixed = await fixWorkTree(asked, io, parts);
    if (!fixed.ok) return { kind: 'failed', failure: fixed.failure };
  }
  return await checkAndTell(asked, io, parts);
};
