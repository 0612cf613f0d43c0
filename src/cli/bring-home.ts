/** Records that an emergency kept on this machine come into the history they belong to, before anything else is added. */

import { userStateFolder } from '../history/heads.ts';
import { importSpool } from '../history/import-spool.ts';
import type { StorePlace } from '../history/open-store.ts';
import { headStands, rememberEnd } from './history-streams.ts';
import type { ConfiguredHistory } from './history.ts';
import type { Io } from './io.ts';

export async function bringHome(
  history: ConfiguredHistory,
  place: StorePlace,
  io: Io,
): Promise<void> {
  const { store, service, told } = history;
  const { imported, kept } = await importSpool({
    ...{ stateFolder: userStateFolder(io.env), env: io.env, store, place, service },
    async refuses(stream) {
      const stands = await headStands(history, stream);
      return stands.ok ? undefined : messageOf(stands.failure);
    },
  });
  for (const { stream, last } of imported) {
    rememberEnd(history, stream, last);
    io.err(
      `nemesis: a rollback of ${stream.environment} that was kept here is in the history now\n`,
    );
  }
  for (const { file, why, failure } of kept) {
    const more = failure === undefined ? '' : `: ${messageOf(told(failure))}`;
    io.err(`nemesis: a rollback kept in ${file} cannot be imported: ${why}${more}\n`);
  }
}

function messageOf(failure: object): string {
  return 'message' in failure ? String(failure.message) : 'it cannot be told why';
}
