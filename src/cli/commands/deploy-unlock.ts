/** `nemesis deploy:unlock LOCK`: breaks the lock of a deployment that is dead; only who names it can. */

import type { Stream } from '../../history/journal.ts';
import type { Lease } from '../../history/store.ts';
import { withHistory } from '../history.ts';
import { failed, usage } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

export const run: RunCommand = (input) => {
  const { io, operands } = input;
  const [id = ''] = operands;
  return withHistory(input, 'write', async ({ service, store, told }) => {
    const streams = await store.streams();
    if (!streams.ok) return failed(told(streams.failure));
    const locks: { readonly stream: Stream; readonly lease: Lease }[] = [];
    for (const stream of streams.value.filter((one) => one.service === service)) {
      const lease = await store.lease(stream);
      if (!lease.ok) return failed(told(lease.failure));
      if (lease.value !== undefined) locks.push({ stream, lease: lease.value });
    }
    const lock = locks.find(({ lease }) => lease.id === id);
    if (lock === undefined) {
      const help =
        locks.length === 0 ? 'nothing is locked' : 'nemesis deploy:status shows the id of each';
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
