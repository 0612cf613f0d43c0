/** How far the suites reach: what counts as new code, what is critical, and what stands where nothing can be told. */

import { describe, expect, test } from 'vitest';
import { DEFAULT_COVERAGE, type CoverageConfig } from '../../../src/config/coverage.ts';
import type { Change, ReadChange } from '../../../src/measure/change/change.ts';
import { parseLcov } from '../../../src/measure/formats/lcov.ts';
import { packLines, type LineMeasurement } from '../../../src/measure/line-coverage.ts';
import type { Measurement } from '../../../src/measure/runner.ts';
import { coverage } from '../../../src/measure/suites/coverage.ts';
import { rangesOf } from '../../../src/measure/suites/new-code.ts';
import { projectWith } from '../tools/support.ts';
import { contextFor, engineOf } from './replay.ts';

/** `1` for a line that ran, `0` for one that did not, `-` for one that is none. */
type Lines = string;

function unit(files: Readonly<Record<string, Lines>>, tool = 'jest'): LineMeasurement {
  const text = Object.entries(files).map(([name, lines]) => {
    const hits = [...lines].flatMap((hit, at) => (hit === '-' ? [] : [`DA:${at + 1},${hit}`]));
    return [`SF:${name}`, ...hits, 'end_of_record', ''].join('\n');
  });
  const hits = parseLcov(text.join(''));
  if (!hits.ok) throw new Error(hits.why);
  const lineCoverage = packLines(hits.value);
  const metrics = { 'unit.coverage': 0.5 };
  return { state: 'clean', metrics, findings: [], lineCoverage, evidence: { tool } };
}

/** Files with the text they have now; all of it is new. */
function changeOf(texts: Readonly<Record<string, string>>, more: object = {}): ReadChange {
  const change = {
    base: { commit: 'c'.repeat(40), by: 'for this test' },
    files: Object.entries(texts).map(([path, text]) => ({
      ...{ path, status: 'added', removed: [], ...more },
      added: text.split('\n').map((line, at) => ({ line: at + 1, text: line })),
    })),
    now: (file: string) => texts[file],
  };
  return { kind: 'change', change: change as unknown as Change };
}

const code = (count: number): string =>
  Array.from({ length: count }, (_, at) => `go(${at});`).join('\n');

interface Asked {
  readonly parts?: Readonly<Record<string, Measurement>>;
  readonly change?: ReadChange | undefined;
  readonly config?: Partial<CoverageConfig>;
  readonly files?: readonly string[];
  readonly scripts?: Record<string, string>;
}

function measure({ parts = {}, change, config, files = [], scripts = { test: 'jest' } }: Asked) {
  const project = projectWith({ files, scripts, coverage: { ...DEFAULT_COVERAGE, ...config } });
  const engine = engineOf(() => ({ kind: 'aborted' }));
  return coverage.measure(
    contextFor(project, engine, {
      earlier: new Map(Object.entries(parts)),
      ...(change !== undefined && { change: () => Promise.resolve(change) }),
    }),
  );
}

const newCode = async (asked: Asked) => (await measure(asked)).metrics['coverage_new_code'];

describe('new code', () => {
  test('is the share of the new lines that the report lists', async () => {
    const measured = await measure({
      parts: { unit: unit({ 'src/a.js': '1'.repeat(15) + '-' + '0'.repeat(10) }) },
      change: changeOf({ 'src/a.js': code(26) }),
    });
    expect(measured).toMatchObject({
      state: 'findings',
      metrics: { coverage_new_code: 15 / 25 },
      shares: { coverage_new_code: { covered: 15, total: 25 } },
      summary: '15 of 25 new lines since ccccccccc',
      evidence: { tool: 'coverage', base: { by: 'for this test' } },
      findings: [
        {
          ...{ rule: 'uncovered-new-code', file: 'src/a.js', line: 17, endLine: 26 },
          message: 'lines 17 to 26 are new, and no test runs them',
        },
      ],
    });
  });

  test('from 20 lines it counts, below it is exempt and says so', async () => {
    const of = (count: number) =>
      newCode({
        parts: { unit: unit({ 'a.js': '1'.repeat(count) }) },
        change: changeOf({ 'a.js': code(count) }),
      });
    expect(await of(20)).toBe(1);
    expect(await of(19)).toEqual({
      notApplicable:
        '19 of 19 new lines since ccccccccc: fewer than 20, exempt (coverage.new_code_from)',
    });
    const every = { newCodeFrom: 0 };
    const parts = { unit: unit({ 'a.js': '10' }) };
    expect(await newCode({ parts, change: changeOf({ 'a.js': code(2) }), config: every })).toBe(
      0.5,
    );
  });

  test('a source file that no suite loads is uncovered, where its language is counted', async () => {
    const change = changeOf({ 'src/a.js': code(20), 'lib/b.py': code(9), 'c.go': code(9) });
    const parts = { unit: unit({ 'src/z.js': '1' }) };
    const measured = await measure({ parts, change, files: ['src/z.js'] });
    expect(measured).toMatchObject({
      metrics: { coverage_new_code: 0 },
      shares: { coverage_new_code: { covered: 0, total: 20 } },
      findings: [
        { message: 'lines 1 to 20 are new, and no test runs them; no suite loads this file' },
      ],
    });
  });

  test('tests, scripts, types and text are none; what a report lists of a script is', async () => {
    const texts = {
      ...{ 'test/a.test.js': code(30), 'scripts/x.js': code(30), 'README.md': code(30) },
      'src/types.ts': 'export interface A { a: 1 }\n'.repeat(30),
    };
    const change = changeOf(texts);
    const why = { notApplicable: 'no executable line was changed since ccccccccc' };
    expect(await newCode({ parts: { unit: unit({ 'a.js': '1' }) }, change })).toEqual(why);
    const listed = unit({ 'scripts/x.js': '1'.repeat(20), 'test/a.test.js': '1'.repeat(30) });
    const measured = await measure({ parts: { unit: listed }, change });
    expect(measured.shares).toEqual({ coverage_new_code: { covered: 20, total: 20 } });
  });

  test('include and exclude say which files', async () => {
    const change = changeOf({
      'src/a.js': code(20),
      'legacy/b.js': code(20),
      'scripts/c.js': code(20),
    });
    const parts = { unit: unit({ 'src/a.js': '1'.repeat(20) }) };
    const shareWith = async (config: Partial<CoverageConfig>) =>
      (await measure({ parts, change, config })).shares;
    expect(await shareWith({})).toEqual({ coverage_new_code: { covered: 20, total: 40 } });
    expect(await shareWith({ exclude: ['legacy/**'] })).toEqual({
      coverage_new_code: { covered: 20, total: 20 },
    });
    expect(await shareWith({ include: ['src/**', 'scripts/**'] })).toEqual({
      coverage_new_code: { covered: 20, total: 40 },
    });
  });

  test('deleted files and links have none', async () => {
    const parts = { unit: unit({ 'a.js': '1'.repeat(30) }) };
    for (const more of [{ status: 'deleted' }, { special: true }]) {
      expect(await newCode({ parts, change: changeOf({ 'a.js': code(30) }, more) })).toMatchObject({
        notApplicable: expect.stringContaining('no executable line') as unknown,
      });
    }
  });

  test('of a file that cannot be read, the lines of the change itself are read', async () => {
    const read = changeOf({ 'src/a.js': code(25) }) as Extract<ReadChange, { kind: 'change' }>;
    const change: ReadChange = { ...read, change: { ...read.change, now: () => undefined } };
    expect(await newCode({ parts: { unit: unit({ 'src/z.js': '1' }) }, change })).toBe(0);
  });

  test('a report that names its files another way is told', async () => {
    const parts = { unit: unit({ 'build/src/a.js': '1'.repeat(20) }) };
    const change = changeOf({ 'src/a.js': code(20) });
    const { findings } = await measure({ parts, change, files: ['src/a.js'] });
    expect(findings[0]).toMatchObject({
      rule: 'path_mismatch',
      message:
        'the coverage report names no file of this project: the report names build/src/a.js, the change src/a.js',
    });
    const placed = await measure({ parts, change, files: ['build/src/a.js', 'src/a.js'] });
    expect(placed.findings.map(({ rule }) => rule)).toEqual(['uncovered-new-code']);
  });

  test('without a change it is not applicable, where git fails it is missing', async () => {
    const parts = { unit: unit({ 'a.js': '1' }) };
    expect(await newCode({ parts })).toEqual({ notApplicable: 'nobody asked what changed' });
    expect(await newCode({ parts, change: { kind: 'none', why: 'no base' } })).toEqual({
      notApplicable: 'no base',
    });
    expect(await newCode({ parts, change: { kind: 'untold', why: 'git fell' } })).toEqual({
      missing: 'git fell',
      state: 'backend_unavailable',
    });
    const unreached = { kind: 'untold', why: 'out of reach', help: 'fetch it' } as const;
    expect(await newCode({ parts, change: unreached })).toMatchObject({
      missing: 'out of reach: fetch it',
    });
  });
});

test('lines in a row are one range, also over lines that are none; a covered one parts them', () => {
  const ranges = (covered: number[], uncovered: number[]) =>
    rangesOf({ path: 'a.js', inReport: true, covered, uncovered });
  expect(ranges([], [1, 2, 3])).toEqual([[1, 3]]);
  expect(ranges([], [1, 4, 8])).toEqual([
    [1, 4],
    [8, 8],
  ]);
  expect(ranges([2], [1, 3])).toEqual([
    [1, 1],
    [3, 3],
  ]);
  expect(ranges([1], [])).toEqual([]);
});

describe('critical paths', () => {
  const parts = { unit: unit({ 'src/pay/a.js': '1100', 'src/pay/b.js': '0', 'src/c.js': '1' }) };
  const criticalOf = (criticalPaths: readonly string[], files = ['src/pay/a.js', 'src/c.js']) =>
    measure({ parts, files, config: { criticalPaths } });

  test('are the lines of the files that are named', async () => {
    const measured = await criticalOf(['src/pay/**']);
    expect(measured.metrics['coverage_critical_paths']).toBe(2 / 5);
    expect(measured.shares).toEqual({ coverage_critical_paths: { covered: 2, total: 5 } });
    expect(measured.summary).toContain('2 of 5 critical lines');
  });

  test('none declared is not applicable, none in a report is missing', async () => {
    expect((await criticalOf([])).metrics['coverage_critical_paths']).toEqual({
      notApplicable: 'no critical paths are declared (coverage.critical_paths)',
    });
    expect((await criticalOf(['src/auth'], ['src/auth/x.js'])).metrics).toMatchObject({
      coverage_critical_paths: {
        missing: 'no line of the critical paths stands in a coverage report',
      },
    });
  });

  test('a glob that matches no file is told', async () => {
    const { findings, state } = await criticalOf(['src/pay/**', 'src/payment/**']);
    expect(state).toBe('findings');
    expect(findings).toMatchObject([
      {
        rule: 'critical-path-without-files',
        message: 'coverage.critical_paths: `src/payment/**` matches no file',
      },
    ]);
  });
});

describe('where a part is silent nothing is put together', () => {
  const suites = { test: 'jest', 'test:integration': 'mocha' };
  const good = unit({ 'a.js': '1' });
  const none = { ...good, metrics: {}, lineCoverage: undefined } as unknown as LineMeasurement;

  test('a suite that fell, or did not run', async () => {
    const fell: Measurement = { state: 'crashed', why: 'it fell', metrics: {}, findings: [] };
    const parts = { unit: good, integration: fell };
    expect(await measure({ parts, scripts: suites })).toMatchObject({
      ...{ state: 'crashed', why: 'integration: it fell', causedBy: 'integration', metrics: {} },
    });
    expect(await measure({ parts: { unit: good }, scripts: suites })).toMatchObject({
      ...{ state: 'skipped', why: 'integration: it was not run before this' },
    });
    const joined = { joined: ['goat'] };
    expect(await measure({ parts: { unit: good }, config: joined })).toMatchObject({
      ...{ state: 'skipped', why: 'goat: it was not run before this' },
    });
  });

  test('a suite that counted and left no lines, and one that cannot count', async () => {
    const mute = { ...none, metrics: { 'unit.coverage': 0.5 } };
    expect(await measure({ parts: { unit: mute } })).toMatchObject({
      ...{ state: 'nothing_measured', why: 'unit left no line data to put together' },
    });
    const cannot = { ...none, metrics: { 'unit.coverage': { notApplicable: 'no provider' } } };
    expect(await measure({ parts: { unit: cannot } })).toMatchObject({
      ...{ state: 'not_applicable', why: 'no provider' },
    });
    const other = { ...good, metrics: { 'integration.coverage': 1 } };
    expect(
      await measure({ parts: { unit: cannot, integration: other }, scripts: suites }),
    ).toMatchObject({ state: 'clean' });
  });

  test('without a suite it is not in play; a joined runner alone is enough', () => {
    expect(coverage.inPlay(projectWith())).toEqual({
      ...{ inPlay: false, why: 'no test suite that counts lines is declared here' },
    });
    const joined = { ...DEFAULT_COVERAGE, joined: ['goat'] };
    expect(coverage.inPlay(projectWith({ coverage: joined }))).toMatchObject({ inPlay: true });
  });
});
