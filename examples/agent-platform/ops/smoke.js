/** smoke: the critical paths of the specification, each by its name, through the front door. */

import * as checks from './checks.js';
import { expectStatus } from './ask.js';
import { runChecks } from './run-checks.js';

const ping = (name) => async () => {
  await expectStatus(200, `/integrations/${name}/ping`);
};

await runChecks({
  authentication: checks.refusesStrangers,
  code_generation_basic: () => checks.runsWorkflow('code_generation'),
  research_query_basic: () => checks.runsWorkflow('research_query'),
  task_routing_basic: () => checks.runsWorkflow('task_routing'),
  openai_ping: ping('openai'),
  anthropic_ping: ping('anthropic'),
  database_connectivity: ping('database'),
  redis_connectivity: ping('redis'),
  dashboard_loads: checks.showsDashboard,
  agent_list_displays: checks.listsAgents,
});
