/** run_smoke_tests: one instance of the candidate, before anybody is sent to it. */

import * as checks from './checks.js';
import { runChecks } from './run-checks.js';

await runChecks({
  healthy: checks.isHealthy,
  right_version: checks.answersAsVersion,
  integrations: checks.pingsIntegrations,
  agents: checks.listsAgents,
  dashboard: checks.showsDashboard,
  strangers_refused: checks.refusesStrangers,
  sign_in: checks.signsInAndOut,
});
