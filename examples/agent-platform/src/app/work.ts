import { withDeadline } from '../clock.ts';
import { ServiceError } from '../errors.ts';
import { deliver } from '../notifications/deliver.ts';
import { runWorker } from '../queue/worker.ts';
import { runWorkflow } from '../workflows/run-workflow.ts';
import type { Workflow } from '../workflows/workflow.ts';
import type { Core } from './core.ts';

/** Runs a workflow with what the core has. */
export function workflowRunner(core: Core) {
  const { team, workflows: records, faults, metrics } = core;
  const { clock, log } = core.ports;
  return (workflow: Workflow, signal: AbortSignal): Promise<Workflow> =>
    runWorkflow({ team, records, clock, faults, metrics, log }, workflow, signal);
}

/** Starts doing jobs. The returned function takes no more and resolves when those in work have ended. */
export function startWork(core: Core): () => Promise<void> {
  const { config, queue, settled, workflows, notifications, faults, metrics } = core;
  const { clock, log } = core.ports;
  const run = workflowRunner(core);
  const stop = new AbortController();
  const abandon = new AbortController();
  const delivery = {
    records: notifications,
    webhookUrl: config.notifyWebhookUrl,
    clock,
    faults,
    metrics,
    send: fetch,
  };
  const handlers = {
    heartbeat: (id: string) => Promise.resolve(settled.settle(id)),
    workflow: async (id: string) => {
      const workflow = workflows.find(id);
      if (workflow?.status === 'running') await run(workflow, abandon.signal);
    },
    notification: async (id: string) => {
      await deliver(delivery, id);
      settled.settle(id);
    },
  };
  const working = faults.isOn('queue_processing')
    ? Promise.resolve()
    : runWorker({ queue, handlers, clock, log, metrics }, stop.signal);

  return async () => {
    stop.abort();
    core.stopTaking();
    const late = () => new ServiceError('timeout', 'jobs are still in work');
    try {
      await withDeadline(clock, config.drainTimeoutMs, () => working, late);
    } catch {
      abandon.abort();
      await working;
    }
  };
}
