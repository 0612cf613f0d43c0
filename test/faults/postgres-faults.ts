/** Postgres behind a bad line, and Postgres that dies. */

import type { Store } from '../../src/history/store.ts';
import { verifyStore } from '../../src/history/verify.ts';
import type { Cluster } from '../contracts/cluster.ts';
import { draft, PAYMENTS, value } from '../contracts/store.ts';
import type { Shim } from './shim.ts';

export interface Writing {
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  readonly failures: readonly string[];
  readonly sound: boolean;
  readonly slowestMs: number;
}

/** Appends through the shim, which cuts each commit once: before it, after it, in turn. */
export async function cutCommits(store: Store, shim: Shim, events: number): Promise<Writing> {
  return write(store, events, (n) => {
    shim.cutNextCommit(n % 2 === 0 ? 'before' : 'after');
    return Promise.resolve();
  });
}

/** Appends while the server is killed again and again. */
export async function killServer(store: Store, cluster: Cluster, kills: number): Promise<Writing> {
  let over = false;
  const killer = (async () => {
    for (let n = 0; n < kills; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300 + 100 * (n % 5)));
      await cluster.stop('immediate');
      await new Promise((resolve) => setTimeout(resolve, 100 * (n % 4)));
      await cluster.start();
    }
    over = true;
  })();
  const result = await write(store, Infinity, async (n) => {
    await new Promise((resolve) => setTimeout(resolve, n % 7));
    return over;
  });
  await killer;
  return result;
}

/** @param before is awaited before each append; true ends the writing */
async function write(
  store: Store,
  events: number,
  before: (n: number) => Promise<unknown>,
): Promise<Writing> {
  const acknowledged: string[] = [];
  const failures: string[] = [];
  let slowestMs = 0;
  for (let n = 0; n < events; n += 1) {
    if ((await before(n)) === true) break;
    const began = performance.now();
    const result = await store.append(PAYMENTS, [draft(`e${n}`)]);
    slowestMs = Math.max(slowestMs, Math.round(performance.now() - began));
    if (result.ok) acknowledged.push(`e${n}`);
    else failures.push(result.failure.kind);
  }
  const found = new Map<string, number>();
  for (let after = 0; ; after += 1_000) {
    const read = value(await store.read(PAYMENTS, after, 1_000));
    for (const { id } of read) found.set(id, (found.get(id) ?? 0) + 1);
    if (read.length < 1_000) break;
  }
  return {
    events: acknowledged.length,
    lost: acknowledged.filter((id) => !found.has(id)).length,
    doubled: [...found.values()].filter((count) => count > 1).length,
    failures,
    sound: value(await verifyStore(store)).sound,
    slowestMs,
  };
}
