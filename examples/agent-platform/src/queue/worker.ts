import type { Clock } from '../clock.ts';
import { reasonOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import { type Job, type JobKind, parseJob } from './job.ts';
import type { Queue } from './queue.ts';

export interface WorkerParts {
  readonly queue: Queue;
  readonly handlers: Readonly<Record<JobKind, (id: string) => Promise<void>>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ServiceMetrics;
}

const WAIT_SECONDS = 1;
const RETRY_MS = 500;

/** Jobs in work at once. A workflow mostly waits for a provider, so one at a time would starve the heartbeat. */
const CONCURRENCY = 8;

/** Takes jobs until the signal aborts, then resolves when those in work are done. A job that throws is done too. */
export async function runWorker(parts: WorkerParts, signal: AbortSignal): Promise<void> {
  const { queue, clock, log } = parts;
  const running = new Set<Promise<void>>();
  let isRecovered = false;
  while (!signal.aborted) {
    try {
      if (!isRecovered) await queue.recover();
      isRecovered = true;
      const text = await queue.take(WAIT_SECONDS);
      if (text === undefined) continue;
      const work = runJob(parts, text).finally(() => running.delete(work));
      running.add(work);
      if (running.size >= CONCURRENCY) await Promise.race(running);
    } catch (thrown) {
      if (signal.aborted) break;
      log.warn('queue not reachable', { reason: reasonOf(thrown) });
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
  }
  await Promise.all(running);
}

async function runJob(parts: WorkerParts, text: string): Promise<void> {
  const job = parseJob(text);
  const outcome = job ? await handle(parts, job) : 'unreadable';
  parts.metrics.jobs.add({ kind: job?.kind ?? 'unknown', outcome });
  await parts.queue.done(text).catch((thrown: unknown) => {
    parts.log.warn('job not struck off', { reason: reasonOf(thrown) });
  });
}

async function handle({ handlers, log }: WorkerParts, job: Job): Promise<'done' | 'failed'> {
  try {
    await handlers[job.kind](job.id);
    return 'done';
  } catch (thrown) {
    log.error('job failed', { kind: job.kind, id: job.id, reason: reasonOf(thrown) });
    return 'failed';
  }
}
