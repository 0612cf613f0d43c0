/** run_sanity_suite: the whole service, once the release has all traffic. */

import * as checks from './checks.js';
import { runChecks } from './run-checks.js';

await runChecks({
  healthy: checks.isHealthy,
  right_version_everywhere: () => checks.answersAsVersion(20),
  all_endpoints: checks.allEndpointsRespond,
  all_integrations: checks.allIntegrationsConnected,
});
