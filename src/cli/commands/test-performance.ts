/** `nemesis test:performance`: the load of the gates against this service, judged alone. */

import { testCommand } from '../test-suites.ts';

export const run = testCommand({ only: ['k6'] });
