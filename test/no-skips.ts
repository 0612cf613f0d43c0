/**
 * In CI no test may be skipped: where `NEMESIS_REQUIRE_TOOLS` is set, a skipped one fails the run and is named. Tools can
 * be installed, a right cannot: what the machine does not permit is named, and no failure.
 */

import type { Reporter, TestModule } from 'vitest/node';

const NOT_PERMITTED = /this user may not /;

export const noSkips: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    const names = skipped.map((test) => `  ${test.module.relativeModuleId} > ${test.fullName}\n`);
    process.stderr.write(`\n${skipped.length} skipped, and NEMESIS_REQUIRE_TOOLS allows none:\n`);
    process.stderr.write(names.join(''));
    if (skipped.some(({ fullName }) => !NOT_PERMITTED.test(fullName))) process.exitCode = 1;
  },
};
