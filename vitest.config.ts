import { defineConfig } from 'vitest/config';
import { SYSTEM_PATH } from './test/measure/process/system-path.ts';
import { noSkips } from './test/no-skips.ts';

export default defineConfig({
  test: {
    reporters: process.env['NEMESIS_REQUIRE_TOOLS'] ? ['default', noSkips] : ['default'],
    include: ['test/**/*.test.ts'],
    // `sleep`, `cat` and `true` are on every machine, though not on every PATH.
    env: { PATH: SYSTEM_PATH },
    globalSetup: ['test/e2e/stage.ts'],
    // Real processes on two cores: generous, so that a slow machine is not a failing one.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'lcov'],
    },
  },
});
