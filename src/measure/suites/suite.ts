/** One test suite as a runner: finds the framework, runs it with its own reports, counts what came of it. */

import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { SuiteName } from '../../config/config.ts';
import type { MetricDeclaration } from '../../judge/catalogue.ts';
import type { Finding } from '../../judge/finding.ts';
import { shareOf } from '../formats/lcov.ts';
import { locateTool } from '../locate.ts';
import type { Project } from '../project.ts';
import type { Measurement, MetricValue, RunContext, Runner } from '../runner.ts';
import { absent, hasNumbers, runTool, type RawRun, type Reading } from '../tool.ts';
import { unbuiltIn } from '../unbuilt.ts';
import { countingArguments, wrapperArguments } from './coverage-tool.ts';
import { findSuite, type FoundSuite } from './discover.ts';
import type { CoverageWay, TestFailure, TestFramework, TestRun } from './framework.ts';
import { unpackLines, type LineCoverage, type LineMeasurement } from '../line-coverage.ts';
import { projectsToRun } from './playwright-projects.ts';
import { withWishes } from './run-options.ts';
import { plain, usefulLine } from './said.ts';
import { coverageFiles, readCoverage } from './suite-coverage.ts';
import { withSurroundings } from '../surroundings/with-surroundings.ts';

type SuiteMetric =
  `${SuiteName}.${'tests_total' | 'tests_passed' | 'tests_failed' | 'tests_skipped' | 'tests_flaky' | 'coverage'}`;

/** Unit and integration tests reach lines; end-to-end tests have attempts. */
const isEndToEnd = (name: SuiteName): boolean => name === 'e2e';

export function suiteRunner(name: SuiteName): Runner {
  return {
    id: name,
    about: isEndToEnd(name)
      ? 'the end-to-end tests, in browsers, by Playwright'
      : `the ${name} tests, by the project's own test runner`,
    ...(isEndToEnd(name) ? { onlyWhenAsked: 'test:e2e' } : {}),
    needs: isEndToEnd(name)
      ? 'end-to-end tests by Playwright, and `--full`, `test:e2e` or the pipeline'
      : `a test runner or script for ${name} tests`,
    metrics: suiteMetrics(name),
    inPlay(project) {
      const found = findSuite(project, name);
      return found.kind === 'none'
        ? { inPlay: false, why: found.why }
        : { inPlay: true, because: found.because };
    },
    isFound(project) {
      const found = findSuite(project, name);
      return (
        found.kind !== 'runnable' || locateTool({ name: found.framework.program }, project).found
      );
    },
    async measure(context) {
      const found = findSuite(context.project, name);
      if (found.kind === 'none') return absent('nothing_measured', found.why);
      if (found.kind === 'unreadable') return absent(found.state, found.why, found.help);
      const around = context.project.suites[name] ?? {};
      return withSurroundings(name, around, context, (env) =>
        measureSuite(name, found, context, env),
      );
    },
  };
}

function suiteMetrics(name: SuiteName): Record<SuiteMetric, MetricDeclaration> {
  const count = (better: 'lower' | 'higher' | 'as_asked', about: string): MetricDeclaration => ({
    dimension: 'count',
    better,
    about,
  });
  return {
    [`${name}.tests_total`]: count('higher', `${name} tests, run or skipped`),
    [`${name}.tests_passed`]: count('higher', `${name} tests that passed`),
    [`${name}.tests_failed`]: count(
      'lower',
      `${name} tests that failed, and test files that could not be loaded`,
    ),
    [`${name}.tests_skipped`]: count('as_asked', `${name} tests that were skipped`),
    ...(isEndToEnd(name)
      ? {
          [`${name}.tests_flaky`]: count(
            'lower',
            `${name} tests that failed first and passed when they were run again`,
          ),
        }
      : {
          [`${name}.coverage`]: {
            dimension: 'ratio',
            better: 'higher',
            about: `share of lines the ${name} tests run`,
          },
        }),
  } as Record<SuiteMetric, MetricDeclaration>;
}

const NOT_COUNTED: CoverageWay = {
  kind: 'none',
  why: 'end-to-end tests run a whole service, and count no lines',
};

/** @param env on top of what the script sets: of the configuration, and of the steps before the suite */
async function measureSuite(
  name: SuiteName,
  suite: Extract<FoundSuite, { kind: 'runnable' }>,
  context: RunContext,
  env: Readonly<Record<string, string>>,
): Promise<LineMeasurement> {
  const { project, workDir } = context;
  const { framework } = suite;
  const located = locateTool({ name: framework.program }, project);
  const install = installOf(framework, project);
  if (!located.found) {
    const why = `${framework.program} is not installed (looked in ${located.lookedIn})`;
    return absent('not_installed', why, install);
  }
  const version =
    framework.asksVersion === true ? await askVersion(located.file, context) : located.version;
  const coverage = isEndToEnd(name) ? NOT_COUNTED : framework.coverage(project, version);
  const wishes = project.suites[name] ?? {};
  const browsers = framework.name === 'playwright' ? wishes.browsers : undefined;
  const chosen = await projectsToRun(located.file, suite.args, browsers, suite.env, context);
  const args = [
    ...withWishes(framework.name, wishes, suite.args, version, project),
    ...chosen.args,
  ];
  const command = framework.command({ project, workDir, coverage, version, args });
  const wrapped = coverage.kind === 'wrapped';
  const counting =
    wrapped && suite.wrapperArgs.length === 0
      ? countingArguments(project, coverage.by)
      : suite.wrapperArgs;
  let lines: LineCoverage | undefined;
  const measurement = await runTool<SuiteMetric>(
    {
      id: name,
      install: wrapped ? project.installCommand : install,
      location: { name: wrapped ? coverage.by : framework.program },
      kind: 'project',
      command: () => ({
        argv: [
          ...wrapperArguments(coverage, counting, framework.program, workDir),
          ...command.argv,
        ],
        env: { ...suite.env, ...env, ...command.env },
        alsoRead: coverageFiles(coverage),
        ...(command.report === undefined ? {} : { report: command.report }),
        ...(command.discard === undefined ? {} : { discard: command.discard }),
      }),
      ...(framework.redact === undefined
        ? {}
        : { redact: (report: string) => framework.redact!(report) }),
      read(raw) {
        const covered = readCoverage(raw, coverage, framework.name);
        lines = covered.lines;
        return readSuite(name, framework, project, raw, covered.value);
      },
    },
    { ...context, timeoutMs: wishes.timeoutMs ?? context.timeoutMs },
  );
  return {
    ...measurement,
    ...summaryWith(measurement, [...unrunBefore(suite.script, project), ...chosen.leftOut]),
    ...evidenceFor(measurement, framework, version),
    ...(lines === undefined || !hasNumbers(measurement) ? {} : reachOf(name, lines)),
  };
}

function reachOf(name: SuiteName, lineCoverage: LineCoverage): Partial<LineMeasurement> {
  return { lineCoverage, shares: { [`${name}.coverage`]: shareOf(unpackLines(lineCoverage)) } };
}

function installOf(framework: TestFramework, project: Project): string {
  const declared = framework.package !== undefined && project.dependencies.has(framework.package);
  return declared ? project.installCommand : framework.install;
}

function summaryWith({ summary }: Measurement, unrun: readonly string[]): Partial<Measurement> {
  if (unrun.length === 0 || summary === undefined) return {};
  return { summary: `${summary}, without ${unrun.join(', ')}` };
}

/** Also where another program started it, the framework is what measured. */
function evidenceFor(
  { evidence }: Measurement,
  framework: TestFramework,
  version: string | undefined,
): Partial<Measurement> {
  if (evidence === undefined) return {};
  const named = { ...evidence, tool: framework.name };
  return { evidence: version === undefined ? named : { ...named, version } };
}

/** `v24.1.0` of `--version`; undefined when it does not answer so. */
async function askVersion(file: string, context: RunContext): Promise<string | undefined> {
  const { project, workDir, engine, signal } = context;
  const outputDir = path.join(workDir, 'version');
  mkdirSync(outputDir, { recursive: true });
  const outcome = await engine.run(
    {
      file,
      argv: ['--version'],
      cwd: project.root,
      env: project.environment('project'),
      timeoutMs: Math.min(10_000, context.timeoutMs),
      outputCapBytes: 4096,
      outputDir,
      aside: true,
    },
    signal,
  );
  if (outcome.end.kind !== 'exited' || outcome.end.code !== 0) return undefined;
  return /^v?(\d+\.\d+\.\d+\S*)/.exec(readFileSync(outcome.stdoutFile, 'utf8'))?.[1];
}

/**
 * npm runs `pretest` before `test`; nemesis starts the test runner itself and builds nothing. Tests that read built
 * files then see what was built last, so the line says so.
 */
function unrunBefore(script: string | undefined, project: Project): readonly string[] {
  const before = `pre${script}`;
  return script !== undefined && project.scripts[before] !== undefined ? [before] : [];
}

function readSuite(
  name: SuiteName,
  framework: TestFramework,
  project: Project,
  raw: RawRun,
  coverage: MetricValue,
): Reading<SuiteMetric> {
  const reading = framework.read(raw);
  if (reading.kind === 'no_numbers') {
    const { state, why, help, failures = [] } = reading;
    const mend = state === 'not_installed' ? (help ?? project.installCommand) : help;
    return {
      state,
      why: why.replaceAll(`${raw.root}/`, ''),
      findings: failures.map((failure) => findingOf(name, failure, raw.root)),
      ...(mend === undefined ? {} : { help: mend }),
    };
  }
  const { run } = reading;
  const unloaded = run.failures.filter(({ kind }) => kind === 'file');
  const unbuilt = unbuiltIn(
    project,
    unloaded.map(({ message }) => message),
  );
  if (unbuilt !== undefined) {
    const why = `${unbuilt.why}, so ${unloaded.length} of the test files could not be loaded`;
    return { state: 'bad_config', ...unbuilt, why };
  }
  if (run.passed + run.failed + (run.flaky ?? 0) === 0) {
    const skipped = run.skipped === 0 ? 'found no tests' : `ran none: ${run.skipped} skipped`;
    return { state: 'nothing_measured', why: `${framework.name} ${skipped}` };
  }
  const findings = run.failures.map((failure) => findingOf(name, failure, raw.root));
  const metrics = metricsOf(name, run, coverage);
  const summary = summaryOf(run);
  if (run.failed > 0) return { state: 'findings', metrics, findings, summary };
  const exitedWell = raw.exitCode === 0 && run.success !== false;
  if (exitedWell) return { state: 'clean', metrics, findings, summary };
  if (run.exitExplained !== undefined) {
    return {
      state: 'findings',
      metrics,
      findings: [
        {
          tool: name,
          rule: 'coverage-threshold',
          severity: 'info',
          message: `${run.exitExplained} (the project's own threshold; the gates judge coverage here)`,
        },
      ],
      summary,
    };
  }
  const said = usefulLine(raw.stderr, errorsOnly(raw.stdout));
  return {
    state: 'unexplained_failure',
    why:
      `${framework.name} exited ${raw.exitCode} and its report names no failed test` +
      (said === undefined ? '' : `: ${said}`),
  };
}

function metricsOf(
  name: SuiteName,
  run: TestRun,
  coverage: MetricValue,
): Record<SuiteMetric, MetricValue> {
  return {
    [`${name}.tests_total`]: run.passed + run.failed + run.skipped + (run.flaky ?? 0),
    [`${name}.tests_passed`]: run.passed,
    [`${name}.tests_failed`]: run.failed,
    [`${name}.tests_skipped`]: run.skipped,
    ...(isEndToEnd(name)
      ? { [`${name}.tests_flaky`]: run.flaky ?? 0 }
      : { [`${name}.coverage`]: coverage }),
  } as Record<SuiteMetric, MetricValue>;
}

/** Standard output of a test run is mostly good news. */
function errorsOnly(stdout: string): string {
  return plain(stdout)
    .split('\n')
    .filter((line) => /error|fail/i.test(line))
    .join('\n');
}

function findingOf(name: SuiteName, failure: TestFailure, root: string): Finding {
  return {
    tool: name,
    rule: failure.kind === 'test' ? 'test-failed' : 'file-failed',
    severity: 'error',
    message: failure.message.replaceAll(`${root}/`, ''),
    metric: `${name}.tests_failed`,
    ...(failure.file === undefined ? {} : { file: failure.file }),
    ...(failure.line === undefined ? {} : { line: failure.line }),
  };
}

function summaryOf({ passed, failed, skipped, flaky = 0, note }: TestRun): string {
  return [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(note === undefined ? [] : [note]),
  ].join(', ');
}
