/** Playwright's test runner, by its json reporter. https://playwright.dev/docs/test-reporters#json-reporter */

import { coerce, gte } from 'semver';
import type { SuiteCommand, SuiteCommandContext, TestFramework, TestReading } from './framework.ts';
import { publishedReport, readPlaywrightReport, type PlaywrightRun } from './playwright-report.ts';
import { firstLine, plain, usefulLine } from './said.ts';
import { flagTable, withoutFlags } from './words.ts';

const REPORT = 'report.json';
/** Screenshots, videos and traces show pages with whatever stands in them. */
const RESULTS = 'test-results';

const CONFIG_FILES = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'].map(
  (extension) => `playwright.config.${extension}`,
);

const OURS = flagTable({
  '--ui': 'alone',
  '--ui-host': 'value',
  '--ui-port': 'value',
  '--headed': 'alone',
  '--debug': 'alone',
  '--list': 'alone',
  '--last-failed': 'alone',
  '--reporter': 'value',
  '--output': 'value',
  '-u': 'alone',
  '--update-snapshots': 'alone',
  '-x': 'alone',
  '--max-failures': 'value',
  '--pass-with-no-tests': 'alone',
  '--fail-on-flaky-tests': 'alone',
});

/** Since this version snapshots that are not there yet can be left unwritten. */
const FIRST_WITHOUT_SNAPSHOTS = '1.50.0';

export const playwright: TestFramework = {
  name: 'playwright',
  program: 'playwright',
  package: '@playwright/test',
  install: 'npm install --save-dev @playwright/test',
  configuredBy: (project) =>
    project.dependencies.has('@playwright/test') ? project.find(CONFIG_FILES) : undefined,
  ownArguments: ([first, ...rest]) => (first === 'test' ? withoutFlags(rest, OURS) : undefined),
  coverage: () => ({
    kind: 'none',
    why: 'end-to-end tests run a whole service, and count no lines',
  }),

  command({ workDir, args, version }: SuiteCommandContext): SuiteCommand {
    const leavesSnapshots = gte(coerce(version) ?? '0.0.0', FIRST_WITHOUT_SNAPSHOTS);
    return {
      argv: [
        'test',
        // The line reporter too: what a broken web server says is told nowhere else.
        '--reporter=line,json',
        `--output=${workDir}/${RESULTS}`,
        ...(leavesSnapshots ? ['--update-snapshots=none'] : []),
        ...args,
      ],
      env: {
        PLAYWRIGHT_JSON_OUTPUT_NAME: `${workDir}/${REPORT}`,
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
      },
      report: REPORT,
      discard: [RESULTS],
    };
  },

  read(raw): TestReading {
    if (raw.report === undefined) return withoutReport(plain(raw.stderr), raw.stdout);
    const report = readPlaywrightReport(raw.report, raw.root);
    if (!report.ok) {
      const why = `the report of playwright ${report.why}`;
      return { kind: 'no_numbers', state: 'bad_report', why };
    }
    return judged(report.value, plain(`${raw.stderr}\n${raw.stdout}`));
  },

  redact: publishedReport,
};

function judged(run: PlaywrightRun, said: string): TestReading {
  const { errors, withoutBrowser, ...counts } = run;
  const [error] = errors;
  if (error !== undefined) return brokenRun(error, said);
  const [unlaunched] = withoutBrowser;
  if (unlaunched === undefined) return { kind: 'ran', run: counts };
  const names = [...new Set(withoutBrowser.map(({ browser }) => browser))].join(', ');
  if (counts.failed === 0) {
    const all = withoutBrowser.length + counts.passed + (counts.flaky ?? 0);
    return {
      kind: 'no_numbers',
      state: 'not_installed',
      why: `no browser for ${names} (${unlaunched.said}), so ${withoutBrowser.length} of ${all} tests could not run`,
      help: `npx playwright install ${names}`,
    };
  }
  // What failed in a browser that is there is a fact, whatever another browser would have said.
  const skipped = counts.skipped + withoutBrowser.length;
  const note = `${withoutBrowser.length} of them for want of ${names}`;
  return { kind: 'ran', run: { ...counts, skipped, note } };
}

/** Errors outside of tests end the whole run, so no count would be true. */
function brokenRun(error: string, output: string): TestReading {
  const line = firstLine(error);
  const no = (state: 'nothing_measured' | 'bad_config' | 'timed_out' | 'crashed', why: string) =>
    ({ kind: 'no_numbers', state, why }) as const;
  if (/^Error: No tests found/.test(error)) {
    return no('nothing_measured', 'playwright found no tests');
  }
  if (/^Error: Project\(s\) .* not found/.test(error)) {
    return no('bad_config', `playwright could not start: ${line}`);
  }
  if (/Timed out waiting .* for the (test suite|entire test run|global)/i.test(error)) {
    return no('timed_out', `playwright was ended by its own limit: ${line}`);
  }
  if (/config\.webServer/.test(error)) {
    const said = /^\[WebServer\] (\w*Error: .*\S)/m.exec(output)?.[1];
    return no('crashed', `${line}${said === undefined ? '' : ` (it said: ${firstLine(said)})`}`);
  }
  return no('crashed', `playwright could not load its tests, so it ran none: ${line}`);
}

function withoutReport(stderr: string, stdout: string): TestReading {
  const line = usefulLine(stderr, stdout);
  const said = line === undefined ? '' : `: ${line}`;
  const isConfig =
    /unknown option|Project\(s\) .* not found|playwright\.config\.|does not exist|Cannot find module/i;
  return isConfig.test(stderr) || isConfig.test(stdout)
    ? { kind: 'no_numbers', state: 'bad_config', why: `playwright could not start${said}` }
    : { kind: 'no_numbers', state: 'no_report', why: `playwright wrote no report${said}` };
}
