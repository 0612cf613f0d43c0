/** Node's own test runner, from Node 20 on. https://nodejs.org/api/test.html */

import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { parseJUnit, type JUnitCase } from '../formats/junit.ts';
import { parseJson, type Parsed } from '../formats/parsed.ts';
import { ownConfig } from '../own-config.ts';
import { coverageTool } from './coverage-tool.ts';
import type {
  CoverageWay,
  SuiteCommand,
  SuiteCommandContext,
  TestFailure,
  TestFramework,
  TestReading,
  TestRun,
} from './framework.ts';
import { fileInside, firstLine, headline, lineInStack, plain, usefulLine } from './said.ts';
import { flagTable, withoutFlags } from './words.ts';

const REPORT = 'report.xml';
/** By a reporter of nemesis' own. */
const UNFINISHED = 'unfinished.json';
const Unfinished = z.array(
  z.object({ file: z.string(), line: z.int().positive(), name: z.string() }),
);
type Unfinished = z.infer<typeof Unfinished>;

/** Its coverage has been reliable, and its report free of test files, since this version. */
const FIRST_WITH_COVERAGE = 22;

const OURS = flagTable({
  '--test': 'alone',
  '--watch': 'alone',
  '--watch-path': 'value',
  '--test-update-snapshots': 'alone',
  '--test-reporter': 'value',
  '--test-reporter-destination': 'value',
  '--experimental-test-coverage': 'alone',
  '--test-coverage-lines': 'value',
  '--test-coverage-branches': 'value',
  '--test-coverage-functions': 'value',
});

export const nodeTest: TestFramework = {
  name: 'node-test',
  program: 'node',
  install: 'install Node 20 or later',
  asksVersion: true,
  configuredBy: () => undefined,
  ownArguments: (words) => (words.includes('--test') ? withoutFlags(words, OURS) : undefined),
  coverage(project, version): CoverageWay {
    const wrapped = coverageTool(project, 'node --test');
    if (wrapped.kind !== 'none') return wrapped;
    const major = Number(/^v?(\d+)\./.exec(version ?? '')?.[1] ?? 0);
    return major >= FIRST_WITH_COVERAGE
      ? { kind: 'lcov' }
      : { kind: 'none', why: `node --test counts lines from Node ${FIRST_WITH_COVERAGE} on` };
  },

  command({ workDir, args, coverage }: SuiteCommandContext): SuiteCommand {
    return {
      // The spec reporter too: why a file could not be loaded is told nowhere else.
      argv: [
        '--test',
        '--test-reporter=junit',
        `--test-reporter-destination=${workDir}/${REPORT}`,
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        `--test-reporter=${pathToFileURL(ownConfig('suites/unfinished-tests.mjs')).href}`,
        `--test-reporter-destination=${workDir}/${UNFINISHED}`,
        ...(coverage.kind === 'lcov'
          ? [
              '--experimental-test-coverage',
              '--test-reporter=lcov',
              `--test-reporter-destination=${workDir}/lcov.info`,
            ]
          : []),
        ...args,
      ],
      report: REPORT,
      alsoRead: [UNFINISHED],
    };
  },

  read(raw): TestReading {
    if (raw.report === undefined || raw.report.trim() === '') return withoutReport(raw.stderr);
    const cases = parseJUnit(raw.report);
    if (!cases.ok) {
      return { kind: 'no_numbers', state: 'bad_report', why: `the report of node ${cases.why}` };
    }
    const unfinished = unfinishedIn(raw.files[UNFINISHED]);
    if (!unfinished.ok) {
      const why = `what node says of tests that did not end ${unfinished.why}`;
      return { kind: 'no_numbers', state: 'bad_report', why };
    }
    const { root, stdout } = raw;
    const run = countTests(cases.value.map(forgiven), root, plain(stdout));
    return { kind: 'ran', run: withUnfinished(run, unfinished.value, root) };
  },
};

function unfinishedIn(text: string | undefined): Parsed<Unfinished> {
  return text === undefined ? { ok: true, value: [] } : parseJson(text, Unfinished);
}

/** A file that ended before its tests did has failed, whatever its exit code; one that is told as broken counts once. */
function withUnfinished(run: TestRun, unfinished: Unfinished, root: string): TestRun {
  const told = new Set(run.failures.filter(({ kind }) => kind === 'file').map(({ file }) => file));
  const byFile = Map.groupBy(unfinished, ({ file }) => fileInside(root, file) ?? file);
  const failures = [...byFile].flatMap(([file, tests]): TestFailure[] => {
    if (told.has(file)) return [];
    const named = tests.slice(0, MOST_NAMED).map(({ name }) => firstLine(name));
    const more = tests.length - named.length;
    const names = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
    const message = `${file}: it ended before its tests did (${names})`;
    return [{ kind: 'file', message, file, line: tests[0]!.line }];
  });
  return {
    ...run,
    failed: run.failed + failures.length,
    failures: [...run.failures, ...failures],
  };
}

const MOST_NAMED = 3;

/** Node runs a test marked `todo`, or one that calls `t.skip()`, and exits 0 although it fails. */
function forgiven(one: JUnitCase): JUnitCase {
  const marked = one.skippedAs === 'todo' || one.skippedAs === 'skipped';
  return marked ? { ...one, outcome: 'skipped' } : one;
}

function countTests(cases: readonly JUnitCase[], root: string, stdout: string): TestRun {
  // A file without tests in it, or one that breaks outside them, is listed as a test of its own name.
  const files = cases.filter((one) => isFile(one, root));
  const tests = cases.filter((one) => !files.includes(one));
  const broken = files.filter(isBroken);
  const failedTests = tests.filter(isBroken);
  const said = broken.length === 1 ? usefulError(stdout) : undefined;
  return {
    passed: tests.filter((one) => one.outcome === 'passed').length,
    failed: failedTests.length + broken.length,
    skipped: tests.filter((one) => one.outcome === 'skipped').length,
    failures: [
      ...failedTests.map((one) => failureOf(one, 'test', root)),
      ...broken.map((one) =>
        failureOf(said === undefined ? one : { ...one, message: said }, 'file', root),
      ),
    ],
  };
}

const isBroken = ({ outcome }: JUnitCase): boolean => outcome === 'failed' || outcome === 'error';

function isFile({ name, suites, file }: JUnitCase, root: string): boolean {
  if (suites.length > 0 || !/\.[cm]?[jt]sx?$/.test(name)) return false;
  return file === undefined
    ? name.startsWith('/')
    : fileInside(root, name) === fileInside(root, file);
}

function failureOf(one: JUnitCase, kind: 'test' | 'file', root: string): TestFailure {
  const spelled = one.file ?? (kind === 'file' ? one.name : stackFile(one.details));
  const file = spelled === undefined ? undefined : fileInside(root, spelled);
  const line = spelled === undefined ? undefined : lineInStack(one.details, spelled, file);
  const name = kind === 'file' ? (file ?? one.name) : [...one.suites, one.name].join(' ');
  return {
    kind,
    message: `${firstLine(name)}: ${headline(one.message ?? '') || 'failed'}`,
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
}

/** Node 20 names no file; the first frame outside Node and node_modules is in it. */
function stackFile(details: string): string | undefined {
  for (const [, file] of details.matchAll(/\(?((?:file:\/\/)?\/[^\s():]+):\d+:\d+\)?/g)) {
    if (file !== undefined && !file.includes('/node_modules/')) return file;
  }
  return undefined;
}

function usefulError(stdout: string): string | undefined {
  return /^\s*((?:[\w.]*Error|[\w.]*Exception)\b[^:\n]{0,40}: .*)$/m.exec(stdout)?.[1];
}

function withoutReport(stderr: string): TestReading {
  const line = usefulLine(stderr);
  if (/: bad option: /.test(stderr) || /not allowed in NODE_OPTIONS/.test(stderr)) {
    return { kind: 'no_numbers', state: 'bad_config', why: `node could not start: ${line}` };
  }
  const said = line === undefined ? '' : `: ${line}`;
  return { kind: 'no_numbers', state: 'no_report', why: `node --test wrote no report${said}` };
}
