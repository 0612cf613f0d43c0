/** jest 27 to 30. https://jestjs.io/docs/cli */

import type { SuiteCommand, TestFramework, TestReading } from './framework.ts';
import { readJestReport } from './jest-report.ts';
import { plain, usefulLine } from './said.ts';
import { flagTable, withoutFlags } from './words.ts';

const REPORT = 'report.json';
const CONFIG_FILES = ['js', 'ts', 'mjs', 'cjs', 'json', 'mts', 'cts'].map(
  (extension) => `jest.config.${extension}`,
);
/** jest only says something with these, or changes its own cache. */
const NO_TESTS = ['--listTests', '--showConfig', '--init', '--clearCache', '--version', '--help'];

const OURS = flagTable({
  '--watch': 'alone',
  '--watchAll': 'alone',
  '--no-watchman': 'alone',
  '--ci': 'alone',
  '--no-ci': 'alone',
  '-b': 'alone',
  '--bail': 'alone',
  '-u': 'alone',
  '--updateSnapshot': 'alone',
  '-o': 'alone',
  '--onlyChanged': 'alone',
  '-f': 'alone',
  '--onlyFailures': 'alone',
  '--lastCommit': 'alone',
  '--notify': 'alone',
  '--json': 'alone',
  '--outputFile': 'value',
  '--testResultsProcessor': 'value',
  '--reporters': 'values',
  '--coverage': 'alone',
  '--no-coverage': 'alone',
  '--collectCoverage': 'alone',
  '--coverageDirectory': 'value',
  '--coverageReporters': 'values',
  '--coverageThreshold': 'value',
});

export const jest: TestFramework = {
  name: 'jest',
  program: 'jest',
  package: 'jest',
  install: 'npm install --save-dev jest',
  configuredBy(project) {
    if (!project.dependencies.has('jest')) return undefined;
    const inManifest = project.manifest?.['jest'] === undefined ? undefined : 'package.json jest';
    return project.find(CONFIG_FILES) ?? inManifest;
  },
  ownArguments: (words) =>
    words.some((word) => NO_TESTS.includes(word)) ? undefined : withoutFlags(words, OURS),
  coverage: () => ({ kind: 'own' }),

  command({ workDir, args }): SuiteCommand {
    return {
      argv: [
        '--json',
        `--outputFile=${workDir}/${REPORT}`,
        '--ci',
        '--coverage',
        `--coverageDirectory=${workDir}/coverage`,
        '--coverageReporters=json-summary',
        '--coverageReporters=lcovonly',
        '--coverageThreshold={}',
        ...args,
      ],
      report: REPORT,
    };
  },

  read(raw): TestReading {
    const stderr = plain(raw.stderr);
    if (raw.report === undefined) return withoutReport(stderr, raw.stdout);
    const report = readJestReport(raw.report, raw.root);
    if (!report.ok) {
      return { kind: 'no_numbers', state: 'bad_report', why: `the report of jest ${report.why}` };
    }
    if (report.value.interrupted) {
      return { kind: 'no_numbers', state: 'crashed', why: 'jest was interrupted' };
    }
    const missed = /^Jest: (.* coverage threshold .* not met.*)$/m.exec(stderr)?.[1];
    return {
      kind: 'ran',
      run: { ...report.value, ...(missed === undefined ? {} : { exitExplained: missed }) },
    };
  },
};

function withoutReport(stderr: string, stdout: string): TestReading {
  if (/^No tests found\b/m.test(stderr) || /^No tests found\b/m.test(stdout)) {
    return { kind: 'no_numbers', state: 'nothing_measured', why: 'jest found no tests' };
  }
  const heading = /^● ((?:Validation|Unrecognized|Multiple|Deprecat)[^\n]*?):?\s*$/m.exec(stderr);
  if (heading !== null) {
    const line = usefulLine(stderr.slice(heading.index + heading[0].length)) ?? heading[1];
    return { kind: 'no_numbers', state: 'bad_config', why: `jest could not start: ${line}` };
  }
  const line = usefulLine(stderr, stdout);
  if (/readConfig|jest\.config\.|Preset .* not found/.test(stderr)) {
    return { kind: 'no_numbers', state: 'bad_config', why: `jest could not start: ${line}` };
  }
  const said = line === undefined ? '' : `: ${line}`;
  return { kind: 'no_numbers', state: 'no_report', why: `jest wrote no report${said}` };
}
