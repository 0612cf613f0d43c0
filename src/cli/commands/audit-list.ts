/** `nemesis audit:list`: the alerts, tickets, days and debt about dependencies that are open. */

import { isOverdue } from '../../history/folds/vulnerabilities.ts';
import { notesText } from '../../report/audit-text.ts';
import { withConfiguredHistory } from '../history.ts';
import { warnOfBreaks } from '../history-streams.ts';
import { failed } from '../store-failure.ts';
import { openIn } from '../vulnerability-notes.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) =>
  withConfiguredHistory(input, 'read', async (history) => {
    const { io, options } = input;
    await warnOfBreaks(history, io);
    const open = await openIn(history);
    if (!open.ok) return failed(open.failure);
    const now = io.now();
    const { service } = history;
    if (options['json'] === true) {
      const records = open.value.map((note) => ({ ...note, overdue: isOverdue(note, now) }));
      io.out(`${JSON.stringify({ schema: 'nemesis.audits/1', service, records }, null, 2)}\n`);
    } else io.out(notesText(service, open.value, now));
    return { kind: 'yes' };
  });
