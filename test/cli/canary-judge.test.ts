/** `canary:judge`: recorded series by the code that judges rollouts, and what it says of files that are none. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readTable } from '../../src/rollout/analysis/recorded.ts';
import { looksInRanges, readRanges } from '../../src/rollout/sources/recorded-range.ts';
import { readSeries } from '../../src/cli/canary-series.ts';
import { canaryGate } from '../../src/cli/canary-gate.ts';
import { decide } from '../../src/rollout/analysis/decide.ts';
import { canaryText } from '../../src/report/canary-text.ts';
import { loaded } from '../config/project.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-judge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const session = { loaded: loaded({ 'nemesis.config.yaml': 'extends: nemesis/strict\n' }) };

function judged(text: string, options: Readonly<Record<string, unknown>> = {}) {
  writeFileSync(path.join(folder, 'series'), text);
  const gate = canaryGate(session as Parameters<typeof canaryGate>[0], options);
  if (!gate.ok) throw new Error(JSON.stringify(gate.failure));
  const series = readSeries('series', folder, options, gate.value.share);
  if (!series.ok) return series.failure;
  const { looks, declared } = series.value;
  return decide(gate.value.specOf(looks.length, declared), looks);
}

const HEAD = 'time,release,requests,errors,error:500,latency_p50,latency_p95';

/** Ten minutes, by release what stands in its row. */
const table = (candidate: string, baseline: string, head = HEAD) =>
  [
    head,
    ...Array.from({ length: 10 }, (_, minute) => [
      `${1_700_000_000 + minute * 60},candidate,${candidate}`,
      `${1_700_000_000 + minute * 60},baseline,${baseline}`,
    ]).flat(),
    '',
  ].join('\n');

describe('a table', () => {
  test.each([
    ['no worse', '100,1,1,40,100', '900,9,9,40,100', 'pass'],
    ['slower', '100,1,1,60,100', '900,9,9,40,100', 'fail'],
    ['between', '100,1,1,40,130', '900,9,9,40,100', 'inconclusive'],
    ['too little', '1,0,0,40,100', '9,0,0,40,100', 'inconclusive'],
    ['NaN', 'NaN,1,1,40,100', '900,9,9,40,100', 'no_data'],
  ])('%s', (_, candidate, baseline, answer) => {
    expect(judged(table(candidate, baseline))).toMatchObject({ answer });
  });

  test('as text', () => {
    const verdict = judged(table('100,1,1,40,130', '900,9,9,40,100'));
    if (!('answer' in verdict)) throw new Error();
    expect(canaryText(verdict, 80)).toMatchInlineSnapshot(`
      "inconclusive: between promote and roll back
        pass          error_rate <= baseline + 1%
                      error_rate is 1 %, the baseline is 1 %
                      the limit is <= 2 % (baseline + 1%), 1 pp below it
                      candidate: 10 errors in 1000 requests over 600 s
                      baseline: 90 errors in 9000 requests over 600 s
                      a difference of 0.55 % or more shows in so many requests, 19
                      times of 20
                      asked by nemesis/gates/staging/canary.yaml:13
                      5 of the last 5 looks say so, 3 are needed
        pass          latency_p50 <= baseline + 10%
                      latency_p50 is 40 ms, the baseline is 40 ms
                      the limit is <= 44 ms (baseline + 10%), 4 ms below it
                      candidate: latency_p50 told by a source, 1000 samples over 600 s
                      baseline: latency_p50 told by a source, 9000 samples over 600 s
                      a difference of 2.2 ms or more shows in so many requests, 19
                      times of 20
                      asked by nemesis/gates/staging/canary.yaml:14
                      5 of the last 5 looks say so, 3 are needed
        inconclusive  latency_p95 <= baseline + 20%
                      latency_p95 is 130 ms, the baseline is 100 ms
                      the limit is <= 120 ms (baseline + 20%), 10 ms above it
                      candidate: latency_p95 told by a source, 1000 samples over 600 s
                      baseline: latency_p95 told by a source, 9000 samples over 600 s
                      a difference of 9.3 ms or more shows in so many requests, 19
                      times of 20
                      between this and \`latency_p95 > baseline + 50%\`
                      asked by nemesis/gates/staging/canary.yaml:15
                      5 of the last 5 looks say so, 3 are needed
        pass          throughput >= baseline - 5%
                      throughput is 16.5 req/s, the baseline is 16.5 req/s
                      the limit is >= 15.68 req/s (baseline - 5%), 49.5 req/min
                      above it
                      candidate: 10 errors in 1000 requests over 600 s
                      baseline: 90 errors in 9000 requests over 600 s
                      a difference of 54 req/min or more shows in so many requests, 19
                      times of 20
                      asked by nemesis/gates/staging/canary.yaml:16
                      5 of the last 5 looks say so, 3 are needed
        pass          no_new_error_types
                      no type of error is new
                      5 of the last 5 looks say so, 3 are needed
        not in play   user_feedback_neutral_or_positive: no source is declared
      "
    `);
  });

  test('releases by their names', () => {
    const text = table('100,1,1,40,100', '900,9,9,40,100')
      .replaceAll('candidate', '2.0')
      .replaceAll('baseline', '1.0');
    expect(judged(text)).toMatchObject({ message: 'it tells of 2.0, 1.0' });
    expect(judged(text, { candidate: '2.0' })).toMatchObject({ answer: 'pass' });
  });

  test.each([
    ['a,b', 1, 'no column is called time'],
    ['time,release,request', 1, 'nothing is known of a column `request`'],
    ['time,release,requests,requests', 1, 'a column stands there twice'],
    ['time,release,requests\n1,candidate', 2, '2 cells under 3 columns'],
    ['time,release,requests\nnow,candidate,1', 2, '`now` is no time'],
    ['time,release,requests\n1,candidate,many', 2, '`many` is no number'],
    ['time,release,requests\n1,,4', 2, 'no release is named'],
  ])('%j', (text, line, message) => {
    expect(readTable(text)).toMatchObject({ ok: false, failure: { line, message } });
  });

  test.each([
    ['1700000000', 1_700_000_000_000],
    ['1700000000123', 1_700_000_000_123],
    ['2026-01-31T10:00:00Z', Date.parse('2026-01-31T10:00:00Z')],
    ['2024-02-29T23:59:59.5+02:00', Date.parse('2024-02-29T23:59:59.5+02:00')],
  ])('the time %s', (written, atMs) => {
    expect(readTable(`time,release\n${written},a`)).toMatchObject({ value: [{ atMs }] });
  });
});

describe('range answers of Prometheus', () => {
  const answer = (candidate: number[], baseline: number[], extra: object = {}) => ({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        ['candidate', candidate],
        ['baseline', baseline],
      ].map(([release, values]) => ({
        metric: { release, ...extra },
        values: (values as number[]).map((value, at) => [1000 + at * 60, String(value)]),
      })),
    },
  });
  const eleven = (of: (at: number) => number) => Array.from({ length: 11 }, (_, at) => of(at));
  const same = (value: number) => eleven(() => value);
  const whole = (p95: number) => ({
    requests: answer(
      eleven((at) => at * 100),
      eleven((at) => at * 900),
    ),
    error_rate: answer(same(0.01), same(0.01)),
    latency_p50: answer(same(40), same(40)),
    latency_p95: answer(same(p95), same(100)),
    throughput: answer(same(100), same(100)),
    error_types: answer(
      eleven((at) => at),
      eleven((at) => at * 9),
      { type: 'internal' },
    ),
  });

  test.each([
    [100, 'pass'],
    [130, 'inconclusive'],
    [160, 'fail'],
  ])('a p95 of %d beside 100: %s', (p95, expected) => {
    expect(judged(JSON.stringify(whole(p95)))).toMatchObject({ answer: expected });
  });

  test('without the metrics the gate asks for: no data', () => {
    const { error_rate } = whole(100);
    expect(judged(JSON.stringify({ error_rate }))).toMatchObject({ answer: 'no_data' });
  });

  test.each([
    ['{"status":"error","error":"bad query"}', 'bad query'],
    ['{"error_rate":{}}', 'error_rate: it is no range of Prometheus'],
    ['{"eror_rate":{}}', 'it has no answers by metric'],
  ])('%s', (text, message) => {
    const read = readRanges(JSON.parse(text));
    expect(read).toMatchObject({ ok: false, failure: expect.stringContaining(message) as string });
  });

  test('series of one answer are told apart by their name', () => {
    const read = readRanges(answer(same(1), same(1), { __name__: 'throughput' }));
    if (!read.ok) throw new Error(read.failure);
    expect(read.value.releases).toEqual(['baseline', 'candidate']);
    const looks = looksInRanges(read.value, { candidate: 'candidate', stable: 'baseline' });
    expect(looks.at(-1)!.candidate!.told['throughput']).toEqual({
      kind: 'value',
      value: 1,
      samples: 11,
    });
  });
});

test('the gate, asked for by its name', () => {
  const gate = canaryGate(session as Parameters<typeof canaryGate>[0], {
    gate: 'DEPLOY_STAGING_03',
  });
  expect(gate).toMatchObject({
    ok: false,
    failure: { help: ['did you mean DEPLOY_STAGING_003?'] },
  });
});
