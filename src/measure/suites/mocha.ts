/** mocha 8 and later. https://mochajs.org/#json */

import { coerce, lt } from 'semver';
import { z } from 'zod';
import { Count } from '../formats/numbers.ts';
import { parseJson, unreadable, type Parsed } from '../formats/parsed.ts';
import { ownConfig } from '../own-config.ts';
import { coverageTool } from './coverage-tool.ts';
import type {
  SuiteCommand,
  TestFailure,
  TestFramework,
  TestReading,
  TestRun,
} from './framework.ts';
import type { RawRun } from '../tool.ts';
import {
  fileInside,
  firstLine,
  headline,
  lineInStack,
  placeInStack,
  plain,
  usefulLine,
} from './said.ts';
import { flagTable, withoutFlags } from './words.ts';

const REPORT = 'report.json';
/** Before it the json reporter could only print. */
const FIRST_WITH_FILE = '9.2.0';
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
  '--forbid-only': 'alone',
  '--no-forbid-only': 'alone',
  '-c': 'alone',
  '--color': 'alone',
  '--colors': 'alone',
  '--dry-run': 'alone',
});

const Test = z.object({
  fullTitle: z.string(),
  file: z.string().nullish(),
  currentRetry: Count.optional(),
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

  command({ workDir, args, version }): SuiteCommand {
    const printsOnly = lt(coerce(version) ?? FIRST_WITH_FILE, FIRST_WITH_FILE);
    return {
      argv: [
        '--reporter=json',
        ...(printsOnly ? [] : [`--reporter-option=output=${workDir}/${REPORT}`]),
        // Its configuration may say otherwise; a dry run calls every test passed, `.only` leaves the others unmentioned.
        ...['--no-dry-run', '--forbid-only', '--no-bail', '--no-watch'],
        `--require=${ownConfig('suites/unhandled-rejections.cjs')}`,
        ...args,
      ],
      ...(printsOnly ? {} : { report: REPORT }),
    };
  },

  read(raw): TestReading {
    const text = 'report' in raw ? raw.report : printedReport(raw.stdout);
    if (text === undefined) return withoutReport(plain(raw.stderr), raw);
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
  const again = passes.filter(({ currentRetry = 0 }) => currentRetry > 0).length;
  return {
    ok: true,
    value: {
      passed: passes.length,
      failed: failures.length,
      skipped: pending.length,
      failures: failures.map((test) => failureOf(test, root)),
      ...(again === 0 ? {} : { note: `${again} only when run again` }),
    },
  };
}

function failureOf({ fullTitle, file, err }: z.infer<typeof Test>, root: string): TestFailure {
  const stack = err?.stack ?? '';
  const message = `${firstLine(fullTitle)}: ${headline(err?.message ?? stack) || 'failed'}`;
  // A hook outside every `describe` belongs to no file.
  if (!file) return { kind: 'test', message, ...placeInStack(stack, root) };
  const inside = fileInside(root, file);
  const line = lineInStack(stack, file, inside);
  return {
    kind: 'test',
    message,
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
function withoutReport(stderr: string, { root, exitCode }: RawRun): TestReading {
  if (/^Error: No test files? found/m.test(stderr)) {
    return { kind: 'no_numbers', state: 'nothing_measured', why: 'mocha found no test files' };
  }
  const loading = /Exception during run: ([^]*)/.exec(stderr)?.[1];
  if (loading?.includes('`.only` forbidden') === true) {
    const { file = 'a test file', line } = placeInStack(loading, root) ?? {};
    const place = line === undefined ? file : `${file}:${line}`;
    return {
      kind: 'no_numbers',
      state: 'bad_config',
      why: `\`.only\` in ${place} keeps the other tests from running`,
      help: 'take `.only` out of the tests',
    };
  }
  if (loading !== undefined) {
    // Of a file it cannot parse, Node tells the place first.
    const place = /^(.+:\d+)\n/.exec(loading)?.[1];
    const said = [place, usefulLine(loading)].filter((one) => one !== undefined).join(': ');
    return {
      kind: 'no_numbers',
      state: 'crashed',
      why: `mocha could not load a test file, so it ran none: ${said}`,
    };
  }
  const line = usefulLine(stderr);
  if (/ERR_MOCHA_(UNPARSABLE_FILE|INVALID|UNSUPPORTED)|Unknown arguments?/.test(stderr)) {
    return { kind: 'no_numbers', state: 'bad_config', why: `mocha could not start: ${line}` };
  }
  const said = line === undefined ? '' : `: ${line}`;
  return {
    kind: 'no_numbers',
    state: 'no_report',
    why: `mocha wrote no report and exited ${exitCode}${said}`,
  };
}
