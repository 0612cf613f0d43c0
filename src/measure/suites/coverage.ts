/** How far the suites reach into the change and into the paths that matter most. */

import { DEFAULT_COVERAGE, type CoverageConfig } from '../../config/coverage.ts';
import type { Finding } from '../../judge/finding.ts';
import type { Change, ReadChange } from '../change/change.ts';
import type { Line } from '../change/diff.ts';
import { familyOf, type Family } from '../change/roles.ts';
import { baseEvidence } from '../change/told.ts';
import { shareOf, type LineHits } from '../formats/lcov.ts';
import { ratioOf, type Share } from '../formats/numbers.ts';
import { matcherOf } from '../globs.ts';
import type { Project } from '../project.ts';
import type { Measurement, MetricValue, Runner } from '../runner.ts';
import { sourceReader, type SourceReader } from '../source/source.ts';
import { newCodeCoverage, rangesOf, type NewCodeCoverage, type NewLinesOf } from './new-code.ts';
import { countingIn, countingRunners, reachedLines, type Reached } from './reached.ts';

export const coverage: Runner = {
  id: 'coverage',
  about: 'how far the suites reach into the change and the critical paths',
  needs:
    'a suite that counts lines; for new code also a change, for critical paths `coverage.critical_paths`',
  after: countingRunners,
  metrics: {
    coverage_new_code: {
      dimension: 'ratio',
      better: 'higher',
      about: 'share of the executable lines a change adds that any suite runs',
    },
    coverage_critical_paths: {
      dimension: 'ratio',
      better: 'higher',
      about: 'share of the lines of the declared critical paths that any suite runs',
    },
  },
  inPlay(project) {
    const counting = countingIn(project);
    return counting.length === 0
      ? { inPlay: false, why: 'no test suite that counts lines is declared here' }
      : { inPlay: true, because: `suites: ${counting.join(', ')}` };
  },
  async measure({ project, earlier, change }) {
    const reached = reachedLines(project, earlier);
    return 'state' in reached ? reached : measureReach(reached, project, await change?.());
  },
};

interface Part {
  readonly value: MetricValue;
  readonly said: string;
  readonly findings: readonly Finding[];
  readonly share?: Share;
}

async function measureReach(
  reached: Reached,
  project: Project,
  read: ReadChange | undefined,
): Promise<Measurement> {
  const config = project.coverage ?? DEFAULT_COVERAGE;
  const parts = {
    coverage_new_code: await newCodePart(reached, read, config, project),
    coverage_critical_paths: criticalPart(reached.lines, config, project),
  };
  const findings = Object.values(parts).flatMap((part) => part.findings);
  const shares = Object.entries(parts).flatMap(([name, { share }]) =>
    share === undefined ? [] : [[name, share]],
  );
  return {
    state: findings.length > 0 ? 'findings' : 'clean',
    metrics: Object.fromEntries(Object.entries(parts).map(([name, { value }]) => [name, value])),
    findings,
    summary: Object.values(parts)
      .map(({ said }) => said)
      .filter((said) => said !== '')
      .join('; '),
    shares: Object.fromEntries(shares) as Record<string, Share>,
    evidence:
      read?.kind === 'change'
        ? { ...baseEvidence(read.change.base), tool: 'coverage' }
        : { tool: 'coverage' },
  };
}

async function newCodePart(
  reached: Reached,
  read: ReadChange | undefined,
  config: CoverageConfig,
  project: Project,
): Promise<Part> {
  if (read?.kind !== 'change') {
    return { ...withoutBase(read), findings: [] };
  }
  const counted = newCodeCoverage(await linesAdded(read.change), reached, config);
  const { covered, total } = counted;
  const findings = [
    ...mismatch(counted, reached.lines, project),
    ...counted.files.flatMap(uncoveredIn),
  ];
  const since = `since ${read.change.base.commit.slice(0, 9)}`;
  const ratio = ratioOf(counted);
  if (ratio === undefined) {
    const why = `no executable line was changed ${since}`;
    return { value: { notApplicable: why }, said: why, findings };
  }
  const said = `${covered} of ${total} new lines ${since}`;
  if (total < config.newCodeFrom) {
    const why = `${said}: fewer than ${config.newCodeFrom}, exempt (coverage.new_code_from)`;
    return { value: { notApplicable: why }, said: why, findings };
  }
  return { value: ratio, said, findings, share: { covered, total } };
}

function withoutBase(
  read: Exclude<ReadChange, { kind: 'change' }> | undefined,
): Pick<Part, 'value' | 'said'> {
  const why = read?.why ?? 'nobody asked what changed';
  if (read === undefined || read.kind === 'none') {
    return { value: { notApplicable: why }, said: `new code: ${why}` };
  }
  const missing = read.help === undefined ? why : `${why}: ${read.help}`;
  return { value: { missing, state: 'backend_unavailable' }, said: `new code: ${missing}` };
}

/** Texts are read before, for what reads them is loaded late. */
export async function linesAdded(change: Change): Promise<NewLinesOf[]> {
  const { files } = change;
  const readers = new Map<Family, SourceReader>();
  for (const { path } of files) {
    const family = familyOf(path);
    if (family !== undefined && !readers.has(family))
      readers.set(family, await sourceReader(family));
  }
  return files
    .filter(
      ({ status, special, added }) => status !== 'deleted' && special !== true && added.length > 0,
    )
    .map(({ path, added }) => ({
      path,
      added: added.map(({ line }) => line),
      executable: () =>
        readers.get(familyOf(path)!)?.executable(change.now(path) ?? onlyAdded(added)) ?? new Set(),
    }));
}

/** Of a file that is too large, or whose name is not its own: what the change says of it, at its place. */
function onlyAdded(added: readonly Line[]): string {
  const lines: string[] = [];
  for (const { line, text } of added) lines[line - 1] = text;
  return Array.from(lines, (text) => text ?? '').join('\n');
}

const MOST_FINDINGS = 500;

function uncoveredIn(file: NewCodeCoverage['files'][number]): Finding[] {
  const absent = file.inReport ? '' : '; no suite loads this file';
  return rangesOf(file)
    .slice(0, MOST_FINDINGS)
    .map(([from, to]) => ({
      tool: 'coverage',
      rule: 'uncovered-new-code',
      severity: 'info',
      file: file.path,
      line: from,
      ...(to === from ? {} : { endLine: to }),
      message: `${from === to ? `line ${from} is` : `lines ${from} to ${to} are`} new, and no test runs ${from === to ? 'it' : 'them'}${absent}`,
    }));
}

/** Reports that name their files another way would count nothing, and look like a job well done. */
function mismatch(
  { files, matched }: NewCodeCoverage,
  lines: LineHits,
  project: Project,
): Finding[] {
  if (matched > 0 || files.length === 0) return [];
  const known = new Set(project.files);
  // Then it names files as we do, and the changed ones are only not tested.
  if ([...lines.keys()].some((file) => known.has(file))) return [];
  const [named] = lines.keys();
  const example = named === undefined ? 'the report names no file' : `the report names ${named}`;
  return [
    {
      tool: 'coverage',
      rule: 'path_mismatch',
      severity: 'warning',
      file: files[0]!.path,
      message: `the coverage report names no file of this project: ${example}, the change ${files[0]!.path}`,
    },
  ];
}

function criticalPart(lines: LineHits, { criticalPaths }: CoverageConfig, project: Project): Part {
  if (criticalPaths.length === 0) {
    return {
      value: { notApplicable: 'no critical paths are declared (coverage.critical_paths)' },
      said: '',
      findings: [],
    };
  }
  const idle = criticalPaths.filter((glob) => !project.files.some(matcherOf([glob])));
  const isCritical = matcherOf(criticalPaths);
  const found = new Map([...lines].filter(([file]) => isCritical(file)));
  const findings = idle.map((glob): Finding => ({
    tool: 'coverage',
    rule: 'critical-path-without-files',
    severity: 'warning',
    message: `coverage.critical_paths: \`${glob}\` matches no file`,
  }));
  const share = shareOf(found);
  const ratio = ratioOf(share);
  if (ratio === undefined) {
    const why = 'no line of the critical paths stands in a coverage report';
    return { value: { missing: why }, said: why, findings };
  }
  return {
    value: ratio,
    said: `${share.covered} of ${share.total} critical lines`,
    findings,
    share,
  };
}
