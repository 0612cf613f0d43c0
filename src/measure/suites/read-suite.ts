/** What a suite's report comes to: its numbers and failures, or why there are none. */

import type { SuiteName } from '../../config/config.ts';
import type { Finding } from '../../judge/finding.ts';
import type { Project } from '../project.ts';
import type { MetricValue } from '../runner.ts';
import type { RawRun, Reading } from '../tool.ts';
import { unbuiltIn } from '../unbuilt.ts';
import type { TestFailure, TestFramework, TestRun } from './framework.ts';
import { plain, usefulLine } from './said.ts';

export type SuiteMetric =
  `${SuiteName}.${'tests_total' | 'tests_passed' | 'tests_failed' | 'tests_skipped' | 'tests_flaky' | 'coverage'}`;

/** Unit and integration tests reach lines; end-to-end tests have attempts. */
export const isEndToEnd = (name: SuiteName): boolean => name === 'e2e';

export function readSuite(
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
