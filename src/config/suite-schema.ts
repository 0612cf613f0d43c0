/** The shape of `suites` in a configuration: how this project runs what the gates ask for. */

import * as z from 'zod/mini';
import {
  duration,
  id,
  innerPath,
  numberFrom,
  oneOf,
  optional,
  scalar,
  text,
  truth,
  variable,
  wait,
} from './atoms.ts';
import { BROWSERS, FRAMEWORKS } from './suite.ts';

const words = z.array(scalar).check(z.minLength(1, 'expected at least one word'), z.maxLength(100));
const COMMAND = 'expected a command such as `node test/seed.js`, or a list of its words';
const command = z.union([text, words], { error: COMMAND });

const urlError = { error: 'expected an address such as http://127.0.0.1:8080/healthz' };
const url = z
  .string(urlError)
  .check(z.regex(/^https?:\/\/[^\s/?#@\\]{1,255}(?:\/\S{0,500})?$/, urlError));

const ready = z.strictObject({
  port: optional(numberFrom(1, 65_535), 'Something listens on that port of 127.0.0.1'),
  url: optional(url, 'That address answers 200 to 299'),
  run: optional(command, 'That command exits 0'),
});

const setupStep = z.union(
  [
    text,
    words,
    z.strictObject({
      run: command,
      timeout: optional(wait, 'Longest time for a step that returns; 5m by default'),
      background: optional(truth, 'It runs on beside the tests, and is ended after them'),
      ready: optional(
        ready,
        'When what runs in the background can be used: { port }, { url } or { run }',
      ),
      ready_within: optional(wait, 'Longest time until then; 60s by default'),
    }),
  ],
  { error: COMMAND },
);

const teardownStep = z.union(
  [text, words, z.strictObject({ run: command, timeout: z.optional(wait) })],
  { error: COMMAND },
);

const teardown = z.union(
  [z.array(teardownStep).check(z.minLength(1), z.maxLength(20)), z.record(id, teardownStep)],
  { error: 'expected commands, in a list or by name' },
);

const around = {
  teardown: optional(teardown, 'Done after the tests, however they end'),
  env: optional(z.record(variable, scalar), 'Variables for the tests and the steps around them'),
  timeout: z.optional(duration),
};

const suite = {
  framework: z.optional(oneOf(...FRAMEWORKS)),
  args: z.optional(z.array(scalar).check(z.maxLength(100))),
  script: z.optional(text),
  parallel: optional(truth, 'Whether test files run side by side'),
  setup: optional(
    z.record(id, setupStep, { error: 'expected names of steps, each with its command' }),
    'What this project does for the setup steps the gate names: start_test_database: docker compose up -d --wait',
  ),
  ...around,
};

export const SuitesPart = z.strictObject({
  unit: z.optional(z.strictObject(suite)),
  integration: z.optional(z.strictObject(suite)),
  e2e: z.optional(
    z.strictObject({
      ...suite,
      retries: optional(numberFrom(0, 10), 'How often a failed test is run again'),
      browsers: optional(
        z.array(oneOf(...BROWSERS)).check(z.minLength(1), z.maxLength(3)),
        'Projects named after another browser are left out',
      ),
    }),
  ),
  performance: z.optional(
    z.strictObject({
      script: optional(innerPath, 'The k6 script; k6/*.js or *.k6.js by default'),
      target: optional(
        z.union([url, z.strictObject({ env: variable })], urlError),
        'Where the load goes, or env: NAME; the script reads it as TARGET_URL',
      ),
      start: optional(setupStep, 'Starts what the load goes to'),
      ...around,
    }),
  ),
});

export type WrittenSetup = z.output<typeof setupStep>;
export type WrittenTeardown = z.output<typeof teardown>;
