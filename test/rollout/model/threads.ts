/** Plays histories on every core. */

import os from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Tally } from './run.ts';

export async function playOnEveryCore(count: number, seed = 1): Promise<Tally> {
  const threads = os.availableParallelism();
  const each = Math.ceil(count / threads);
  const tallies = await Promise.all(
    Array.from({ length: threads }, (_, index) => playInThread(seed + index * each, each)),
  );
  const endings: Record<string, number> = {};
  for (const tally of tallies)
    for (const [kind, times] of Object.entries(tally.endings))
      endings[kind] = (endings[kind] ?? 0) + times;
  return {
    histories: tallies.reduce((sum, tally) => sum + tally.histories, 0),
    endings,
    wrong: tallies.flatMap((tally) => tally.wrong),
  };
}

function playInThread(from: number, count: number): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: { from, count },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
