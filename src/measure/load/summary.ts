/**
 * The summary of one k6 run (`--summary-export`), and what its exit code means.
 * https://grafana.com/docs/k6/latest/results-output/end-of-test/custom-summary/
 */

import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { parseJson } from '../formats/parsed.ts';
import type { RawRun, Reading } from '../tool.ts';

export type ScenarioMetric = 'p95_latency' | 'error_rate' | 'requests' | 'thresholds_failed';

/** Of thresholds `true` means missed. */
const Thresholds = z.record(z.string(), z.boolean()).optional();
const Metric = z.looseObject({ thresholds: Thresholds });

const Summary = z.object({
  metrics: z
    .object({
      http_reqs: z.looseObject({ count: z.number() }).optional(),
      http_req_failed: z.looseObject({ value: z.number() }).optional(),
      http_req_duration: z.looseObject({ 'p(95)': z.number(), max: z.number() }).optional(),
    })
    .catchall(Metric),
});

/** https://github.com/grafana/k6/blob/v2.2.0/errext/exitcodes/codes.go */
const FAILURES: Readonly<
  Record<number, readonly ['bad_config' | 'crashed' | 'timed_out', string]>
> = {
  100: ['timed_out', 'its setup() took too long'],
  101: ['timed_out', 'its teardown() took too long'],
  102: ['timed_out', 'it took too long'],
  103: ['crashed', 'it was stopped from outside'],
  104: ['bad_config', 'its configuration is wrong'],
  105: ['crashed', 'it was interrupted'],
  106: ['crashed', 'its own server could not start'],
  107: ['crashed', 'its script fails'],
  108: ['crashed', 'its script ended the test'],
  109: ['crashed', 'k6 itself crashed'],
};
/** A threshold of the script was missed; the script marked the test as failed. */
const JUDGED = [0, 99, 110];

export function readScenario(raw: RawRun): Reading<ScenarioMetric> {
  const { exitCode, stderr } = raw;
  if (!JUDGED.includes(exitCode)) return failedRun(raw);
  if (raw.report === undefined) return { state: 'no_report', why: 'k6 wrote no summary' };
  const summary = parseJson(raw.report, Summary);
  if (!summary.ok) return { state: 'bad_report', why: `the summary of k6 ${summary.why}` };
  const {
    http_reqs: sent,
    http_req_failed: failed,
    http_req_duration: took,
  } = summary.value.metrics;
  // Limits of metrics without samples hold, as far as k6 is concerned.
  if (sent === undefined || took === undefined || failed === undefined || sent.count === 0) {
    return { state: 'nothing_measured', why: 'the script sent no HTTP request' };
  }
  if (failed.value === 1 && took.max === 0) {
    return unanswered(sent.count, stderr);
  }
  const missed = missedThresholds(summary.value.metrics);
  const findings = [...missed.map(missedFinding), ...complaints(stderr, exitCode)];
  return {
    state: findings.length > 0 ? 'findings' : 'clean',
    metrics: {
      p95_latency: took['p(95)'],
      error_rate: failed.value,
      requests: sent.count,
      thresholds_failed: missed.length + (exitCode === 110 ? 1 : 0),
    },
    findings,
  };
}

function failedRun({ exitCode, stderr }: RawRun): Reading<ScenarioMetric> {
  const [state, what] = FAILURES[exitCode] ?? ['bad_config', 'k6 could not start'];
  const said = messageIn(stderr);
  return {
    state,
    why: `${what}${said === undefined ? '' : `: ${said}`} (exit code ${exitCode})`,
  };
}

function unanswered(requests: number, stderr: string): Reading<ScenarioMetric> {
  const said = /level=warning msg="Request Failed" error="([^\n]*?)"(?: |$)/m.exec(stderr)?.[1];
  const why = `none of ${requests} requests was answered`;
  return {
    state: 'backend_unavailable',
    why: said === undefined ? why : `${why}: ${unquoted(said)}`,
    help: 'start what the load goes to, or name it: suites.performance.start, .target',
  };
}

function missedThresholds(metrics: z.infer<typeof Summary>['metrics']): readonly string[] {
  return Object.entries(metrics).flatMap(([name, metric]) =>
    Object.entries((metric as z.infer<typeof Metric>).thresholds ?? {})
      .filter(([, isMissed]) => isMissed)
      .map(([threshold]) => `${name} ${threshold}`),
  );
}

const missedFinding = (threshold: string): Finding => ({
  tool: 'k6',
  rule: 'threshold',
  severity: 'warning',
  message: `the script's own threshold is missed: ${threshold}`,
  metric: 'performance.thresholds_failed',
});

/** A function that throws ends only its own iteration: k6 goes on, and exits 0. */
function complaints(stderr: string, exitCode: number): Finding[] {
  const found: Finding[] = [];
  if (exitCode === 110) {
    const said = /msg="test marked as failed: ([^\n]*?)"/.exec(stderr)?.[1];
    found.push({
      ...{ tool: 'k6', rule: 'marked-as-failed', severity: 'error' },
      message: `the script says that the test failed${said === undefined ? '' : `: ${unquoted(said)}`}`,
      metric: 'performance.thresholds_failed',
    });
  }
  const thrown = stderr.match(/^.*hint="script exception".*$/gm) ?? [];
  if (thrown.length > 0) {
    const said = messageIn(thrown[0]!) ?? 'an error';
    found.push({
      ...{ tool: 'k6', rule: 'script-exception', severity: 'warning' },
      message: `${thrown.length} iterations ended with an exception: ${said}`,
    });
  }
  return found;
}

/** The first line of what k6 says in its own log. */
function messageIn(stderr: string): string | undefined {
  const said = /level=error msg="((?:[^"\\\n]|\\.)*)"/.exec(stderr)?.[1];
  return said === undefined ? undefined : unquoted(said).slice(0, 300);
}

const unquoted = (text: string): string =>
  text.split('\\n')[0]!.replaceAll('\\t', ' ').replaceAll('\\"', '"').trim();
