/** `nemesis deploy:unfreeze ENVIRONMENT`: releases what a rollback has pinned, or a person has frozen. */

import { userStateFolder } from '../../history/heads.ts';
import type { JournalRecord } from '../../history/records.ts';
import { harmless } from '../../report/text.ts';
import { readFreeze } from '../../rollout/frozen.ts';
import { readPin } from '../../rollout/journal.ts';
import { forgetPin } from '../../rollout/last-good.ts';
import { appendRecords } from '../history-streams.ts';
import { lineOption } from '../history-options.ts';
import { withHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, operands, options } = input;
  const [environment = ''] = operands;
  const said = lineOption(options, 'reason', 1000);
  if (!said.ok) return Promise.resolve(failed(said.failure));
  return withHistory(input, 'write', async (history) => {
    const { store, service, told } = history;
    const stream = { service, environment };
    const pin = await readPin(store, stream);
    if (!pin.ok) return failed(told(pin.failure));
    // What the configuration says is ended there.
    const freeze = await readFreeze(store, stream, [], io.now());
    if (!freeze.ok) return failed(told(freeze.failure));
    const reason = said.value ?? 'released by a person';
    const held: [JournalRecord['type'], string][] = [];
    if (pin.value !== undefined)
      held.push(['environment_unpinned', `pinned to ${pin.value.version}`]);
    if (freeze.value !== undefined)
      held.push(['environment_unfrozen', `frozen by ${freeze.value.by}`]);
    if (held.length === 0)
      return failed(
        usage(`${environment.slice(0, 60)} is neither pinned nor frozen`, 'nemesis deploy:status'),
      );
    const at = io.now();
    const records = held.map(
      ([type]) => ({ type, body: { reason }, at }) as JournalRecord & { at: number },
    );
    const noted = await appendRecords(history, environment, io, records);
    if (!noted.ok) return failed(noted.failure);
    if (pin.value !== undefined) forgetPin(userStateFolder(io.env), stream, at);
    const was = held.map(([, text]) => text).join(', and ');
    io.out(`${harmless(`${environment} is free again; it was ${was}`)}\n`);
    return { kind: 'yes' };
  });
};
