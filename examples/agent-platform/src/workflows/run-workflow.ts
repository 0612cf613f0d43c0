import type { Team } from '../agents/team.ts';
import { type Clock, roundMs } from '../clock.ts';
import { toServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { SwitchName } from '../faults/table.ts';
import type { Log } from '../log.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { Records } from '../storage/records.ts';
import { nextAgent, SPECIALISTS, type WorkflowKind } from './plan.ts';
import { contextOf, type Workflow, type WorkflowStep } from './workflow.ts';

export interface WorkflowParts {
  readonly team: Team;
  readonly records: Records<Workflow>;
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly metrics: ServiceMetrics;
  readonly log: Log;
}

const FAULT_OF = {
  code_generation: 'code_generation_basic',
  research_query: 'research_query_basic',
  task_routing: 'task_routing_basic',
} as const satisfies Record<WorkflowKind, SwitchName>;

/**
 * Walks a running workflow from agent to agent and returns it completed or failed. Every step is written down
 * before the next agent is asked, so the record shows how far a workflow came.
 */
export async function runWorkflow(
  parts: WorkflowParts,
  started: Workflow,
  signal: AbortSignal,
): Promise<Workflow> {
  const { clock, metrics, records, log } = parts;
  const startMs = clock.monotonicMs();
  // A workflow that a dead process left half done starts over: its last agent may have answered unheard.
  let workflow: Workflow = { ...started, steps: [] };
  try {
    parts.faults.trip(FAULT_OF[workflow.kind], 'workflow_failed');
    parts.faults.trip('basic_workflow_execution', 'workflow_failed');
    for await (const step of walk(parts, workflow, signal)) {
      workflow = { ...workflow, steps: [...workflow.steps, step] };
      records.update(workflow);
    }
    const output = workflow.steps.at(-1)?.output ?? '';
    workflow = { ...workflow, status: 'completed', output };
    metrics.workflowsCompleted.add({ kind: workflow.kind });
  } catch (thrown) {
    const error = toServiceError(thrown);
    workflow = { ...workflow, status: 'failed', error: error.message };
    metrics.workflowsFailed.add({ kind: workflow.kind });
    log.error('workflow failed', { id: workflow.id, kind: workflow.kind, reason: error.message });
  }
  workflow = { ...workflow, finishedAt: new Date(clock.nowMs()).toISOString() };
  records.update(workflow);
  metrics.workflowSeconds.observe((clock.monotonicMs() - startMs) / 1000, { kind: workflow.kind });
  return workflow;
}

async function* walk(
  { team, clock, faults, metrics }: WorkflowParts,
  { kind, task }: Workflow,
  signal: AbortSignal,
): AsyncGenerator<WorkflowStep> {
  const steps: WorkflowStep[] = [];
  let doneMs = clock.monotonicMs();
  for (let name = nextAgent(kind, steps); name; name = nextAgent(kind, steps)) {
    const agent = team.get(name);
    if (steps.length > 0) faults.trip('agent_handoff', 'workflow_failed');
    const values = { task, context: contextOf(steps), agents: SPECIALISTS.join(', ') };
    const startMs = clock.monotonicMs();
    const handoffMs = steps.length === 0 ? 0 : roundMs(startMs - doneMs);
    if (steps.length > 0) metrics.handoffSeconds.observe(handoffMs / 1000);
    const output = await agent.answer(values, signal);
    doneMs = clock.monotonicMs();
    const { provider } = agent.prompt;
    const durationMs = roundMs(doneMs - startMs);
    const step = { agent: name, provider, output, durationMs, handoffMs };
    steps.push(step);
    yield step;
  }
}
