/** `nemesis test:coverage`: every suite, judged by how far the tests reach. */

import { testCommand } from '../test-suites.ts';

/** How far failing tests reach says nothing: whether they pass is asked too. */
export const run = testCommand({
  about: (metric) =>
    metric.includes('coverage') || /^(unit|integration)\.tests_failed$/.test(metric),
  coverage: true,
});
