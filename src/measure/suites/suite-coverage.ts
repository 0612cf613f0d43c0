/** Coverage of one suite's run: where its reports lie, the ratio of lines, and the lines themselves. */

import { readIstanbulSummary } from '../formats/istanbul-summary.ts';
import { parseLcov, relativeTo, shareOf, type LineHits } from '../formats/lcov.ts';
import { ratioOf } from '../formats/numbers.ts';
import type { MetricValue } from '../runner.ts';
import type { RawRun } from '../tool.ts';
import type { CoverageWay } from './framework.ts';
import { packLines, type LineCoverage } from '../line-coverage.ts';

const SUMMARY_FILE = 'coverage/coverage-summary.json';
const LCOV_FILE = 'coverage/lcov.info';
const OWN_LCOV_FILE = 'lcov.info';

export function coverageFiles(way: CoverageWay): readonly string[] {
  if (way.kind === 'none') return [];
  return way.kind === 'lcov' ? [OWN_LCOV_FILE] : [SUMMARY_FILE, LCOV_FILE];
}

export interface CoverageReading {
  readonly value: MetricValue;
  /** Only when they agree with the value. */
  readonly lines?: LineCoverage;
}

export function readCoverage(
  { files, root }: Pick<RawRun, 'files' | 'root'>,
  way: CoverageWay,
  framework: string,
): CoverageReading {
  if (way.kind === 'none') {
    return { value: way.missing === true ? { missing: way.why } : { notApplicable: way.why } };
  }
  const tool = way.kind === 'wrapped' ? way.by : framework;
  if (way.kind === 'lcov') return readOwnLcov(files[OWN_LCOV_FILE], root, tool);
  const text = files[SUMMARY_FILE];
  if (text === undefined) return { value: { missing: `${tool} wrote no coverage summary` } };
  const summary = readIstanbulSummary(text);
  if (!summary.ok) return { value: { missing: `the coverage summary of ${tool} ${summary.why}` } };
  const ratio = ratioOf(summary.value);
  if (ratio === undefined) return { value: { missing: `${tool} found no lines to cover` } };
  const lcov = parseLcov(files[LCOV_FILE] ?? '');
  if (!lcov.ok) return { value: ratio };
  const hits = relativeTo(root, lcov.value);
  const { covered, total } = shareOf(hits);
  // A tracefile that was cut between two records is well-formed; only the sum gives it away.
  const agree = covered === summary.value.covered && total === summary.value.total;
  return { value: ratio, ...(agree ? { lines: packLines(hits) } : {}) };
}

function readOwnLcov(text: string | undefined, root: string, tool: string): CoverageReading {
  if (text === undefined) return { value: { missing: `${tool} wrote no coverage` } };
  const lcov = parseLcov(text);
  if (!lcov.ok) return { value: { missing: `the coverage of ${tool} ${lcov.why}` } };
  const hits: LineHits = relativeTo(root, lcov.value);
  const ratio = ratioOf(shareOf(hits));
  return ratio === undefined
    ? { value: { missing: `${tool} found no lines to cover` } }
    : { value: ratio, lines: packLines(hits) };
}
