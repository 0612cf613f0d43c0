/** `nemesis test:unit`: the unit tests, judged alone. */

import { testCommand } from '../test-suites.ts';

export const run = testCommand({ only: ['unit'] });
