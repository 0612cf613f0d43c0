import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { MetricsRegistry } from '../../src/metrics/registry.ts';
import { declareServiceMetrics } from '../../src/metrics/service-metrics.ts';
import { parseJob } from '../../src/queue/job.ts';
import { createQueue, type Queue } from '../../src/queue/queue.ts';
import { SettledJobs } from '../../src/queue/settled.ts';
import { runWorker } from '../../src/queue/worker.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createMemoryRedis } from '../support/memory-redis.ts';

function worker(overrides: Partial<Queue> = {}) {
  const clock = new FakeClock();
  const redis = createMemoryRedis(() => clock.nowMs());
  const consumer = redis.client();
  const queue = { ...createQueue(redis.client(), consumer, 'q'), ...overrides };
  const lines: string[] = [];
  const log = createLog(
    'info',
    (line) => lines.push(line),
    () => 0,
  );
  const registry = new MetricsRegistry();
  const metrics = declareServiceMetrics(registry);
  const done = new SettledJobs();
  const handle = (id: string) => {
    done.settle(id);
    return id.startsWith('bad') ? Promise.reject(new Error('broken')) : Promise.resolve();
  };
  const handlers = { workflow: handle, notification: handle, heartbeat: handle };
  const stop = new AbortController();
  const start = () => runWorker({ queue, handlers, clock, log, metrics }, stop.signal);
  const end = () => {
    stop.abort();
    consumer.close();
  };
  const wait = (id: string) => done.wait(id, new AbortController().signal);
  return { clock, redis, queue, lines, registry, start, end, wait };
}

describe('parseJob', () => {
  it.each([
    ['{"kind":"workflow","id":"1"}', { kind: 'workflow', id: '1' }],
    ['{"kind":"party","id":"1"}', undefined],
    ['{"kind":"workflow"}', undefined],
    ['[]', undefined],
    ['oops', undefined],
  ])('%s', (text, job) => {
    expect(parseJob(text)).toEqual(job);
  });
});

describe('runWorker', () => {
  it('does jobs, those that fail and those that cannot be read', async () => {
    const { queue, redis, lines, registry, start, end, wait } = worker();
    await redis.client().command(['RPUSH', 'q:waiting', 'oops']);
    await queue.push({ kind: 'workflow', id: 'bad' });
    await queue.push({ kind: 'notification', id: 'good' });
    const good = wait('good');
    const running = start();
    await good;
    end();
    await running;
    const page = registry.render();
    expect(page).toContain('queue_jobs_total{kind="unknown",outcome="unreadable"} 1');
    expect(page).toContain('queue_jobs_total{kind="workflow",outcome="failed"} 1');
    expect(page).toContain('queue_jobs_total{kind="notification",outcome="done"} 1');
    expect(lines.join('')).toContain('job failed');
    expect(redis.state.lists.get('q:in-work')).toEqual([]);
  });

  it('takes up what a dead process had in work', async () => {
    const { redis, start, end, wait } = worker();
    await redis.client().command(['RPUSH', 'q:in-work', '{"kind":"workflow","id":"left"}']);
    const left = wait('left');
    const running = start();
    await left;
    end();
    await running;
  });

  it('tries again when the queue was not reachable', async () => {
    let failures = 1;
    const { clock, queue, lines, start, end, wait } = worker({
      recover: () => (failures-- > 0 ? Promise.reject(new Error('refused')) : Promise.resolve()),
    });
    await queue.push({ kind: 'heartbeat', id: 'first' });
    const first = wait('first');
    const running = start();
    while (clock.sleeperCount === 0) await Promise.resolve();
    clock.advance(500);
    await first;
    end();
    await running;
    expect(lines.join('')).toContain('queue not reachable');
  });

  it('does many at once', async () => {
    const { queue, start, end, wait, redis } = worker();
    const ids = Array.from({ length: 40 }, (_, i) => `job ${i}`);
    for (const id of ids) await queue.push({ kind: 'heartbeat', id });
    const all = ids.map(wait);
    const running = start();
    await Promise.all(all);
    end();
    await running;
    expect(redis.state.lists.get('q:in-work')).toEqual([]);
  });
});

describe('SettledJobs', () => {
  it('forgets whoever stops waiting', async () => {
    const settled = new SettledJobs();
    const stop = new AbortController();
    const waiting = settled.wait('one', stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow('nobody waits');
    await expect(settled.wait('two', stop.signal)).rejects.toThrow('nobody waits');
    settled.settle('one');
  });
});
