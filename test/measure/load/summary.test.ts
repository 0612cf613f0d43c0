/** What a run of k6 comes to: its exit code, its summary and its log together. The numbers are of k6 2.2.0. */

import { describe, expect, test } from 'vitest';
import { readScenario } from '../../../src/measure/load/summary.ts';
import { ROOT } from '../tools/support.ts';

const ANSWERED = {
  http_reqs: { count: 40, rate: 19.6 },
  http_req_failed: { passes: 2, fails: 38, value: 0.05 },
  http_req_duration: { avg: 1.06, min: 0.25, med: 0.79, max: 7.44, 'p(90)': 1.23, 'p(95)': 1.85 },
  iterations: { count: 40, rate: 19.6 },
};
const DEAD = {
  ...ANSWERED,
  http_req_failed: { passes: 40, fails: 0, value: 1 },
  http_req_duration: { avg: 0, min: 0, med: 0, max: 0, 'p(90)': 0, 'p(95)': 0 },
};
const REFUSED = `time="2026-11-23T09:29:26Z" level=warning msg="Request Failed" error="Get \\"http://127.0.0.1:1/\\": dial tcp 127.0.0.1:1: connect: connection refused"\n`;
const THROWN = `time="2026-11-23T09:29:20Z" level=error msg="TypeError: Cannot read property 'x' of undefined\\n\\tat default" executor=constant-vus hint="script exception" scenario=default source=stacktrace\n`;

const read = (exitCode: number, metrics: object | string | undefined, stderr = '') =>
  readScenario({
    ...{ exitCode, stdout: '', stderr, files: {}, root: ROOT },
    report: typeof metrics === 'object' ? JSON.stringify({ metrics }) : metrics,
  });

test('a run that was answered has numbers', () => {
  expect(read(0, ANSWERED)).toEqual({
    state: 'clean',
    metrics: { p95_latency: 1.85, error_rate: 0.05, requests: 40, thresholds_failed: 0 },
    findings: [],
  });
});

test('of a threshold `true` means missed', () => {
  const limited = (isMissed: boolean) => ({
    ...ANSWERED,
    http_req_duration: { ...ANSWERED.http_req_duration, thresholds: { 'p(95)<1': isMissed } },
  });
  expect(read(99, limited(true))).toMatchObject({
    state: 'findings',
    metrics: { thresholds_failed: 1 },
    findings: [
      {
        rule: 'threshold',
        message: "the script's own threshold is missed: http_req_duration p(95)<1",
      },
    ],
  });
  expect(read(0, limited(false))).toMatchObject({ state: 'clean' });
});

test('a script that says the test failed is heard', () => {
  const said = `level=error msg="test marked as failed: too few sold"\n`;
  expect(read(110, ANSWERED, said)).toMatchObject({
    state: 'findings',
    metrics: { thresholds_failed: 1 },
    findings: [
      { severity: 'error', message: 'the script says that the test failed: too few sold' },
    ],
  });
});

test('iterations that throw are told, although k6 exits 0', () => {
  expect(read(0, ANSWERED, THROWN.repeat(3))).toMatchObject({
    state: 'findings',
    findings: [
      {
        message:
          "3 iterations ended with an exception: TypeError: Cannot read property 'x' of undefined",
      },
    ],
  });
});

test('a service that answers nobody has no latency of 0', () => {
  expect(read(0, DEAD, REFUSED)).toMatchObject({ state: 'backend_unavailable' });
  expect(read(99, DEAD, REFUSED)).toMatchObject({
    why: expect.stringContaining('connection refused') as string,
  });
});

test('a script without requests measures nothing, and its limits do not hold', () => {
  const { iterations } = ANSWERED;
  expect(read(0, { iterations })).toMatchObject({ state: 'nothing_measured' });
  const none = { ...ANSWERED, http_reqs: { count: 0, rate: 0 } };
  expect(read(0, none)).toMatchObject({ state: 'nothing_measured' });
});

describe('a run that did not come to its end', () => {
  test.each([
    [100, 'timed_out'],
    [101, 'timed_out'],
    [102, 'timed_out'],
    [103, 'crashed'],
    [104, 'bad_config'],
    [105, 'crashed'],
    [106, 'crashed'],
    [107, 'crashed'],
    [108, 'crashed'],
    [109, 'crashed'],
    [255, 'bad_config'],
    [1, 'bad_config'],
  ])('exit code %i is %s, whatever the summary says', (code, state) => {
    expect(read(code, ANSWERED, THROWN)).toMatchObject({ state });
  });
});

test.each([
  [undefined, 'no_report'],
  ['', 'bad_report'],
  ['{"metrics": {"http_reqs": {"count"', 'bad_report'],
  ['{"results": []}', 'bad_report'],
])('a summary %j is %s', (report, state) => {
  expect(read(0, report)).toMatchObject({ state });
});
