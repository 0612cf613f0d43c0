/** all_endpoints_responding: every public endpoint that takes no input, as the service itself lists them. */

import * as checks from './checks.js';
import { runChecks } from './run-checks.js';

await runChecks({ all_endpoints: checks.allEndpointsRespond });
