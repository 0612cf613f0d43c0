import type { AgentName } from '../agents/load-prompts.ts';
import { ServiceError } from '../errors.ts';

/** What can be asked for, and who works on it in which order. `chosen` is whoever the router names. */
const WORKFLOWS = {
  code_generation: ['coder', 'reviewer'],
  research_query: ['researcher', 'reviewer'],
  task_routing: ['router', 'chosen', 'reviewer'],
} as const satisfies Record<string, readonly (AgentName | 'chosen')[]>;

export type WorkflowKind = keyof typeof WORKFLOWS;

export const WORKFLOW_KINDS = Object.keys(WORKFLOWS) as readonly WorkflowKind[];

/** Who the router may choose. */
export const SPECIALISTS = ['coder', 'researcher'] as const satisfies readonly AgentName[];

/** Who is next after these answers; undefined when the workflow is complete. */
export function nextAgent(
  kind: WorkflowKind,
  answers: readonly { agent: AgentName; output: string }[],
): AgentName | undefined {
  const next = WORKFLOWS[kind][answers.length];
  if (next !== 'chosen') return next;
  const choice = answers.at(-1)?.output ?? '';
  const chosen = SPECIALISTS.find(
    (name) => name === choice.trim().toLowerCase().replace(/\.$/, ''),
  );
  if (chosen) return chosen;
  throw new ServiceError(
    'workflow_failed',
    `the router named none of ${SPECIALISTS.join(', ')}: ${choice.slice(0, 80)}`,
  );
}
