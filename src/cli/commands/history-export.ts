/** `nemesis history:export`: the whole history as lines of JSON; the same history gives the same bytes. */

import { exportLines } from '../../history/transfer.ts';
import { withHistory } from '../history.ts';
import { failed } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) =>
  withHistory(input, 'read', async ({ store, told }) => {
    for await (const line of exportLines(store)) {
      // Half an export looks like a whole one: the exit code says that it is not.
      if (!line.ok) return failed(told(line.failure));
      input.io.out(line.value);
    }
    return { kind: 'yes' };
  });
