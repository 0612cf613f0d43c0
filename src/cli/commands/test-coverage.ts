/** `nemesis test:coverage`: every suite, judged by how far the tests reach. */

import { testCommand } from '../test-suites.ts';

export const run = testCommand({ about: (metric) => metric.includes('coverage'), coverage: true });
