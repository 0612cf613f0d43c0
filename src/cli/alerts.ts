/** What a rollout has to know of the world around it: open critical incidents, declared alerts, a person's wish. */

import { readRecord } from '../history/folds/read-record.ts';
import type { Stream } from '../history/journal.ts';
import type { Store } from '../history/store.ts';
import type { Alerts } from '../rollout/parts.ts';
import type { WalkPorts } from '../rollout/ports.ts';
import type { Io } from './io.ts';

/** How often the declared command is asked at most. */
const ASK_EVERY_MS = 1000;
/** So many failures of the command in a row, and its silence is not taken for peace any more. */
const FAILURES = 5;

export function alertsFrom(
  store: Store,
  stream: Stream,
  ask: (about: { readonly deployment: string; readonly version: string }) => Promise<Alerts>,
  { now }: Pick<Io, 'now'>,
): WalkPorts['alerts'] {
  let askedAt = -Infinity;
  let failures = 0;
  let declared: readonly string[] = [];
  return async (plan, deployment) => {
    const firing: string[] = [];
    const rows = await store.current(stream);
    if (rows.ok)
      for (const { severity, title, id } of rows.value.openIncidents())
        if (severity === 'critical') firing.push(`critical incident ${id.slice(0, 8)}: ${title}`);
    if (plan.alerts !== null && now() - askedAt >= ASK_EVERY_MS) {
      askedAt = now();
      const answer = await ask({ deployment, version: plan.release.version });
      failures = answer.kind === 'unknown' ? failures + 1 : 0;
      if (answer.kind === 'firing') declared = answer.lines;
      else if (answer.kind === 'none' || failures < FAILURES) declared = [];
      else declared = [`the alerts command failed ${failures} times in a row: ${answer.why}`];
    }
    const asked = await wish(store, stream, deployment);
    return { firing: [...firing, ...declared], ...(asked !== undefined && { asked }) };
  };
}

/** Did somebody ask for this deployment to be taken back? */
async function wish(store: Store, stream: Stream, deployment: string): Promise<string | undefined> {
  const newest = await store.newest(stream, ['rollback_asked'], 1);
  if (!newest.ok || newest.value[0] === undefined) return undefined;
  const read = readRecord(newest.value[0]);
  if (read.kind !== 'record' || read.record.type !== 'rollback_asked') return undefined;
  const { body } = read.record;
  return body.deployment === deployment
    ? `asked by ${newest.value[0].actor}: ${body.reason}`
    : undefined;
}
