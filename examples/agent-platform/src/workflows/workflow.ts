import type { AgentName } from '../agents/load-prompts.ts';
import type { ProviderName } from '../providers/provider.ts';
import type { WorkflowKind } from './plan.ts';

/** One agent's part in a workflow. */
export interface WorkflowStep {
  readonly agent: AgentName;
  readonly provider: ProviderName;
  readonly output: string;
  readonly durationMs: number;
  /** From the agent before being done to this one starting; 0 for the first. */
  readonly handoffMs: number;
}

/**
 *   running ──> completed
 *      └──────> failed
 */
export interface Workflow {
  readonly id: string;
  readonly owner: string;
  readonly kind: WorkflowKind;
  readonly task: string;
  readonly status: 'running' | 'completed' | 'failed';
  readonly steps: readonly WorkflowStep[];
  readonly output?: string;
  readonly error?: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
}

/** What the next agent is told about the work so far: each step, signed. */
export function contextOf(steps: readonly WorkflowStep[]): string {
  if (steps.length === 0) return 'nothing yet';
  return steps.map(({ agent, output }) => `${agent} wrote:\n${output}`).join('\n\n');
}
