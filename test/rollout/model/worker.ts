/** Plays its part of the histories in a thread of its own. */

import { parentPort, workerData } from 'node:worker_threads';
import { playMany } from './run.ts';

const { from, count } = workerData as { readonly from: number; readonly count: number };
parentPort?.postMessage(await playMany(from, count));
