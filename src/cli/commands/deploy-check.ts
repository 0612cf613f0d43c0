/** `nemesis deploy:check`: runs the code, build and test gates, answers, and records the answer. */

import { checkAndTell } from '../run-check.ts';
import { listOption, textOption, type RunCommand } from './command.ts';

export const run: RunCommand = ({ options, io, parts }) =>
  checkAndTell(
    {
      cwd: textOption(options, 'cwd'),
      gates: listOption(options, 'gate'),
      only: listOption(options, 'only'),
      skip: listOption(options, 'skip'),
      jobs: textOption(options, 'jobs'),
      strict: options['strict'] === true,
      failFast: options['failFast'] === true,
      ...(options['full'] === true && { asked: 'all' as const }),
      trial: textOption(options, 'trial'),
      verbose: options['verbose'] === true,
      json: options['json'] === true,
      quiet: options['quiet'] === true,
      record: true,
    },
    io,
    parts,
  );
