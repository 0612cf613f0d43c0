/** mocha 8 and later; before 9.2 its json reporter could only print. https://mochajs.org/#json */

import { z } from 'zod';
import { Count } from '../formats/numbers.ts';
import { parseJson, unreadable, type Parsed } from '../formats/parsed.ts';
import { coverageTool } from './coverage-tool.ts';
import type {
  SuiteCommand,
  TestFailure,
  TestFramework,
  TestReading,
  TestRun,
} from './framework.ts';
import { fileInside, firstLine, headline, lineInStack, plain, usefulLine } from './said.ts';
import { flagTable, withoutFlags } from './words.ts';

const REPORT = 'report.json';
const CONFIG_FILES = ['.mocharc', '.mocharc.js', '.mocharc.cjs', '.mocharc.mjs'].concat(
  ['yaml', 'yml', 'json', 'jsonc'].map((extension) => `.mocharc.${extension}`),
);

const OURS = flagTable({
  '-w': 'alone',
  '--watch': 'alone',
  '--watch-files': 'value',
  '--watch-ignore': 'value',
  '-R': 'value',
  '--reporter': 'value',
  '-O': 'value',
  '--reporter-option': 'value',
  '--reporter-options': 'value',
  '-b': 'alone',
  '--bail': 'alone',
  '-c': 'alone',
  '--color': 'alone',
  '--colors': 'alone',
  '--dry-run': 'alone',
});

const Test = z.object({
  fullTitle: z.string(),
  file: z.string().nullish(),
  err: z.object({ message: z.string().optional(), stack: z.string().optional() }).nullish(),
});
const Report = z.object({
  stats: z.object({ failures: Count }),
  passes: z.array(Test),
  pending: z.array(Test),
  failures: z.array(Test),
});

export const mocha: TestFramework = {
  name: 'mocha',
  program: 'mocha',
  package: 'mocha',
  install: 'npm install --save-dev mocha',
  configuredBy(project) {
    if (!project.dependencies.has('mocha')) return undefined;
    const inManifest = project.manifest?.['mocha'] === undefined ? undefined : 'package.json mocha';
    return project.find(CONFIG_FILES) ?? inManifest;
  },
  ownArguments([first, ...rest]) {
    if (first === 'init' || first === '--version' || first === '--help') return undefined;
    return first === undefined ? [] : withoutFlags([first, ...rest], OURS);
  },
  coverage: (project) => coverageTool(project, 'mocha'),

  command({ workDir, args }): SuiteCommand {
    return {
      argv: ['--reporter=json', `--reporter-option=output=${workDir}/${REPORT}`, ...args],
      report: REPORT,
    };
  },

  read(raw): TestReading {
    const text = raw.report ?? printedReport(raw.stdout);
    if (text === undefined) return withoutReport(plain(raw.stderr), raw.stdout);
    const report = readReport(text, raw.root);
    return report.ok
      ? { kind: 'ran', run: report.value }
      : { kind: 'no_numbers', state: 'bad_report', why: `the report of mocha ${report.why}` };
  },
};

function readReport(text: string, root: string): Parsed<TestRun> {
  const report = parseJson(text, Report);
  if (!report.ok) return report;
  const { stats, passes, pending, failures } = report.value;
  if (stats.failures > failures.length) {
    return unreadable(`counts ${stats.failures} failures and lists ${failures.length}`);
  }
  return {
    ok: true,
    value: {
      passed: passes.length,
      failed: failures.length,
      skipped: pending.length,
      failures: failures.map((test) => failureOf(test, root)),
    },
  };
}

function failureOf({ fullTitle, file, err }: z.infer<typeof Test>, root: string): TestFailure {
  const stack = err?.stack ?? '';
  const inside = file ? fileInside(root, file) : undefined;
  const line = file ? lineInStack(stack, file, inside) : undefined;
  return {
    kind: 'test',
    message: `${firstLine(fullTitle)}: ${headline(err?.message ?? stack) || 'failed'}`,
    ...(inside === undefined ? {} : { file: inside }),
    ...(line === undefined ? {} : { line }),
  };
}

/** Everything from the report's first brace on: tests print before it, never after. */
function printedReport(stdout: string): string | undefined {
  const start = /^\{\s*"stats"/m.exec(stdout);
  return start === null ? undefined : stdout.slice(start.index).trim();
}

/** A file that fails to load ends the whole run, so no count would be true. */
function withoutReport(stderr: string, stdout: string): TestReading {
  if (/^Error: No test files? found/m.test(stderr)) {
    return { kind: 'no_numbers', state: 'nothing_measured', why: 'mocha found no test files' };
  }
  const loading = /Exception during run: (.*)/.exec(stderr)?.[1];
  if (loading !== undefined) {
    return {
      kind: 'no_numbers',
      state: 'crashed',
      why: `mocha could not load a test file, so it ran none: ${firstLine(loading)}`,
    };
  }
  const line = usefulLine(stderr, stdout);
  if (/ERR_MOCHA_(UNPARSABLE_FILE|INVALID|UNSUPPORTED)|Unknown arguments?/.test(stderr)) {
    return { kind: 'no_numbers', state: 'bad_config', why: `mocha could not start: ${line}` };
  }
  const said = line === undefined ? '' : `: ${line}`;
  return { kind: 'no_numbers', state: 'no_report', why: `mocha wrote no report${said}` };
}
