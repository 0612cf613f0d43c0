/** `nemesis history:verify`: reads every chain from its first event to its last, and says whether any was changed. */

import { fail, ok, type Result } from '../../failure.ts';
import type { StreamReport, StoreReport } from '../../history/verify.ts';
import { verifyStore } from '../../history/verify.ts';
import { reportText } from '../../report/history-text.ts';
import { withHistory, type History } from '../history.ts';
import { failed } from '../store-failure.ts';
import type { RunCommand } from './command.ts';

const SCHEMA = 'nemesis.verify/1';

export const run: RunCommand = (input) => {
  const { io, options } = input;
  const json = options['json'] === true;
  return withHistory(
    input,
    'read',
    async (history) => {
      if (options['rebuild'] === true) {
        const rebuilt = await rebuildAll(history);
        if (!rebuilt.ok) return failed(rebuilt.failure);
      }
      const verified = await verifyStore(history.store, history.heads);
      if (!verified.ok) return failed(history.told(verified.failure));
      const report = verified.value;
      if (json) io.out(`${JSON.stringify({ schema: SCHEMA, ...report }, null, 2)}\n`);
      else io.out(reportText(report));
      const accepts = options['accept'] === true && isWhole(report);
      if (!report.sound && !accepts) return { kind: 'blocked' };
      const kept = keepHeads(history, report, accepts);
      if (accepts) io.err(kept ? 'taken for true from now on\n' : 'the heads cannot be written\n');
      return kept || !accepts ? { kind: 'yes' } : { kind: 'undecided' };
    },
    ({ failure, damage }) => {
      if (damage === undefined) return failed(failure);
      const report: StoreReport = { streams: [], medium: [damage], sound: false };
      if (json) io.out(`${JSON.stringify({ schema: SCHEMA, ...report }, null, 2)}\n`);
      else io.out(reportText(report));
      return { kind: 'blocked' };
    },
  );
};

/** What status, history and metrics are read from; the events themselves stay as they are. */
async function rebuildAll({ store, told }: History): Promise<Result<void>> {
  const streams = await store.streams();
  if (!streams.ok) return fail(told(streams.failure));
  for (const stream of streams.value) {
    const rebuilt = await store.rebuildRows(stream);
    // A chain that cannot be read is told of below, by its event.
    if (!rebuilt.ok && rebuilt.failure.kind !== 'corrupt') return fail(told(rebuilt.failure));
  }
  return ok(undefined);
}

/** Every chain holds together in itself: at most it is another one than was seen before. */
function isWhole({ streams, medium }: StoreReport): boolean {
  return medium.length === 0 && streams.every(({ problem }) => problem === undefined);
}

function keepHeads({ store, heads }: History, report: StoreReport, accept: boolean): boolean {
  const keep = ({ stream, head }: StreamReport): void => {
    if (accept) heads.accept(store.name, stream, head.seq === 0 ? undefined : head);
    else if (head.seq > 0) heads.remember(store.name, stream, head);
  };
  try {
    report.streams.forEach(keep);
    return true;
  } catch {
    return false;
  }
}
