/** The shape of `nemesis.config.yaml` and of presets, which are the same file without a service. */

import * as z from 'zod/mini';
import { ABSENT_STATES } from '../judge/reading.ts';
import { SuitesPart } from './suite-schema.ts';
import { duration, id, innerPath, oneOf, optional, scalar, size, text, jobCount } from './atoms.ts';
import { CoveragePart } from './coverage-schema.ts';
import { ProbesPart } from './probe-schema.ts';
import { EnvironmentsPart, ReleasePart, TrialPart } from './environment-schema.ts';

const mode = oneOf('enforce', 'observe');
const absence = oneOf(...ABSENT_STATES);

/** An address that holds a password stands in the environment, never in a file. */
const store = z.union([text, z.strictObject({ env: id })], {
  error: 'expected a place such as .nemesis/history.sqlite or postgres://…, or env: NAME',
});

export const ConfigFile = z.strictObject({
  service: optional(id, 'Name of what is released; the folder or package name by default'),
  extends: optional(
    z.union([text, z.array(text).check(z.maxLength(10))], {
      error: 'expected a preset, a path or a package',
    }),
    'Presets: nemesis/strict, nemesis/recommended, a path, or an npm package',
  ),
  gates: optional(innerPath, 'Folder with gate files of this project: gates/code/x.yaml …'),
  mode: optional(
    z.strictObject({
      code: z.optional(mode),
      build: z.optional(mode),
      test: z.optional(mode),
      staging: z.optional(mode),
      production: z.optional(mode),
    }),
    'observe reports a gate in full and never fails the exit code',
  ),
  limits: optional(
    z.record(id, scalar),
    'Another limit for every comparison of a metric: coverage_overall: 62%',
  ),
  levels: optional(
    z.record(id, oneOf('block', 'warn')),
    'Whether checks and rules about a metric block or warn',
  ),
  tolerate: optional(
    z.record(id, z.array(absence).check(z.minLength(1), z.maxLength(10))),
    'Absences that are accepted openly: npm-audit: [backend_unavailable]',
  ),
  waivers: optional(
    innerPath,
    'File of waivers: dated exceptions to findings and sentences; nemesis.waivers.yaml by default',
  ),
  require: optional(
    z.array(id).check(z.maxLength(50)),
    'Runners that must measure although nothing in the repository declares them',
  ),
  jobs: z.optional(
    z.union([z.literal('auto'), jobCount], { error: 'expected a number from 1 to 64, or auto' }),
  ),
  suites: optional(
    SuitesPart,
    'How this project runs its suites, where the gates and what is found do not say it',
  ),
  matrix: optional(
    z.record(id, z.array(text).check(z.maxLength(20))),
    'Other values for an axis of the build matrix; an empty list leaves the axis out',
  ),
  bundle: optional(
    z.strictObject({
      output: optional(innerPath, 'Folder with what the build emits: dist'),
      build: optional(text, 'Command that builds it; without it nothing is built'),
      limit: optional(size, 'Size at which the score begins to fall: 5MB'),
    }),
    'What the build emits: its size, tree shaking and source maps are measured',
  ),
  coverage: optional(CoveragePart, 'Which files the coverage gates are about'),
  audit: optional(
    z.strictObject({
      image: optional(text, 'The image that is released: image.tar, or a name on this machine'),
      database_max_age: optional(
        duration,
        'How old a vulnerability database of trivy may be; 168h by default',
      ),
    }),
    'What the audits of dependencies look at beside the repository',
  ),
  secrets: optional(
    z.array(id).check(z.maxLength(100)),
    'Environment variables that no tool may see; the steps of a release get them',
  ),
  store: optional(
    store,
    'Where the history is kept: sqlite:<path>, postgres://…, or env: NAME of a variable that says it',
  ),
  release: optional(ReleasePart, 'What is released'),
  probes: optional(ProbesPart, 'How each path of the service is tried, by the names in the gates'),
  environments: optional(EnvironmentsPart, 'Where it is released to, by name'),
  trial: optional(TrialPart, 'A rehearsal in less time; plans and records say so'),
  timeout: optional(duration, 'Longest time for one tool; 10m by default'),
  output_cap: optional(size, 'Most a tool may print or report; 64MiB by default'),
});

export type ConfigFile = z.output<typeof ConfigFile>;
