/** `test_suites` of a gate file: how each suite is run, in the specification's own form. Proved in `prove-suites.ts`. */

import * as z from 'zod/mini';
import { duration, id, numberFrom, oneOf, optional, scalar, text, truth } from './atoms.ts';
import { BROWSERS, SCENARIOS } from './suite.ts';

const list = <T extends z.ZodMiniType>(entry: T, of: string) =>
  z.array(entry, { error: `expected a list of ${of}` }).check(z.minLength(1), z.maxLength(20));

const framework = optional(text, 'What it is expected to be written in, such as jest/pytest');

const suite = {
  framework,
  coverage_threshold: optional(scalar, 'Share of lines it has to run: 80%'),
  parallel: optional(truth, 'false: one test file after the other; true: as the framework does'),
  timeout: optional(duration, 'Longest time for the whole suite'),
  setup: optional(list(id, 'step names'), 'Steps before it; each project declares what they do'),
};

const SCENARIO = 'expected users and a duration, such as `10 VUs, 1m`';
const scenario = z
  .string({ error: SCENARIO })
  .check(z.regex(/^[1-9]\d{0,4} VUs?, *[1-9]\d{0,5}(?:s|m|h)$/, { error: SCENARIO }));

const scenarios = list(
  z.partialRecord(oneOf(...SCENARIOS), scenario, {
    error: 'expected a scenario such as `smoke: 10 VUs, 1m`',
  }),
  'scenarios such as `smoke: 10 VUs, 1m`',
);

export const suiteKeys = {
  test_suites: optional(
    z.strictObject({
      unit: z.optional(z.strictObject(suite)),
      integration: z.optional(z.strictObject(suite)),
      e2e: z.optional(
        z.strictObject({
          framework,
          browsers: optional(
            list(oneOf(...BROWSERS), 'browsers'),
            'Projects of Playwright that are named after another browser are left out',
          ),
          parallel: suite.parallel,
          timeout: suite.timeout,
          retries: optional(numberFrom(0, 10), 'How often a failed test is run again'),
          setup: suite.setup,
        }),
      ),
      performance: z.optional(
        z.strictObject({
          framework,
          timeout: suite.timeout,
          scenarios: optional(scenarios, 'Users at once, and for how long: smoke: 10 VUs, 1m'),
          thresholds: optional(
            list(z.record(id, scalar), 'limits such as `p95_latency: < 500ms`'),
            'What has to hold in every scenario: p95_latency: < 500ms, error_rate: < 1%',
          ),
        }),
      ),
    }),
    'How the suites are run; a project may say otherwise under `suites` of its configuration',
  ),
};
