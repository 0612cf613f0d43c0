import { WORKFLOW_KINDS } from '../workflows/plan.ts';
import type { Counter, Histogram, MetricsRegistry } from './registry.ts';

/** Everything the service counts. Labels come from closed sets: route patterns, kinds, agents, error types. */
export interface ServiceMetrics {
  readonly requests: Counter;
  readonly requestSeconds: Histogram;
  readonly errors: Counter;
  readonly workflowsCompleted: Counter;
  readonly workflowsFailed: Counter;
  readonly workflowSeconds: Histogram;
  readonly handoffSeconds: Histogram;
  readonly firstTokenSeconds: Histogram;
  readonly notifications: Counter;
  readonly jobs: Counter;
}

/** Declares the service's metrics in a registry. */
export function declareServiceMetrics(registry: MetricsRegistry): ServiceMetrics {
  const metrics: ServiceMetrics = {
    requests: registry.counter('http_requests_total', 'Requests answered, by route pattern.'),
    requestSeconds: registry.histogram(
      'http_request_duration_seconds',
      'Time from request to the end of its reply.',
    ),
    errors: registry.counter('errors_total', 'Failures by type.'),
    workflowsCompleted: registry.counter('workflows_completed_total', 'Workflows that completed.'),
    workflowsFailed: registry.counter('workflows_failed_total', 'Workflows that failed.'),
    workflowSeconds: registry.histogram(
      'workflow_duration_seconds',
      'Time from start to end of a workflow.',
    ),
    handoffSeconds: registry.histogram(
      'agent_handoff_seconds',
      'Time from one agent being done to the next one starting.',
    ),
    firstTokenSeconds: registry.histogram(
      'agent_time_to_first_token_seconds',
      'Time from asking an agent to the first piece of its answer.',
    ),
    notifications: registry.counter('notifications_total', 'Notifications by outcome.'),
    jobs: registry.counter('queue_jobs_total', 'Jobs taken from the queue, by kind and outcome.'),
  };
  // A series that starts at 0 can be told from one that is not there, and its first increase is seen.
  for (const kind of WORKFLOW_KINDS) {
    metrics.workflowsCompleted.add({ kind }, 0);
    metrics.workflowsFailed.add({ kind }, 0);
  }
  return metrics;
}
