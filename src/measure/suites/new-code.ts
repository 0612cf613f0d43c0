/**
 * Coverage of new code: of the lines a change adds, how many of those that are executed at all some test runs.
 *
 * As diff-cover counts, with differences on purpose: a changed source file that the report does not name counts as
 * uncovered; a change without an executable line has no share at all instead of 100 %; tests are no new code; lines are
 * those that the tool itself lists, without heads of functions; one that a report lists as not run stays so although
 * another report leaves it out.
 */

import { roleOf, familyOf } from '../change/roles.ts';
import type { CoverageConfig } from '../../config/coverage.ts';
import type { Share } from '../formats/numbers.ts';
import { matcherOf } from '../globs.ts';
import type { Reached } from './reached.ts';

/** A file with new lines. */
export interface NewLinesOf {
  readonly path: string;
  readonly added: readonly number[];
  /** The lines on which its text executes something; asked only where no report says so. */
  executable(): ReadonlySet<number>;
}

export interface NewCodeCoverage extends Share {
  /** Files with executable new lines, in the order of the change. */
  readonly files: readonly CountedFile[];
  /** Changed files that the report names, those without an executable new line too. */
  readonly matched: number;
}

export interface CountedFile {
  readonly path: string;
  readonly covered: readonly number[];
  readonly uncovered: readonly number[];
  readonly inReport: boolean;
}

export function newCodeCoverage(
  changed: readonly NewLinesOf[],
  { lines, families }: Reached,
  { include, exclude }: Pick<CoverageConfig, 'include' | 'exclude'>,
): NewCodeCoverage {
  const isLeftOut = matcherOf(exclude);
  const isAsked = include === undefined ? () => true : matcherOf(include);
  const files: CountedFile[] = [];
  let matched = 0;
  for (const file of changed) {
    const { path } = file;
    if (isLeftOut(path) || !isAsked(path) || roleOf(path) === 'test') continue;
    const hits = lines.get(path);
    if (hits !== undefined) {
      matched += 1;
      const counted = file.added.filter((line) => hits.has(line));
      const covered = counted.filter((line) => hits.get(line) === true);
      const uncovered = counted.filter((line) => hits.get(line) !== true);
      files.push({ path, covered, uncovered, inReport: true });
      continue;
    }
    const family = familyOf(path);
    const couldBe = family !== undefined && families.has(family);
    if (!couldBe || (include === undefined && roleOf(path) !== 'source')) continue;
    const executable = file.executable();
    const uncovered = file.added.filter((line) => executable.has(line));
    files.push({ path, covered: [], uncovered, inReport: false });
  }
  const counted = files.filter((file) => file.covered.length + file.uncovered.length > 0);
  const covered = counted.reduce((sum, file) => sum + file.covered.length, 0);
  const uncovered = counted.reduce((sum, file) => sum + file.uncovered.length, 0);
  return { files: counted, matched, covered, total: covered + uncovered };
}

/** Neighbours as one, `[3, 7]`; a covered line between them parts them, one that is not executed does not. */
export function rangesOf({
  covered,
  uncovered,
}: CountedFile): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  const reached = new Set(covered);
  let last: [number, number] | undefined;
  for (const line of [...covered, ...uncovered].sort((a, b) => a - b)) {
    if (reached.has(line)) last = undefined;
    else if (last !== undefined && line - last[1] <= FURTHEST) last[1] = line;
    else ranges.push((last = [line, line]));
  }
  return ranges;
}

const FURTHEST = 3;
