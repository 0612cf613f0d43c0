/**
 * Coverage of new code beside diff-cover itself, on the same commits and the same reports, line by line. Where the two
 * differ on purpose, the difference is known beforehand and must be exactly that.
 */

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { DEFAULT_COVERAGE } from '../../../src/config/coverage.ts';
import type { Change } from '../../../src/measure/change/change.ts';
import { customRunner } from '../../../src/measure/custom.ts';
import { resolveBinary } from '../../../src/measure/process/resolve-binary.ts';
import type { Project } from '../../../src/measure/project.ts';
import type { Measurement } from '../../../src/measure/runner.ts';
import { coverage, linesAdded } from '../../../src/measure/suites/coverage.ts';
import { newCodeCoverage } from '../../../src/measure/suites/new-code.ts';
import { reachedLines, type Reached } from '../../../src/measure/suites/reached.ts';
import { readCoverage } from '../../../src/measure/suites/suite-coverage.ts';
import {
  coberturaOf,
  firstTree,
  lcovOf,
  nextTree,
  randomOf,
  reportOf,
  secondOf,
  textOf,
  type Random,
  type Report,
  type Tree,
} from '../change/generated.ts';
import { repository, type Repository } from '../change/repository.ts';
import { SYSTEM_PATH } from '../process/system-path.ts';
import { projectWith } from '../tools/support.ts';
import { contextFor, engineOf } from './replay.ts';

interface Kind {
  readonly name: string;
  readonly seed: number;
  readonly format: 'lcov' | 'cobertura';
  readonly reports: 'one' | 'two' | 'ragged';
}

const KINDS: readonly Kind[] = [
  { name: 'lcov', seed: 1, format: 'lcov', reports: 'one' },
  { name: 'cobertura', seed: 2, format: 'cobertura', reports: 'one' },
  { name: 'two of lcov', seed: 3, format: 'lcov', reports: 'two' },
  { name: 'two of cobertura', seed: 4, format: 'cobertura', reports: 'two' },
  { name: 'two of lcov that list other lines', seed: 5, format: 'lcov', reports: 'ragged' },
];
const CASES = 60;
const python = pythonOfDiffCover();

describe.skipIf(python === undefined)('beside diff-cover (skipped: not installed)', () => {
  test.each(KINDS)(
    `$name: the same lines in ${CASES} changes`,
    { timeout: 300_000 },
    async (kind) => {
      const theirs = diffCover(python ?? '');
      const random = randomOf(kind.seed);
      const there = repository();
      const seen = new Set<string>();
      let tree = firstTree(random);
      put(there, new Map(), tree);
      try {
        for (let index = 0; index < CASES; index++) {
          const before = tree;
          tree = nextTree(random, before);
          put(there, before, tree);
          const reports = reportsFor(kind, random, tree);
          const told = await theirs.ask({ root: there.root, ...written(there, kind, reports) });
          const ours = await measured(there, kind, reports, tree);
          const { expected, differences } = withDifferences(told, reports, tree, kind);
          expect({ index, files: ours.files }).toEqual({ index, files: expected });
          expectValue(ours.measurement, expected, { told, differences, seen });
        }
      } finally {
        theirs.end();
      }
      expect([...seen].sort()).toEqual(expect.arrayContaining(ALWAYS_SEEN));
      expect(seen.has('ragged')).toBe(kind.reports === 'ragged');
      expect(seen.has('functions')).toBe(kind.format === 'lcov');
    },
  );
});

/** Differences that each history must have shown, lest they be asserted of nothing. */
const ALWAYS_SEEN = ['absent', 'exempt', 'nothing', 'same', 'tests'];

interface Lists {
  readonly covered: readonly number[];
  readonly uncovered: readonly number[];
}

interface Told {
  readonly lines: number;
  readonly open: number;
  readonly percent: number;
  readonly files: Readonly<Record<string, Lists>>;
  readonly changed: Readonly<Record<string, readonly number[]>>;
}

/** What diff-cover says, with each difference on purpose applied to it. */
function withDifferences(told: Told, reports: readonly Report[], tree: Tree, kind: Kind) {
  const differences = new Set<string>();
  const expected: Record<string, Lists> = {};
  const add = (name: string, lists: Lists): void => {
    if (lists.covered.length + lists.uncovered.length > 0) expected[name] = lists;
  };
  for (const [name, lists] of Object.entries(told.files)) {
    // Tests are no new code.
    if (/^tests?\//.test(name)) differences.add('tests');
    else add(name, asOneRun(lists, name, reports, differences));
  }
  const named = reports.flatMap((report) => [...report.keys()]);
  const counts = (end: RegExp): boolean => named.some((name) => end.test(name));
  for (const [name, changed] of Object.entries(told.changed)) {
    // A source file that no report names is uncovered, where its language is one that is counted.
    const isSource = /^(src|lib)\/|^(moved-)*app/.test(name) && !named.includes(name);
    const isCounted = name.endsWith('.py')
      ? counts(/\.py$/)
      : kind.format === 'lcov' || counts(/\.[jt]s$/);
    if (!isSource || !isCounted) continue;
    const runs =
      tree
        .get(name)
        ?.flat()
        .map(({ runs: does }) => does) ?? [];
    const uncovered = changed.filter((line) => runs[line - 1] === true);
    if (uncovered.length > 0) differences.add('absent');
    add(name, { covered: [], uncovered });
  }
  return { expected, differences };
}

/**
 * diff-cover takes heads of functions in lcov for lines, which the tool that wrote it does not; and a line that one
 * report says did not run for covered when another report of the file leaves it out.
 */
function asOneRun(
  { covered, uncovered }: Lists,
  name: string,
  reports: readonly Report[],
  differences: Set<string>,
): Lists {
  const own = reports.flatMap((report) => report.get(name)?.hits ?? []);
  const lines = [...covered, ...uncovered].filter((line) => own.some((hits) => hits.has(line)));
  if (lines.length < covered.length + uncovered.length) differences.add('functions');
  const isRun = (line: number): boolean => own.some((hits) => (hits.get(line) ?? 0) > 0);
  const silent = covered.filter((line) => lines.includes(line) && !isRun(line));
  if (silent.length > 0) {
    expect(own.length).toBeGreaterThan(1);
    for (const line of silent) expect(own.some((hits) => !hits.has(line))).toBe(true);
    differences.add('ragged');
  }
  return {
    covered: covered.filter((line) => lines.includes(line) && !silent.includes(line)),
    uncovered: [...uncovered.filter((line) => lines.includes(line)), ...silent].sort(
      (a, b) => a - b,
    ),
  };
}

interface Beside {
  readonly told: Told;
  readonly differences: Set<string>;
  readonly seen: Set<string>;
}

/** No line is no share instead of 100 %, and fewer than 20 are exempt. */
function expectValue(
  measurement: Measurement,
  files: Readonly<Record<string, Lists>>,
  { told, differences, seen }: Beside,
): void {
  const covered = Object.values(files).reduce((sum, file) => sum + file.covered.length, 0);
  const open = Object.values(files).reduce((sum, file) => sum + file.uncovered.length, 0);
  const total = covered + open;
  const value = measurement.metrics['coverage_new_code'];
  for (const difference of differences) seen.add(difference);
  if (differences.size === 0) {
    expect({ total, open }).toEqual({ total: told.lines, open: told.open });
    seen.add('same');
  }
  if (total === 0) {
    expect(value).toMatchObject({
      notApplicable: expect.stringMatching(/^no executable line/) as unknown,
    });
    if (differences.size === 0) expect(told.percent).toBe(100);
    seen.add('nothing');
  } else if (total < DEFAULT_COVERAGE.newCodeFrom) {
    const why = new RegExp(`^${covered} of ${total} new lines since .*: fewer than 20, exempt`);
    expect(value).toMatchObject({ notApplicable: expect.stringMatching(why) as unknown });
    seen.add('exempt');
  } else {
    expect(value).toBe(covered / total);
    expect(measurement.shares).toEqual({ coverage_new_code: { covered, total } });
    if (differences.size === 0) expect(Math.floor((100 * covered) / total)).toBe(told.percent);
    seen.add('told');
  }
}

function put({ write, commit }: Repository, before: Tree, after: Tree): void {
  const gone = [...before.keys()].filter((name) => !after.has(name));
  write(Object.fromEntries(gone.map((name) => [name, null])));
  write(Object.fromEntries([...after].map(([name, file]) => [name, textOf(file)])));
  commit();
}

function reportsFor({ reports }: Kind, random: Random, tree: Tree): readonly Report[] {
  const first = reportOf(random, tree);
  return reports === 'one' ? [first] : [first, secondOf(random, first, reports === 'ragged')];
}

function textFor({ format }: Kind, report: Report, index: number, root: string): string {
  if (format === 'cobertura') return coberturaOf(report, root);
  return lcovOf(report, (file) => (index === 0 ? file : path.join(root, file)));
}

/** Where git does not look for files of the project. */
function written({ root }: Repository, kind: Kind, reports: readonly Report[]) {
  const folder = path.join(root, '.git', 'reports');
  mkdirSync(folder, { recursive: true });
  const files = reports.map((report, index) => {
    const file = path.join(folder, `${index}`);
    writeFileSync(file, textFor(kind, report, index, root));
    return file;
  });
  return { base: 'HEAD^', format: kind.format, reports: files };
}

async function measured(there: Repository, kind: Kind, reports: readonly Report[], tree: Tree) {
  const { root } = there;
  const texts = reports.map((report, index) => textFor(kind, report, index, root));
  const names = texts.map((_, index) =>
    kind.format === 'lcov' ? ['unit', 'integration'][index]! : `own-${index}`,
  );
  const project = projectWith({
    root,
    path: SYSTEM_PATH,
    files: [...tree.keys()],
    ...(kind.format === 'lcov' && { scripts: scriptsOf(names) }),
    coverage: { ...DEFAULT_COVERAGE, joined: kind.format === 'lcov' ? [] : names },
  });
  const earlier = new Map<string, Measurement>();
  for (const [index, text] of texts.entries()) {
    const name = names[index]!;
    earlier.set(
      name,
      kind.format === 'lcov' ? suiteSaying(name, text, root) : await joined(name, text, project),
    );
  }
  const read = await there.change({ asked: 'HEAD^' });
  const { change } = read as { change: Change };
  const reached = reachedLines(project, earlier) as Reached;
  const counted = newCodeCoverage(await linesAdded(change), reached, DEFAULT_COVERAGE);
  const context = contextFor(
    project,
    engineOf(() => ({ kind: 'aborted' })),
    {
      earlier,
      change: () => Promise.resolve(read),
    },
  );
  return {
    measurement: await coverage.measure(context),
    files: Object.fromEntries(
      counted.files.map(({ path: name, covered, uncovered }) => [name, { covered, uncovered }]),
    ),
  };
}

function scriptsOf({ length }: readonly string[]): Record<string, string> {
  return { test: 'jest', ...(length > 1 && { 'test:integration': 'mocha' }) };
}

function suiteSaying(name: string, text: string, root: string): Measurement {
  const { value, lines } = readCoverage(
    { files: { 'lcov.info': text }, root },
    { kind: 'lcov' },
    'jest',
  );
  const measurement = {
    state: 'clean' as const,
    metrics: { [`${name}.coverage`]: value },
    findings: [],
    lineCoverage: lines,
    evidence: { tool: 'jest' },
  };
  return measurement;
}

function joined(id: string, text: string, project: Project): Promise<Measurement> {
  const runner = customRunner({
    ...{ id, argv: ['git'], format: 'cobertura', joins: 'coverage', measuredWhen: [0] },
    metrics: {
      [id]: { path: 'lines', dimension: 'ratio', better: 'higher', about: 'for this test' },
    },
    place: { file: 'nemesis.config.yaml', line: 1, column: 1 },
  });
  const engine = engineOf(({ outputDir }) => {
    writeFileSync(path.join(outputDir, 'stdout'), text);
    return { kind: 'exited', code: 0 };
  });
  return runner.measure(contextFor(project, engine));
}

/** The Python that the installed program starts with. */
function pythonOfDiffCover(): string | undefined {
  const found = resolveBinary('diff-cover', SYSTEM_PATH);
  if (!found.ok) return undefined;
  return /^#!(.+)$/m.exec(readFileSync(realpathSync(found.file), 'utf8'))?.[1]?.trim();
}

function diffCover(program: string) {
  const script = path.join(import.meta.dirname, '../change/diff-cover.py');
  const env = {
    PATH: SYSTEM_PATH,
    LANG: 'C.UTF-8',
    PYTHONUTF8: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    HOME: '/',
  };
  const child = spawn(program, [script], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(question: object): Promise<Told> {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`diff-cover said no more: ${said}`);
      return JSON.parse(value) as Told;
    },
    end: () => child.stdin.end(),
  };
}
