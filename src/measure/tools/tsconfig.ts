/**
 * How strict the compiler is told to be, by the compiler's own word: `tsc --showConfig` resolves `extends`. What
 * nobody wrote down it leaves out, so the defaults of the installed version stand below.
 */

import { z } from 'zod';
import type { Measurement, MetricValue } from '../runner.ts';
import type { CommandContext, RawRun, Reading } from '../tool.ts';
import { complaintIn } from './complaint.ts';
import { perTsconfig } from './per-tsconfig.ts';
import { readJsonReport } from './json-report.ts';
import { unreadableConfig } from './tsconfig-syntax.ts';
import { withoutPackages } from './typescript-projects.ts';

const TARGETS = [
  ...['ES3', 'ES5', 'ES2015', 'ES2016', 'ES2017', 'ES2018', 'ES2019', 'ES2020', 'ES2021'],
  ...['ES2022', 'ES2023', 'ES2024', 'ES2025', 'ESNext'],
];

/** What `strict` stands for, up to 7.0; each can be taken back. https://www.typescriptlang.org/tsconfig/#strict */
const FAMILY = [
  ...['alwaysStrict', 'noImplicitAny', 'noImplicitThis', 'strictBindCallApply'],
  ...['strictBuiltinIteratorReturn', 'strictFunctionTypes', 'strictNullChecks'],
  ...['strictPropertyInitialization', 'useUnknownInCatchVariables'],
];

const Config = z.object({
  compilerOptions: z.looseObject({
    strict: z.boolean().optional(),
    noImplicitAny: z.boolean().optional(),
    target: z.string().optional(),
    module: z.string().optional(),
  }),
});
type Options = z.infer<typeof Config>['compilerOptions'];

export const tsconfig = perTsconfig({
  id: 'tsconfig',
  about: 'strictness and target of the TypeScript compiler',
  metrics: {
    ts_strict: {
      dimension: 'boolean',
      better: 'higher',
      about: 'the `strict` option, as the compiler resolves it, and nothing of it taken back',
    },
    ts_no_implicit_any: {
      dimension: 'boolean',
      better: 'higher',
      about: 'the `noImplicitAny` option, which `strict` implies',
    },
    ts_target: {
      dimension: 'state',
      better: 'as_asked',
      about: 'the `target` option: the JavaScript that is emitted',
      states: TARGETS,
    },
  },
  /** A config that extends a package cannot be read without that package. */
  ask: (_context, config) => ({ argv: ['--showConfig', '-p', config] }),
  refuse: async ({ project }, config) =>
    withoutPackages(project) === undefined
      ? await unreadableConfig(project.root, config)
      : undefined,
  read: readConfig,
  join,
});

type Metric = 'ts_strict' | 'ts_no_implicit_any' | 'ts_target';

function readConfig(raw: RawRun, { tool }: CommandContext): Reading<Metric> {
  const complaint = /^(?:\S.*\(\d+,\d+\): )?error TS(\d+): /m.exec(raw.stdout);
  if (complaint !== null) {
    const state = complaint[1] === '18003' ? 'nothing_measured' : 'bad_config';
    return { state, why: complaintIn(raw.stdout, raw.root) };
  }
  if (raw.exitCode !== 0) {
    const said = complaintIn(raw.stderr, raw.root) || complaintIn(raw.stdout, raw.root);
    return { state: 'crashed', why: said || `exit code ${raw.exitCode} and no word why` };
  }
  const shown = readJsonReport(raw.stdout, Config);
  if (!shown.ok) return { state: shown.state, why: shown.why };
  const metrics = resolve(shown.value.compilerOptions, tool.version);
  return { state: 'clean', metrics, findings: [], summary: summaryOf(metrics) };
}

/** Seen by running 5.5, 5.9, 6.0 and 7.0: `strict` became the default in 6, where ES2025 is the target of every module kind. */
function resolve(options: Options, version: string | undefined): Record<Metric, MetricValue> {
  const major = version === undefined ? undefined : Number(version.split('.')[0]);
  const unknown = { missing: 'not written down, and the version of tsc is unknown' };
  const asked = options.strict ?? (major === undefined ? unknown : major >= 6);
  const strict = FAMILY.some((name) => options[name] === false) ? false : asked;
  const target = options.target ?? (major === undefined ? unknown : impliedTarget(options, major));
  return {
    ts_strict: strict,
    ts_no_implicit_any: options.noImplicitAny ?? asked,
    ts_target: typeof target === 'string' ? spelled(target) : target,
  };
}

/** Before 6 a Node module kind brought its own target. */
const IMPLIED_BY_MODULE: ReadonlyMap<string, string> = new Map([
  ['node16', 'ES2022'],
  ['node18', 'ES2022'],
  ['node20', 'ES2023'],
  ['nodenext', 'ESNext'],
]);

function impliedTarget({ module = '' }: Options, major: number): string {
  if (major >= 6) return 'ES2025';
  return IMPLIED_BY_MODULE.get(module.toLowerCase()) ?? (major >= 5 ? 'ES5' : 'ES3');
}

/** `es6` and `ES2015` are one; a target newer than this table is no known state. */
function spelled(target: string): MetricValue {
  const wanted = target.toLowerCase() === 'es6' ? 'es2015' : target.toLowerCase();
  return (
    TARGETS.find((name) => name.toLowerCase() === wanted) ?? { missing: `unknown target ${target}` }
  );
}

function summaryOf(metrics: Readonly<Record<string, MetricValue>>): string {
  const target = typeof metrics['ts_target'] === 'string' ? `, ${metrics['ts_target']}` : '';
  return `${metrics['ts_strict'] === true ? 'strict' : 'not strict'}${target}`;
}

/** Of several projects the weakest speaks. */
function join(measured: readonly Measurement[]): Measurement {
  const values = (name: Metric): MetricValue[] =>
    measured.flatMap(({ metrics }) => metrics[name] ?? []);
  const every = (name: Metric): MetricValue =>
    values(name).find((value) => value === false || typeof value === 'object') ?? true;
  const targets = values('ts_target');
  const lowest = TARGETS.find((target) => targets.includes(target));
  const metrics = {
    ts_strict: every('ts_strict'),
    ts_no_implicit_any: every('ts_no_implicit_any'),
    ts_target: targets.find((value) => typeof value === 'object') ??
      lowest ?? { missing: 'no target' },
  };
  return {
    state: 'clean',
    metrics,
    findings: [],
    summary: summaryOf(metrics),
  };
}
