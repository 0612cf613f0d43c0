/** `nemesis test:all`: every suite, judged by the test gate. */

import { testCommand } from '../test-suites.ts';

export const run = testCommand({});
