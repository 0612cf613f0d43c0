/** pytest by its JUnit XML. https://docs.pytest.org/en/stable/reference/exit-codes.html */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { countCases, parseJUnit, type JUnitCase } from '../formats/junit.ts';
import type { SuiteCommand, TestFailure, TestFramework, TestReading } from './framework.ts';
import { pytestCoverage, pytestCoverageArguments } from './pytest-cov.ts';
import { fileInside, firstLine, headline, plain, usefulLine } from './said.ts';
import { flagTable, withoutFlags } from './words.ts';

const REPORT = 'report.xml';

const OURS = flagTable({
  '-x': 'alone',
  '--exitfirst': 'alone',
  '--maxfail': 'value',
  '--junitxml': 'value',
  '--junit-xml': 'value',
  '--cov-report': 'value',
  '--cov-fail-under': 'value',
  '--cov-append': 'alone',
  '--cov-reset': 'alone',
  '--no-cov': 'alone',
  '--lf': 'alone',
  '--last-failed': 'alone',
  '--pdb': 'alone',
});

/** Files of several tools, and the section that is pytest's: https://docs.pytest.org/en/stable/reference/customize.html */
const SECTIONS = [
  ['pyproject.toml', /^\[tool\.pytest(\.ini_options)?\]/m],
  ['tox.ini', /^\[pytest\]/m],
  ['setup.cfg', /^\[tool:pytest\]/m],
] as const;

function hasSection(file: string, section: RegExp): boolean {
  try {
    return section.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
}

export const pytest: TestFramework = {
  name: 'pytest',
  program: 'pytest',
  install: 'pip install pytest',
  configuredBy: (project) =>
    project.find(['pytest.ini', '.pytest.ini', 'conftest.py']) ??
    SECTIONS.find(([file, section]) => hasSection(path.join(project.root, file), section))?.[0] ??
    project.files.find((file) => /^tests?\/conftest\.py$/.test(file)),
  ownArguments: (words) =>
    words.includes('--collect-only') || words.includes('--co')
      ? undefined
      : withoutFlags(words, OURS),
  coverage: pytestCoverage,

  command(context): SuiteCommand {
    const { workDir, coverage } = context;
    return {
      argv: [
        `--junitxml=${workDir}/${REPORT}`,
        '-q',
        '-p',
        'no:cacheprovider',
        ...pytestCoverageArguments(context),
      ],
      env: {
        PYTHONDONTWRITEBYTECODE: '1',
        // Its raw data would lie in the project otherwise.
        ...(coverage.kind === 'lcov' ? { COVERAGE_FILE: `${workDir}/coverage.data` } : {}),
      },
      report: REPORT,
    };
  },

  read(raw): TestReading {
    const stderr = plain(raw.stderr);
    if (raw.exitCode === 4) {
      const said = / error: (.*)/.exec(stderr)?.[1] ?? usefulLine(stderr, raw.stdout);
      return { kind: 'no_numbers', state: 'bad_config', why: `pytest could not start: ${said}` };
    }
    if (raw.exitCode === 5) {
      return { kind: 'no_numbers', state: 'nothing_measured', why: 'pytest collected no tests' };
    }
    if (raw.report === undefined) {
      return { kind: 'no_numbers', state: 'no_report', why: 'pytest wrote no report' };
    }
    const cases = parseJUnit(raw.report);
    if (!cases.ok && raw.exitCode > 1) {
      // Interrupted in the middle of a test, it counts that one and does not list it.
      const why = usefulLine(plain(raw.stdout), stderr) || `it exited ${raw.exitCode}`;
      return { kind: 'no_numbers', state: 'crashed', why: `pytest was cut short: ${why}` };
    }
    if (!cases.ok) {
      return { kind: 'no_numbers', state: 'bad_report', why: `the report of pytest ${cases.why}` };
    }
    const broken = cases.value.filter(({ outcome }) => outcome === 'failed' || outcome === 'error');
    const failures = broken.map((one) => failureOf(one, raw.root));
    if (raw.exitCode > 1) {
      // 2: interrupted, also by a file that cannot be imported; the other tests were not run.
      const why = failures[0]?.message ?? `it exited ${raw.exitCode}`;
      return {
        kind: 'no_numbers',
        state: 'crashed',
        why: `pytest was cut short: ${why}`,
        failures,
      };
    }
    const counts = countCases(cases.value);
    const missed = /^.*Required test coverage of .* not reached.*$/m.exec(plain(raw.stdout))?.[0];
    return {
      kind: 'ran',
      run: {
        passed: counts.tests - counts.failures - counts.errors - counts.skipped,
        failed: counts.failures + counts.errors,
        skipped: counts.skipped,
        failures,
        ...(missed === undefined ? {} : { exitExplained: firstLine(missed) }),
      },
    };
  },
};

/** `classname` is the dotted module; the details begin or end with `tests/test_price.py:7: AssertionError`. */
function failureOf(one: JUnitCase, root: string): TestFailure {
  // The attribute only says `collection failure` or `failed on setup`.
  const raised = one.outcome === 'error' ? /^E\s+(.*)/m.exec(plain(one.details))?.[1] : undefined;
  const place = /^(\S+\.py):(\d+):/m.exec(plain(one.details));
  const file = place === null ? undefined : fileInside(root, place[1]!);
  return {
    kind: one.outcome === 'error' ? 'file' : 'test',
    message: `${[one.className, one.name].filter(Boolean).join('.')}: ${headline(raised ?? one.message ?? '') || 'failed'}`,
    ...(file === undefined ? {} : { file, line: Number(place![2]) }),
  };
}
