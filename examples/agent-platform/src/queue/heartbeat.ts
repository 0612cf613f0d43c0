import { randomUUID } from 'node:crypto';
import type { Queue } from './queue.ts';
import type { SettledJobs } from './settled.ts';

/** Proves that the queue is worked on: sends a job through it and waits until a worker has done it. */
export async function beat(queue: Queue, settled: SettledJobs, signal: AbortSignal): Promise<void> {
  const id = randomUUID();
  const done = settled.wait(id, signal);
  done.catch(() => undefined);
  await queue.push({ kind: 'heartbeat', id });
  await done;
}
