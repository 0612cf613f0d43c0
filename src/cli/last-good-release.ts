/** The commit of the newest good release, as the history has it: what a change is compared with when nothing else is. */

import { currentOf } from '../history/folds/current.ts';
import { openHistoryOf } from './history.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import type { Session } from './session.ts';

interface GoodRelease {
  readonly commit: string;
  readonly version: string;
}

/** Of `production`, else of any environment but `staging`; undefined also where the history cannot be read. */
export async function lastGoodRelease(
  session: Session,
  io: Io,
  parts: Parts,
): Promise<GoodRelease | undefined> {
  const opened = await openHistoryOf(session, io, parts, 'read');
  if (!opened.ok) return undefined;
  const { store, service } = opened.value;
  try {
    const rows = await store.environments(service);
    if (!rows.ok) return undefined;
    const names = rows.value.map(({ environment }) => environment);
    const others = names.filter((name) => name !== 'staging');
    for (const environment of names.includes('production') ? ['production'] : others) {
      const current = await store.current({ service, environment });
      const good = current.ok ? currentOf(current.value, io.now()).last_good : null;
      if (good?.commit != null) return { commit: good.commit, version: good.version };
    }
    return undefined;
  } finally {
    await store.close();
  }
}
