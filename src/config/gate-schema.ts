/** The shape of a gate file: one agent of the specification. Sentences are proved later, in `prove.ts`. */

import { z } from 'zod';
import {
  cron,
  duration,
  id,
  innerPath,
  oneOf,
  percent,
  scalar,
  text,
  wholeNumber,
} from './atoms.ts';

/** A sentence, or the specification's short form: `- eslint_warnings: < 10`. */
const assertion = z.union([text, z.record(id, scalar)], {
  error: 'expected a sentence such as `eslint_errors == 0`',
});
const assertions = z.array(assertion, { error: 'expected a list of sentences' }).max(200);

interface Sections {
  [section: string]: z.input<typeof assertions> | Sections;
}
const sections: z.ZodType<Sections> = z.record(
  id,
  z.union([assertions, z.lazy(() => sections)], {
    error: 'expected a list of sentences, or sections of such lists',
  }),
  { error: 'expected sections, each a list of sentences' },
);

const customMetric = z.union(
  [
    text,
    z.strictObject({
      path: text,
      unit: oneOf(
        'count',
        'ratio',
        'time',
        'bytes',
        'rate',
        'number',
        'boolean',
        'version',
      ).optional(),
      better: oneOf('lower', 'higher', 'as_asked').optional(),
      about: text.optional(),
    }),
  ],
  { error: 'expected a path in the report' },
);

const customRunner = z.strictObject({
  id,
  run: text,
  report: oneOf('sarif', 'junit', 'json', 'lcov', 'cobertura'),
  report_file: innerPath.optional(),
  metrics: z.record(id, customMetric),
  measured_when: z.array(wholeNumber).min(1).max(50).optional(),
  timeout: duration.optional(),
});

const scoreComponent = z.strictObject({
  weight: percent,
  metrics: z.array(id).min(1, 'expected at least one metric').max(50),
});

export const GateFile = z.strictObject({
  agent_id: id.describe('Id of the agent, as in the specification: DEPLOY_CODE_001'),
  name: id.describe('Name of the agent for people'),
  type: oneOf('ephemeral', 'persistent').describe(
    'ephemeral runs when triggered; persistent is also kept current by the monitor',
  ),
  trigger: id.optional().describe('The event that starts the agent'),
  schedule: cron.optional().describe('A cron expression, for persistent agents'),
  runners: z
    .array(z.union([text, customRunner], { error: 'expected the name of a runner' }), {
      error: 'expected a list of runners',
    })
    .max(50)
    .optional()
    .describe('What measures, in order. `gitleaks or secretlint`: the first one found measures'),
  on_failed_check: oneOf('block', 'warn')
    .optional()
    .describe('What a failed check does: block (default) or warn'),
  checks: sections.optional().describe('Sentences that must hold, in named sections'),
  blocking_rules: assertions.optional().describe('Sentences that block when they are true'),
  warning_rules: assertions.optional().describe('Sentences that warn when they are true'),
  score_components: z.record(id, scoreComponent).optional(),
  normalise: z
    .record(id, text)
    .optional()
    .describe('For each metric of the score, an expression that gives 0 to 100'),
  thresholds: z
    .strictObject({ deploy_ready: text, deploy_with_caution: text, deploy_blocked: text })
    .optional(),
});

export type GateFile = z.output<typeof GateFile>;
