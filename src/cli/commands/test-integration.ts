/** `nemesis test:integration`: the integration tests, judged alone. */

import { testCommand } from '../test-suites.ts';

export const run = testCommand({ only: ['integration'] });
