/** The shape of a gate file: one agent of the specification. Sentences are proved later, in `prove.ts`. */

import * as z from 'zod/mini';
import {
  cron,
  duration,
  id,
  innerPath,
  oneOf,
  optional,
  percent,
  scalar,
  text,
  wholeNumber,
} from './atoms.ts';
import { RESPONSES, SEVERITIES } from '../judge/vulnerability.ts';
import { REPORT_FORMATS } from './config.ts';
import { rolloutKeys } from './gate-schema-rollout.ts';
import { suiteKeys } from './gate-schema-suites.ts';

/** A sentence, or the specification's short form: `- eslint_warnings: < 10`. */
const assertion = z.union([text, z.record(id, scalar)], {
  error: 'expected a sentence such as `eslint_errors == 0`',
});
const assertions = z
  .array(assertion, { error: 'expected a list of sentences' })
  .check(z.maxLength(200));

/** As the specification writes an audit: a tool, and the least severity that fails. `audits.ts` makes sentences of it. */
const audit = z.strictObject({
  command: text.check(z.describe('npm audit, pip-audit, trivy fs or trivy image')),
  severity_threshold: oneOf(...SEVERITIES).check(
    z.describe('The least severity that fails the check'),
  ),
  auto_fix: optional(oneOf('patch_only'), 'What `nemesis audit:fix` may change'),
});

interface Sections {
  [section: string]: z.output<typeof assertions> | z.output<typeof audit> | Sections;
}
const sections: z.ZodMiniType<Sections> = z.record(
  id,
  z.union([assertions, audit, z.lazy(() => sections)], {
    error: 'expected a list of sentences, or sections of such lists',
  }),
  { error: 'expected sections, each a list of sentences' },
);

const UNITS = ['count', 'ratio', 'time', 'bytes', 'rate', 'number', 'boolean', 'version'] as const;

const customMetric = z.union(
  [
    text,
    z.strictObject({
      path: text,
      unit: z.optional(oneOf(...UNITS)),
      better: z.optional(oneOf('lower', 'higher', 'as_asked')),
      about: z.optional(text),
    }),
  ],
  { error: 'expected a path in the report' },
);

const customRunner = z.strictObject({
  id,
  run: text,
  report: oneOf(...REPORT_FORMATS),
  report_file: z.optional(innerPath),
  metrics: z.record(id, customMetric),
  measured_when: z.optional(z.array(wholeNumber).check(z.minLength(1), z.maxLength(50))),
  timeout: z.optional(duration),
  joins: z.optional(oneOf('coverage')),
});

const runner = z.union([text, customRunner], { error: 'expected the name of a runner' });

/** Versions are text: `3.10` is not 3.1. */
export const axisValues = z
  .array(text, { error: 'expected a list such as ["18", "20"]' })
  .check(z.minLength(1, 'expected at least one'), z.maxLength(20));

const responses = z.optional(
  z
    .array(oneOf(...RESPONSES), { error: 'expected a list of responses' })
    .check(z.maxLength(RESPONSES.length)),
);

const scoreComponent = z.strictObject({
  weight: percent,
  metrics: z.array(id).check(z.minLength(1, 'expected at least one metric'), z.maxLength(50)),
});

export const GateFile = z.strictObject({
  agent_id: id.check(z.describe('Id of the agent, as in the specification: DEPLOY_CODE_001')),
  name: id.check(z.describe('Name of the agent for people')),
  type: oneOf('ephemeral', 'persistent').check(
    z.describe('ephemeral runs when triggered; persistent is also kept current by the monitor'),
  ),
  trigger: optional(id, 'The event that starts the agent'),
  schedule: optional(cron, 'A cron expression, for persistent agents'),
  runners: optional(
    z.array(runner, { error: 'expected a list of runners' }).check(z.maxLength(50)),
    'What measures, in order. `gitleaks or secretlint`: the first one found measures',
  ),
  on_failed_check: optional(
    oneOf('block', 'warn'),
    'What a failed check does: block (default) or warn',
  ),
  checks: optional(sections, 'Sentences that must hold, in named sections'),
  blocking_rules: optional(assertions, 'Sentences that block when they are true'),
  warning_rules: optional(assertions, 'Sentences that warn when they are true'),
  build_matrix: optional(
    z.strictObject({ environments: z.array(z.record(id, axisValues)).check(z.maxLength(5)) }),
    'Environments that every build must hold in, an axis each: node, python, os',
  ),
  vulnerability_response: optional(
    z.strictObject({ critical: responses, high: responses, moderate: responses, low: responses }),
    'What is done about a hole in a dependency, by how bad it is',
  ),
  ...suiteKeys,
  score_components: z.optional(z.record(id, scoreComponent)),
  normalise: optional(
    z.record(id, text),
    'For each metric of the score, an expression that gives 0 to 100',
  ),
  thresholds: z.optional(
    z.strictObject({ deploy_ready: text, deploy_with_caution: text, deploy_blocked: text }),
  ),
  ...rolloutKeys,
});

export type GateFile = z.output<typeof GateFile>;
