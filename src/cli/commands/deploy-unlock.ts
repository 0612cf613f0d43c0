/** `nemesis deploy:unlock LOCK`: breaks the lock of a deployment that is dead; only who names it can. */

import { withHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, operands } = input;
  const [id = ''] = operands;
  return withHistory(input, 'write', async ({ service, store, told }) => {
    const locks = await store.leases(service);
    if (!locks.ok) return failed(told(locks.failure));
    const lock = locks.value.find(({ lease }) => lease.id === id);
    if (lock === undefined) {
      const help =
        locks.value.length === 0
          ? 'nothing is locked'
          : 'nemesis deploy:status shows the id of each';
      return failed(usage(`there is no lock \`${id.slice(0, 60)}\` of ${service}`, help));
    }
    const { stream, lease } = lock;
    const broken = await store.breakLease(stream, id);
    if (!broken.ok) return failed(told(broken.failure));
    if (!broken.value.broken) {
      const message = `the lock of ${stream.environment} has changed hands meanwhile`;
      const help = ['look again: nemesis deploy:status'];
      return failed({ kind: 'cannot_act', message, help });
    }
    io.out(`unlocked ${stream.environment}; it was held by ${lease.owner} on ${lease.host}\n`);
    return { kind: 'yes' };
  });
};
