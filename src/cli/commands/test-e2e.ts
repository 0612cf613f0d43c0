/** `nemesis test:e2e`: the end-to-end tests, judged alone. */

import { testCommand } from '../test-suites.ts';

export const run = testCommand({ only: ['e2e'] });
