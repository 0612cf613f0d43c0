/** run_production_sanity: only reads, and only what every visitor may. */

import * as checks from './checks.js';
import { runChecks } from './run-checks.js';

await runChecks({
  healthy: checks.isHealthy,
  right_version_everywhere: () => checks.answersAsVersion(40),
  agents: checks.listsAgents,
  dashboard: checks.showsDashboard,
});
