/** `nemesis incident:close INCIDENT`: notes that it is over. */

import { fail, ok, type Result } from '../../failure.ts';
import { meantId, timeOption } from '../history-options.ts';
import { appendRecords } from '../history-streams.ts';
import { withConfiguredHistory, type ConfiguredHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import { spanText } from '../../history/folds/delivery-text.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, options, operands } = input;
  const [given = ''] = operands;
  const time = timeOption(options, 'at', io.now());
  if (!time.ok) return Promise.resolve(failed(time.failure));
  const at = time.value ?? io.now();
  return withConfiguredHistory(input, 'write', async (history) => {
    const found = await history.store.incidents(history.service, given);
    if (!found.ok) return failed(history.told(found.failure));
    const id = meantId(
      given,
      found.value.map((one) => one.id),
    );
    const incident = found.value.find((one) => one.id === id);
    if (incident === undefined) {
      const open = await openIncidents(history);
      if (!open.ok) return failed(open.failure);
      const message = `there is no incident \`${given.slice(0, 60)}\` of ${history.service}`;
      const help = open.value.length === 0 ? 'none is open' : `open: ${open.value.join(', ')}`;
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

/** Their ids, in all environments. */
async function openIncidents({
  store,
  service,
  told,
}: ConfiguredHistory): Promise<Result<string[]>> {
  const environments = await store.environments(service);
  if (!environments.ok) return fail(told(environments.failure));
  const ids: string[] = [];
  for (const stream of environments.value.filter(({ open_incidents }) => open_incidents > 0)) {
    const current = await store.current(stream);
    if (!current.ok) return fail(told(current.failure));
    ids.push(...current.value.openIncidents().map(({ id }) => id));
  }
  return ok(ids);
}
