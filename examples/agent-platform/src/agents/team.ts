import { reasonOf, ServiceError } from '../errors.ts';
import type { Agent } from './agent.ts';
import type { AgentName } from './load-prompts.ts';

/** All agents of the service. */
export interface Team {
  readonly agents: readonly Agent[];
  get(name: AgentName): Agent;
  /** Initializes those that are not ready yet; throws and names them when some stay behind. */
  initialize(signal: AbortSignal): Promise<void>;
}

export function createTeam(agents: readonly Agent[]): Team {
  return {
    agents,
    get(name) {
      const agent = agents.find((candidate) => candidate.name === name);
      if (agent === undefined) throw new Error(`no agent is called ${name}`);
      return agent;
    },
    async initialize(signal) {
      const results = await Promise.allSettled(agents.map((agent) => agent.initialize(signal)));
      const reasons = results.flatMap((result, i) =>
        result.status === 'rejected' ? [`${agents[i]?.name}: ${reasonOf(result.reason)}`] : [],
      );
      if (reasons.length > 0) throw new ServiceError('unavailable', reasons.join('; '));
    },
  };
}
