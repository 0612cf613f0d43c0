/** The shape of `nemesis.config.yaml` and of presets, which are the same file without a service. */

import { z } from 'zod';
import { ABSENT_STATES } from '../judge/reading.ts';
import { duration, id, innerPath, oneOf, scalar, size, text, wholeNumber } from './atoms.ts';

const mode = oneOf('enforce', 'observe');
const absence = oneOf(...ABSENT_STATES);

const suite = z.strictObject({
  framework: oneOf('jest', 'vitest', 'mocha', 'node-test', 'pytest').optional(),
  args: z.array(scalar).max(100).optional(),
  script: text.optional(),
  timeout: duration.optional(),
});

export const ConfigFile = z.strictObject({
  service: id
    .optional()
    .describe('Name of what is released; the folder or package name by default'),
  extends: z
    .union([text, z.array(text).max(10)], { error: 'expected a preset, a path or a package' })
    .optional()
    .describe('Presets: nemesis/strict, nemesis/recommended, a path, or an npm package'),
  gates: innerPath
    .optional()
    .describe('Folder with gate files of this project: gates/code/x.yaml …'),
  mode: z
    .strictObject({
      code: mode.optional(),
      build: mode.optional(),
      test: mode.optional(),
      staging: mode.optional(),
      production: mode.optional(),
    })
    .optional()
    .describe('observe reports a gate in full and never fails the exit code'),
  limits: z
    .record(id, scalar)
    .optional()
    .describe('Another limit for every comparison of a metric: coverage_overall: 62%'),
  levels: z
    .record(id, oneOf('block', 'warn'))
    .optional()
    .describe('Whether checks and rules about a metric block or warn'),
  tolerate: z
    .record(id, z.array(absence).min(1).max(10))
    .optional()
    .describe('Absences that are accepted openly: npm-audit: [backend_unavailable]'),
  require: z
    .array(id)
    .max(50)
    .optional()
    .describe('Runners that must measure although nothing in the repository declares them'),
  jobs: z
    .union([z.literal('auto'), wholeNumber], { error: 'expected a whole number or auto' })
    .optional(),
  suites: z.strictObject({ unit: suite.optional(), integration: suite.optional() }).optional(),
  secrets: z.array(id).max(100).optional().describe('Environment variables that no tool may see'),
  timeout: duration.optional().describe('Longest time for one tool; 10m by default'),
  output_cap: size.optional().describe('Most a tool may print or report; 64MiB by default'),
});

export type ConfigFile = z.output<typeof ConfigFile>;
