/** `nemesis deploy:unfreeze ENVIRONMENT`: releases what a rollback has pinned. */

import { userStateFolder } from '../../history/heads.ts';
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
  const reason = lineOption(options, 'reason', 1000);
  if (!reason.ok) return Promise.resolve(failed(reason.failure));
  return withHistory(input, 'write', async (history) => {
    const { store, service, told } = history;
    const pin = await readPin(store, { service, environment });
    if (!pin.ok) return failed(told(pin.failure));
    if (pin.value === undefined)
      return failed(usage(`${environment.slice(0, 60)} is not pinned`, 'nemesis deploy:status'));
    const body = { reason: reason.value ?? 'released by a person' };
    const record = { type: 'environment_unpinned', body, at: io.now() } as const;
    const noted = await appendRecords(history, environment, io, [record]);
    if (!noted.ok) return failed(noted.failure);
    forgetPin(userStateFolder(io.env), { service, environment }, io.now());
    io.out(`${environment} is free again; it was pinned to ${pin.value.version}\n`);
    return { kind: 'yes' };
  });
};
