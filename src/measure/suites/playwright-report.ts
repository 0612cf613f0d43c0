/** The JSON report of Playwright: suites in suites, a test for each project, a result for each attempt. */

import { z } from 'zod';
import { Count } from '../formats/numbers.ts';
import { parseJson, unreadable, type Parsed } from '../formats/parsed.ts';
import type { TestFailure, TestRun } from './framework.ts';
import { fileInside, firstLine, headline, plain } from './said.ts';

const Said = z.object({ message: z.string().optional(), value: z.string().optional() });

const Test = z.object({
  projectName: z.string(),
  status: z.enum(['expected', 'unexpected', 'flaky', 'skipped']),
  results: z.array(
    z.object({
      status: z.string(),
      error: Said.nullish(),
      errors: z.array(Said).nullish(),
      errorLocation: z.object({ file: z.string(), line: z.int() }).nullish(),
    }),
  ),
});

const Spec = z.object({
  title: z.string(),
  file: z.string(),
  line: z.int(),
  tests: z.array(Test),
});

const Suite = z.object({
  title: z.string(),
  file: z.string().optional(),
  specs: z.array(Spec),
  get suites() {
    return z.array(Suite).optional();
  },
});

const Report = z.object({
  config: z.object({ rootDir: z.string() }),
  suites: z.array(Suite),
  errors: z.array(Said),
  // Since 1.34.
  stats: z.object({ expected: Count, unexpected: Count, flaky: Count, skipped: Count }).optional(),
});

export interface PlaywrightRun extends TestRun {
  /** What went wrong outside of all tests. */
  readonly errors: readonly string[];
  /** Tests that no browser was there for; in none of the counts. */
  readonly withoutBrowser: readonly { readonly browser: string; readonly said: string }[];
}

/** What Playwright says where the browser itself is not there, or cannot run on this system. */
const NO_BROWSER =
  /^(?:Error: )?browserType\.launch\w*: (Executable doesn't exist at .*|.* is not found at .*|Failed to launch .* because executable doesn't exist at .*|\s*Host system is missing dependencies.*)/m;

export function readPlaywrightReport(text: string, root: string): Parsed<PlaywrightRun> {
  const report = parseJson(text, Report);
  if (!report.ok) return report;
  const { suites, errors, stats, config } = report.value;
  const counts = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
  const failures: TestFailure[] = [];
  const withoutBrowser: { browser: string; said: string }[] = [];
  for (const { spec, titles } of suites.flatMap((suite) => specsOf(suite, []))) {
    for (const test of spec.tests) {
      counts[test.status] += 1;
      if (test.status !== 'unexpected') continue;
      const said = browserless(test);
      if (said !== undefined) withoutBrowser.push({ browser: browserOf(said, test), said });
      else failures.push(failureOf(test, spec, titles, config.rootDir, root));
    }
  }
  for (const kind of ['expected', 'unexpected', 'flaky', 'skipped'] as const) {
    if (stats === undefined || counts[kind] === stats[kind]) continue;
    return unreadable(`counts ${stats[kind]} ${kind} tests and lists ${counts[kind]}`);
  }
  return {
    ok: true,
    value: {
      passed: counts.expected,
      failed: failures.length,
      flaky: counts.flaky,
      skipped: counts.skipped,
      failures,
      withoutBrowser,
      errors: errors.map(({ message, value }) => plain(message ?? value ?? 'an error')),
    },
  };
}

interface Placed {
  readonly spec: z.infer<typeof Spec>;
  readonly titles: readonly string[];
}

/** The outermost suite is the file. */
function specsOf(suite: z.infer<typeof Suite>, above: readonly string[]): Placed[] {
  return [
    ...suite.specs.map((spec) => ({ spec, titles: [...above, spec.title] })),
    ...(suite.suites ?? []).flatMap((inner) => specsOf(inner, [...above, inner.title])),
  ];
}

type TestResult = z.infer<typeof Test>;

/** Why no browser could be started, where that is all there is to say of this test. */
function browserless({ results }: TestResult): string | undefined {
  const messages = results
    .filter(({ status }) => status !== 'skipped')
    .map(({ error, errors }) => plain(error?.message ?? errors?.[0]?.message ?? ''));
  const said = messages.map((message) => NO_BROWSER.exec(message)?.[1]?.trim());
  return said.length > 0 && said.every((one) => one !== undefined) ? said[0] : undefined;
}

/** Of the browser that is not there, else of the project that wants it. */
function browserOf(said: string, { projectName }: TestResult): string {
  const known = /(chromium|firefox|webkit)/i.exec(said)?.[1]?.toLowerCase();
  return known ?? (projectName === '' ? 'a browser' : firstLine(projectName));
}

function failureOf(
  { results, projectName }: TestResult,
  spec: Placed['spec'],
  titles: readonly string[],
  rootDir: string,
  root: string,
): TestFailure {
  const last = results.findLast(({ status }) => status !== 'skipped');
  const said = saidBy(last) || (last?.status ?? 'failed');
  const file = fileInside(root, last?.errorLocation?.file ?? `${rootDir}/${spec.file}`);
  const name = firstLine(titles.join(' › '));
  const project = projectName === '' ? '' : `[${projectName}] `;
  return {
    kind: 'test',
    message: `${project}${name}: ${said}`,
    ...(file === undefined ? {} : { file, line: last?.errorLocation?.line ?? spec.line }),
  };
}

function saidBy(result: TestResult['results'][number] | undefined): string {
  const error = result?.error ?? result?.errors?.[0];
  return headline((error?.message ?? error?.value ?? '').replace(/^Error: /, ''));
}

/** Without the configuration, which names authors, and without what tests printed or attached. */
export function publishedReport(report: string): string {
  const { config, suites, errors, stats } = JSON.parse(report) as Record<string, unknown>;
  const { rootDir, version } = (config ?? {}) as Record<string, unknown>;
  const left = { config: { rootDir, version }, suites, errors, stats };
  const dropped = new Set(['stdout', 'stderr', 'attachments', 'snippet']);
  return JSON.stringify(left, (key, value: unknown) => (dropped.has(key) ? undefined : value));
}
