/** vitest 1 to 5. https://vitest.dev/guide/reporters.html#json-reporter */

import type { SuiteCommand, SuiteCommandContext, TestFramework, TestReading } from './framework.ts';
import { readJestReport } from './jest-report.ts';
import { plain, usefulLine } from './said.ts';
import { flagTable, withoutFlags } from './words.ts';

const REPORT = 'report.json';
const PROVIDERS = ['@vitest/coverage-v8', '@vitest/coverage-istanbul'];
const CONFIG_FILES = ['vitest.config', 'vitest.workspace', 'vite.config'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((extension) => `${name}.${extension}`),
);

const OURS = flagTable({
  '-w': 'alone',
  '--watch': 'alone',
  '--no-watch': 'alone',
  '--run': 'alone',
  '--ui': 'alone',
  '--open': 'alone',
  '--standalone': 'alone',
  '-u': 'alone',
  '--update': 'alone',
  '--bail': 'value',
  '--reporter': 'value',
  '--outputFile': 'value',
  '--outputFile.*': 'value',
  '--coverage': 'alone',
  '--no-coverage': 'alone',
  '--coverage.enabled': 'alone',
  '--coverage.reportOnFailure': 'alone',
  '--coverage.clean': 'alone',
  '--coverage.reporter': 'value',
  '--coverage.reportsDirectory': 'value',
  '--coverage.thresholds.100': 'alone',
  '--coverage.thresholds.perFile': 'alone',
  '--coverage.thresholds.autoUpdate': 'alone',
  '--coverage.thresholds.*': 'value',
});

/** Thresholds are for the gates to judge; `autoUpdate` would even write into the project's config. */
const NO_THRESHOLDS = [
  '--coverage.thresholds.autoUpdate=false',
  '--coverage.thresholds.100=false',
  '--coverage.thresholds.perFile=false',
  ...['lines', 'functions', 'statements', 'branches'].map(
    (kind) => `--coverage.thresholds.${kind}=0`,
  ),
];

export const vitest: TestFramework = {
  name: 'vitest',
  program: 'vitest',
  package: 'vitest',
  install: 'npm install --save-dev vitest',
  configuredBy: (project) =>
    project.dependencies.has('vitest') ? project.find(CONFIG_FILES) : undefined,

  ownArguments([first, ...rest]) {
    if (first === undefined) return [];
    if (['bench', 'list', 'init', 'related', 'typecheck'].includes(first)) return undefined;
    const words = ['run', 'watch', 'dev'].includes(first) ? rest : [first, ...rest];
    return withoutFlags(words, OURS);
  },

  coverage: (project) =>
    PROVIDERS.some((name) => project.dependencies.has(name))
      ? { kind: 'own' }
      : { kind: 'none', why: 'no coverage provider of vitest is declared (@vitest/coverage-v8)' },

  command(context): SuiteCommand {
    const { workDir, args } = context;
    return {
      // The default reporter beside ours: an error outside all tests is told nowhere else.
      argv: [
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${workDir}/${REPORT}`,
        ...coverageFlags(context),
        ...args,
      ],
      // Without it vitest writes new snapshots into the project.
      env: { CI: 'true' },
      report: REPORT,
    };
  },

  read(raw): TestReading {
    const stderr = plain(raw.stderr);
    if (raw.report === undefined) return withoutReport(stderr, raw.stdout);
    const report = readJestReport(raw.report, raw.root, (file) => brokenHook(stderr, file));
    if (!report.ok) {
      return { kind: 'no_numbers', state: 'bad_report', why: `the report of vitest ${report.why}` };
    }
    const exitExplained = missedThreshold(stderr, plain(raw.stdout));
    return {
      kind: 'ran',
      run: { ...report.value, ...(exitExplained === undefined ? {} : { exitExplained }) },
    };
  },
};

function coverageFlags({ coverage, project, workDir }: SuiteCommandContext): string[] {
  if (coverage.kind === 'none') return ['--coverage.enabled=false'];
  const istanbulOnly = !project.dependencies.has('@vitest/coverage-v8');
  return [
    '--coverage.enabled',
    ...(istanbulOnly ? ['--coverage.provider=istanbul'] : []),
    `--coverage.reportsDirectory=${workDir}/coverage`,
    '--coverage.reporter=json-summary',
    '--coverage.reporter=lcovonly',
    '--coverage.reportOnFailure',
    ...NO_THRESHOLDS,
  ];
}

/** vitest writes no report when it could not begin; only its words tell why. */
function withoutReport(stderr: string, stdout: string): TestReading {
  if (/^No test files found\b/m.test(stderr)) {
    return { kind: 'no_numbers', state: 'nothing_measured', why: 'vitest found no test files' };
  }
  const line = usefulLine(stderr, stdout);
  if (/MISSING DEPENDENCY/.test(stderr)) {
    return { kind: 'no_numbers', state: 'not_installed', why: `vitest misses a package: ${line}` };
  }
  if (/failed to load config|Startup Error|CACError|Unknown option/i.test(stderr)) {
    return { kind: 'no_numbers', state: 'bad_config', why: `vitest could not start: ${line}` };
  }
  const said = line === undefined ? '' : `: ${line}`;
  return { kind: 'no_numbers', state: 'no_report', why: `vitest wrote no report${said}` };
}

/** Thresholds for single files or globs cannot be switched off by a flag. */
function missedThreshold(stderr: string, stdout: string): string | undefined {
  if (/unhandled/i.test(stderr) || /^\s*Errors\s+\d/m.test(stdout)) return undefined;
  return /^ERROR: (Coverage for .* does not meet .*)$/m.exec(stderr)?.[1];
}

/** The report is silent about a failing `beforeAll`; stderr says ` FAIL  file > suite` and then the error. */
function brokenHook(stderr: string, file: string): string | undefined {
  const lines = stderr.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => line.startsWith('FAIL') && line.includes(file));
  return at < 0 ? undefined : lines[at + 1];
}
