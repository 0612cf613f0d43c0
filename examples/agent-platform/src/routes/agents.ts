import type { Agent } from '../agents/agent.ts';
import type { Team } from '../agents/team.ts';
import { ServiceError } from '../errors.ts';
import type { FaultInjector } from '../faults/injector.ts';
import { json, type Route } from '../http/route.ts';

/** What anyone may know about the agents and their prompts. */
export function agentRoutes(team: Team, faults: FaultInjector): Route[] {
  return [
    {
      method: 'GET',
      path: '/agents',
      about: 'all agents and whether they are ready',
      access: 'public',
      isSteered: true,
      handle: () => {
        faults.trip('agent_list_displays', 'internal');
        return json({ agents: team.agents.map(describe) });
      },
    },
    {
      method: 'GET',
      path: '/agents/:name',
      about: 'one agent with its prompt',
      access: 'public',
      isSteered: true,
      handle: ({ params }) => {
        const agent = team.agents.find(({ name }) => name === params.name);
        if (agent === undefined) throw new ServiceError('not_found', 'no agent has this name');
        return json({ ...describe(agent), prompt: agent.prompt });
      },
    },
    {
      method: 'GET',
      path: '/prompts',
      about: 'all prompts with language and variables',
      access: 'public',
      isSteered: true,
      handle: () => {
        faults.trip('all_endpoints_responding');
        return json({ prompts: team.agents.map(({ prompt }) => prompt) });
      },
    },
  ];
}

function describe({ name, prompt, state }: Agent): object {
  return { name, state, provider: prompt.provider, model: prompt.model, language: prompt.language };
}
