/** Deployments recorded one after the other, while the server dies every few seconds. */

import type { Store } from '../../src/history/store.ts';
import type { Cluster } from '../contracts/cluster.ts';
import { draft, PAYMENTS, value } from '../contracts/store.ts';

export interface Recorded {
  readonly runs: number;
  readonly stops: number;
  /** Runs whose row says something else than what was acknowledged. */
  readonly wrong: readonly string[];
}

const RELEASE = { commit: null, committed_at: null, artifact: null };

/** Each run begins, goes through two stages and succeeds; between its records it takes a moment, as in life. */
export async function recordRuns(
  store: Store,
  cluster: Cluster,
  runs: number,
  everyMs: number,
): Promise<Recorded> {
  let isOver = false;
  let stops = 0;
  const stopping = (async () => {
    for (;;) {
      for (let waited = 0; waited < everyMs && !isOver; waited += 100) await pause(100);
      if (isOver) return;
      await cluster.stop('immediate');
      await pause(200 * (stops % 4));
      await cluster.start();
      stops += 1;
    }
  })();
  const wrong: string[] = [];
  for (let n = 0; n < runs; n += 1) {
    const deployment = `run-${n}`;
    const records: readonly (readonly [type: string, body: object])[] = [
      ['deployment_started', begun(deployment)],
      ['deployment_stage', { deployment, stage: 'batch 1 of 2' }],
      ['deployment_stage', { deployment, stage: 'batch 2 of 2' }],
      ['deployment_finished', ended(deployment)],
    ];
    for (const [at, [type, body]] of records.entries()) {
      const event = draft(`${deployment}-${at}`, { type, body: { ...body } });
      const added = await store.append(PAYMENTS, [event]);
      if (!added.ok) wrong.push(`${deployment}: ${type} was refused: ${added.failure.kind}`);
      await pause(60);
    }
  }
  isOver = true;
  await stopping;
  const rows = value(await store.deployments({ service: PAYMENTS.service, limit: runs * 2 }));
  const said = new Map(rows.map((row) => [row.id, `${row.status} at ${row.stage ?? 'no stage'}`]));
  for (let n = 0; n < runs; n += 1) {
    const found = said.get(`run-${n}`);
    if (found !== 'succeeded at batch 2 of 2') wrong.push(`run-${n} is ${found ?? 'lost'}`);
  }
  if (rows.length !== runs) wrong.push(`${rows.length} rows of ${runs} runs`);
  return { runs, stops, wrong };
}

function begun(deployment: string): object {
  return {
    ...{ deployment, kind: 'deploy', release: { version: deployment, ...RELEASE } },
    ...{ previous: null, takes_back: null, hotfix: false, strategy: null, validation_ms: null },
  };
}

function ended(deployment: string): object {
  return { deployment, status: 'succeeded', reason: null, failure_detected_at: null };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
