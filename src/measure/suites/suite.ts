/** One test suite as a runner: finds the framework, runs it with its own reports, counts what came of it. */

import path from 'node:path';
import type { SuiteName } from '../../config/config.ts';
import type { MetricDeclaration } from '../../judge/catalogue.ts';
import { askVersion } from '../ask-version.ts';
import { shareOf } from '../formats/lcov.ts';
import { locateTool } from '../locate.ts';
import type { Project } from '../project.ts';
import type { Measurement, RunContext, Runner } from '../runner.ts';
import { absent, hasNumbers, runTool } from '../tool.ts';
import { countingArguments, wrapperArguments } from './coverage-tool.ts';
import { findSuite, type FoundSuite } from './discover.ts';
import type { CoverageWay, TestFramework } from './framework.ts';
import { isEndToEnd, readSuite, type SuiteMetric } from './read-suite.ts';
import { unpackLines, type LineCoverage, type LineMeasurement } from '../line-coverage.ts';
import { projectsToRun } from './playwright-projects.ts';
import { withWishes } from './run-options.ts';
import { coverageFiles, readCoverage } from './suite-coverage.ts';
import { withSurroundings } from '../surroundings/with-surroundings.ts';

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
    framework.asksVersion === true ? await versionOf(located.file, context) : located.version;
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
        alsoRead: [...coverageFiles(coverage), ...(command.alsoRead ?? [])],
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

async function versionOf(file: string, context: RunContext): Promise<string | undefined> {
  const { project, workDir, engine, signal } = context;
  const question = {
    file,
    cwd: project.root,
    env: project.environment('project'),
    outputDir: path.join(workDir, 'version'),
  };
  return await askVersion(question, engine, signal);
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

/**
 * npm runs `pretest` before `test`; nemesis starts the test runner itself and builds nothing. Tests that read built
 * files then see what was built last, so the line says so.
 */
function unrunBefore(script: string | undefined, project: Project): readonly string[] {
  const before = `pre${script}`;
  return script !== undefined && project.scripts[before] !== undefined ? [before] : [];
}
