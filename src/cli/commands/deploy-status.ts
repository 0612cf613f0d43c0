/** `nemesis deploy:status`: what serves where, what runs, what is wrong and who holds the lock. */

import { currentOf } from '../../history/folds/current.ts';
import { statusText, type StatusOf } from '../../report/history-text.ts';
import { environmentOption, lineOption } from '../history-options.ts';
import { foldedStreams, warnOfBreaks } from '../history-streams.ts';
import { withHistory } from '../history.ts';
import { failed } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const env = environmentOption(options);
  if (!env.ok) return Promise.resolve(failed(env.failure));
  const service = lineOption(options, 'service');
  if (!service.ok) return Promise.resolve(failed(service.failure));
  return withHistory(input, 'read', async (history) => {
    await warnOfBreaks(history, io, { service: service.value, env: env.value });
    const folded = await foldedStreams(history, { service: service.value, env: env.value });
    if (!folded.ok) return failed(folded.failure);
    // Leases end by the store's clock, not by ours.
    const clock = await history.store.now();
    if (!clock.ok) return failed(history.told(clock.failure));
    const all: StatusOf[] = [];
    for (const { stream, rows } of folded.value) {
      const lease = await history.store.lease(stream);
      if (!lease.ok) return failed(history.told(lease.failure));
      const held = lease.value;
      const lock = held === undefined ? null : { ...held, expired: held.expiresAt <= clock.value };
      all.push({ stream, current: currentOf(rows, io.now()), lock });
    }
    const name = service.value ?? history.service;
    if (options['json'] === true) {
      const environments = all.map(({ stream, current, lock }) => {
        return { environment: stream.environment, ...current, lock };
      });
      const result = { schema: 'nemesis.status/1', service: name, environments };
      io.out(`${JSON.stringify(result, null, 2)}\n`);
    } else if (all.length === 0) io.out(`no data: nothing is recorded of ${name}\n`);
    else io.out(all.map((one) => statusText(one, io.now())).join('\n'));
    return { kind: 'yes' };
  });
};
