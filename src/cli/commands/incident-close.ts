/** `nemesis incident:close INCIDENT`: notes that it is over. */

import { meantId, timeOption } from '../history-options.ts';
import { appendRecords, foldedStreams } from '../history-streams.ts';
import { withHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import { spanText } from '../../history/folds/delivery-text.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, options, operands } = input;
  const [given = ''] = operands;
  const time = timeOption(options, 'at', io.now());
  if (!time.ok) return Promise.resolve(failed(time.failure));
  const at = time.value ?? io.now();
  return withHistory(input, 'write', async (history) => {
    const folded = await foldedStreams(history);
    if (!folded.ok) return failed(folded.failure);
    const incidents = folded.value
      .flatMap(({ rows }) => rows.incidents())
      .filter(({ opened_at }) => opened_at !== null);
    const id = meantId(
      given,
      incidents.map((incident) => incident.id),
    );
    const incident = incidents.find((candidate) => candidate.id === id);
    if (incident === undefined) {
      const open = incidents.filter(({ closed_at }) => closed_at === null);
      const message = `there is no incident \`${given.slice(0, 60)}\` of ${history.service}`;
      const help =
        open.length === 0
          ? 'none is open'
          : `open: ${open.map((candidate) => candidate.id).join(', ')}`;
      return failed(usage(message, help));
    }
    const { environment, opened_at } = incident;
    if (incident.closed_at !== null) {
      const message = `incident ${incident.id} was closed already`;
      return failed(usage(message, 'open another one: nemesis incident:open'));
    }
    if (opened_at !== null && at < opened_at)
      return failed(usage('--at is before the incident was opened', 'give a later time'));
    const appended = await appendRecords(history, environment, io, [
      { type: 'incident_closed', at, body: { incident: incident.id } },
    ]);
    if (!appended.ok) return failed(appended.failure);
    const lasted = spanText(at - (opened_at ?? at));
    io.out(`closed incident ${incident.id} in ${environment} after ${lasted}\n`);
    return { kind: 'yes' };
  });
};
