/** Report formats on broken, contradictory and hostile input: an error with a reason, never a better number. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCobertura } from '../../../src/measure/formats/cobertura.ts';
import { readIstanbulSummary } from '../../../src/measure/formats/istanbul-summary.ts';
import { valueAt } from '../../../src/measure/formats/json-path.ts';
import { countCases, parseJUnit } from '../../../src/measure/formats/junit.ts';
import { parseLcov, relativeTo, shareOf, unionOf } from '../../../src/measure/formats/lcov.ts';
import { parseSarif } from '../../../src/measure/formats/sarif.ts';

const fixture = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../fixtures/formats', name), 'utf8');
const suite = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../fixtures/suites', name), 'utf8');

describe('lcov', () => {
  const record =
    'TN:\nSF:src/price.ts\nDA:1,4\nDA:2,0\nDA:3,1,checksum\nLF:3\nLH:2\nend_of_record\n';

  test('gives lines, also with CRLF, and joins records of one file', () => {
    for (const text of [record, record.replaceAll('\n', '\r\n')]) {
      const read = parseLcov(text);
      expect(read.ok && shareOf(read.value)).toEqual({ covered: 2, total: 3 });
    }
    const twice = parseLcov(record + 'SF:src/price.ts\nDA:2,1\nDA:9,0\nend_of_record\n');
    expect(twice.ok && shareOf(twice.value)).toEqual({ covered: 3, total: 4 });
  });

  test('real ones of vitest and node agree with their summaries', () => {
    const summary = readIstanbulSummary(suite('vitest/dirty/coverage/coverage-summary.json'));
    const lcov = parseLcov(suite('vitest/dirty/coverage/lcov.info'));
    expect(lcov.ok && shareOf(lcov.value)).toEqual(summary.ok && summary.value);
    const node = parseLcov(suite('node-test/clean/lcov.info'));
    expect(node.ok && shareOf(node.value)).toEqual({ covered: 10, total: 15 });
  });

  test('paths become relative, and a union covers what either covers', () => {
    const a = parseLcov('SF:/project/src/price.ts\nDA:1,0\nDA:2,1\nend_of_record\n');
    const b = parseLcov('SF:src/price.ts\nDA:1,1\nDA:2,0\nDA:3,0\nend_of_record\n');
    if (!a.ok || !b.ok) throw new Error('unreadable');
    const union = unionOf([a, b].map(({ value }) => relativeTo('/project', value)));
    expect([...union.keys()]).toEqual(['src/price.ts']);
    expect(shareOf(union)).toEqual({ covered: 2, total: 3 });
  });

  test.each([
    'SF:a\nDA:1,-1\nend_of_record',
    'SF:a\nDA:1,NaN\nend_of_record',
    'SF:a\nDA:1,1e309\nend_of_record',
    'SF:a\nDA:0,1\nend_of_record',
    'SF:a\nDA:-0,1\nend_of_record',
    'SF:a\nDA:1\nend_of_record',
    'SF:a\nDA:1,1\nLH:2\nend_of_record',
    'SF:a\nDA:1,1\nLF:2\nend_of_record',
    'SF:a\nDA:1,1\nLF:x\nend_of_record',
    'SF:\nend_of_record',
    'SF:a\nSF:b\nend_of_record',
    'DA:1,1\nend_of_record',
    'end_of_record',
    'SF:a\nDA:1,1',
  ])('%j is unreadable', (text) => {
    expect(parseLcov(text).ok).toBe(false);
  });

  test('cut anywhere, it is an error or lacks whole records; it never gains', () => {
    const whole = record + record.replaceAll('price', 'tax');
    for (let at = 0; at < whole.length; at++) {
      const read = parseLcov(whole.slice(0, at));
      if (read.ok) expect(shareOf(read.value).total % 3).toBe(0);
    }
  });
});

describe('istanbul summary', () => {
  test('is computed from covered and total', () => {
    const text = '{"total":{"lines":{"total":8,"covered":6,"skipped":0,"pct":"Unknown"}}}';
    expect(readIstanbulSummary(text)).toEqual({ ok: true, value: { covered: 6, total: 8 } });
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"total":{}}',
    '{"total":{"lines":{"total":1,"covered":2}}}',
    '{"total":{"lines":{"total":1e309,"covered":2}}}',
    '{"total":{"lines":{"total":5,"covered":-0}}}',
    '{"total":{"lines":{"total":5,"covered":2.5}}}',
    '{"total":{"lines":{"total":"5","covered":"2"}}}',
  ])('%j is unreadable', (text) => {
    expect(readIstanbulSummary(text).ok).toBe(false);
  });

  test('cut anywhere, it is an error', () => {
    const whole = suite('jest/dirty/coverage/coverage-summary.json').trimEnd();
    for (let at = 0; at < whole.length; at++) {
      expect(readIstanbulSummary(whole.slice(0, at)).ok).toBe(false);
    }
  });
});

describe('junit', () => {
  const counts = (text: string) => {
    const read = parseJUnit(text);
    return read.ok ? countCases(read.value) : read;
  };

  test('real ones of node and pytest', () => {
    const node = { tests: 5, failures: 1, errors: 0, skipped: 2 };
    expect(counts(suite('node-test/dirty/report.xml'))).toEqual(node);
    const pytest = { tests: 4, failures: 1, errors: 1, skipped: 1 };
    expect(counts(suite('pytest/dirty/report.xml'))).toEqual(pytest);
  });

  test('a failure with an error in teardown is one broken case', () => {
    const text =
      '<testsuite><testcase name="a"><failure message="no"/><error message="teardown"/></testcase></testsuite>';
    expect(counts(text)).toEqual({ tests: 1, failures: 1, errors: 0, skipped: 0 });
  });

  test('standard output of a case is not the text of its failure', () => {
    const read = parseJUnit(
      '<testsuite name="s"><testcase name="a" file="a.js" line="3"><failure><![CDATA[x < y\n  at a.js:3]]></failure></testcase></testsuite>',
    );
    expect(read).toMatchObject({
      ok: true,
      value: [{ suites: ['s'], file: 'a.js', line: 3, outcome: 'failed', message: 'x < y' }],
    });
  });

  test('a document type that declares nothing is read, as istanbul names one', () => {
    const named = `<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-[04].dtd"><testsuite><testcase name="x"/></testsuite>`;
    expect(parseJUnit(named)).toMatchObject({ ok: true });
  });

  const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>`;
  const external = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><testsuite><testcase name="&a;"/></testsuite>`;
  test.each([
    ['an empty text', ''],
    ['JSON', '{}'],
    ['another root', '<coverage/>'],
    ['an entity bomb', bomb],
    ['an external entity', external],
    ['an unknown entity', '<testsuite><testcase name="&a;"/></testsuite>'],
    ['tags too deep', '<testsuite>'.repeat(65) + '</testsuite>'.repeat(65)],
    ['an open tag', '<testsuite><testcase name="a"/>'],
    ['two roots', '<testsuite/><testsuite/>'],
    ['text behind the end', '<testsuite/>x'],
    ['a case without a name', '<testsuite><testcase/></testsuite>'],
    [
      'a case in a case',
      '<testsuite><testcase name="a"><testcase name="b"/></testcase></testsuite>',
    ],
    ['a count that is none', '<testsuite tests="NaN"/>'],
    ['a negative count', '<testsuite failures="-1"/>'],
    ['failures that are not listed', '<testsuite failures="1"><testcase name="a"/></testsuite>'],
    ['errors that are not listed', '<testsuites errors="2"><testsuite/></testsuites>'],
  ])('%s is unreadable', (_, text) => {
    expect(parseJUnit(text).ok).toBe(false);
  });

  test('cut anywhere, it is an error', () => {
    const whole = suite('node-test/dirty/report.xml').trimEnd();
    for (let at = 0; at < whole.length; at += 7) {
      expect(parseJUnit(whole.slice(0, at)).ok).toBe(false);
    }
  });
});

describe('cobertura', () => {
  test('lines of classes, each once', () => {
    const read = parseCobertura(fixture('cobertura.xml'));
    expect(read.ok && shareOf(read.value)).toEqual({ covered: 4, total: 6 });
  });

  test.each([
    '<testsuite/>',
    '<coverage><class/></coverage>',
    '<coverage><class filename="a"><line number="1" hits="-1"/></class></coverage>',
    '<coverage><class filename="a"><line number="1" hits="NaN"/></class></coverage>',
  ])('%s is unreadable', (text) => {
    expect(parseCobertura(text).ok).toBe(false);
  });
});

describe('sarif', () => {
  test('a real one of ruff: level and place of each result', () => {
    const read = parseSarif(fixture('ruff.sarif'));
    expect(read).toMatchObject({
      ok: true,
      value: {
        kind: 'results',
        results: [
          { rule: 'F401', level: 'error', file: '/project/price.py', line: 1 },
          { rule: 'F841', level: 'error', file: '/project/price.py', line: 5 },
        ],
      },
    });
  });

  const log = (run: object): string =>
    JSON.stringify({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: [{ id: 'a', defaultConfiguration: { level: 'note' } }] } },
          ...run,
        },
      ],
    });
  const message = { text: 'first line\nsecond' };

  test('levels come from the result, its rule, or are warnings', () => {
    const results = [
      { ruleId: 'a', message },
      { ruleId: 'b', message },
      { ruleId: 'a', level: 'error', message },
      { ruleIndex: 0, message },
      { level: 'none', message },
    ];
    const read = parseSarif(log({ results }));
    const levels =
      read.ok && read.value.kind === 'results' && read.value.results.map(({ level }) => level);
    expect(levels).toEqual(['note', 'warning', 'error', 'note']);
  });

  test('what is suppressed, gone or no failure does not count', () => {
    const results = [
      { message, suppressions: [{ kind: 'inSource' }] },
      { message, suppressions: [{ status: 'rejected' }] },
      { message, baselineState: 'absent' },
      { message, kind: 'pass' },
      { message, suppressions: [] },
    ];
    const read = parseSarif(log({ results }));
    expect(read.ok && read.value.kind === 'results' && read.value.results.length).toBe(2);
  });

  test.each([
    [
      { results: [], invocations: [{ executionSuccessful: false }] },
      { kind: 'failed', fault: 'execution' },
    ],
    [
      {
        results: [],
        invocations: [
          {
            executionSuccessful: true,
            toolConfigurationNotifications: [{ level: 'error', message }],
          },
        ],
      },
      { kind: 'failed', fault: 'config', why: 'first line' },
    ],
    [{}, { kind: 'nothing' }],
    [{ results: null }, { kind: 'nothing' }],
  ])('%j is no clean report', (run, value) => {
    expect(parseSarif(log(run))).toMatchObject({ ok: true, value });
  });

  test.each([
    '',
    '{}',
    '{"version":"2.1.0"}',
    '{"version":"3.0.0","runs":[]}',
    log({ results: {} }),
    log({ results: [{ ruleId: 'a' }] }),
    log({ results: [{ message, level: 'fatal' }] }),
  ])('%j is unreadable', (text) => {
    expect(parseSarif(text).ok).toBe(false);
  });
});

describe('json path', () => {
  const document = JSON.parse(
    '{"a":{"b":[{"c":3},{"c":4}]},"odd key":{"x.y":1},"length":9,"t":"text","__proto__":{"p":7}}',
  ) as unknown;

  test.each([
    ['a.b[0].c', 3],
    ['$.a.b[1].c', 4],
    ['a.b.length', 2],
    ['length', 9],
    ['["odd key"]["x.y"]', 1],
  ])('%s', (jsonPath, value) => {
    expect(valueAt(document, jsonPath)).toEqual({ ok: true, value });
  });

  test.each([
    '',
    'a.',
    'a..b',
    'a[',
    'a[-1]',
    'a.b[2]',
    'a.b.c',
    'a[0]',
    't.length',
    't[0]',
    'constructor',
    'a.constructor',
    'toString.length',
    'a.b.push',
    'a.b.map.length',
    'a b',
    'missing.deep',
  ])('%j finds nothing', (jsonPath) => {
    expect(valueAt(document, jsonPath).ok).toBe(false);
  });
});
