/** `nemesis test:all`: every suite, judged by the test gate; a load is asked for by name. */

import { testCommand } from '../test-suites.ts';

export const run = testCommand({ asked: ['e2e'] });
