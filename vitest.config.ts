import { defineConfig } from 'vitest/config';
import { noSkips } from './test/no-skips.ts';

export default defineConfig({
  test: {
    reporters: process.env['NEMESIS_REQUIRE_TOOLS'] ? ['default', noSkips] : ['default'],
    include: ['test/**/*.test.ts'],
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
