/**
 * `trivy fs`: known vulnerabilities of what lies in the repository. npm's and pip's own audits go first: packages of the
 * kinds they count in this run are left to them, or every hole in a lock file would be counted twice. So a Go module or
 * a gem counts among all others, and a project with trivy alone is audited by it whole.
 */

import path from 'node:path';
import type { Project } from '../project.ts';
import type { InPlay, Measurement, RunContext } from '../runner.ts';
import {
  defineTool,
  runTool,
  type RawRun,
  type Reading,
  type ToolRunner,
  type ToolSpec,
} from '../tool.ts';
import { COMMON_ARGUMENTS, readScan } from './trivy-report.ts';
import { databaseOf, databaseText } from './trivy-database.ts';
import {
  packageMetrics,
  packagesOf,
  packageValues,
  sourceMetrics,
  sourceValues,
  type PackageMetric,
  type SourceMetric,
} from './vulnerabilities.ts';

type Metric = PackageMetric | SourceMetric<'fs'>;

const DECLARED_BY = ['trivy.yaml', '.trivyignore', '.trivyignore.yaml'];

/** Where packages and their versions stand: https://trivy.dev/latest/docs/coverage/language/ */
const LOCKED = new RegExp(
  [
    '(^|/)(package(-lock)?\\.json|npm-shrinkwrap\\.json|pnpm-lock\\.yaml|bun\\.lockb?|deno\\.lock)$',
    '(^|/)(requirements[^/]*\\.txt|pylock[^/]*\\.toml|Pipfile|pyproject\\.toml|environment\\.ya?ml)$',
    '(^|/)(go\\.(mod|sum)|Cargo\\.toml|pom\\.xml|[^/]+\\.gradle\\.lockfile|gradle\\.lockfile)$',
    '(^|/)(packages\\.lock\\.json|packages\\.config|[^/]+\\.(deps\\.json|gemspec|csproj|jar|war|ear))$',
    '(^|/)(Package\\.resolved|manifest\\.toml|Manifest\\.toml|[^/]*\\.lock|[^/]*\\.(cdx|spdx)(\\.json)?)$',
  ].join('|'),
);

/** Runner to the kinds of packages it counts, as trivy calls them. */
const COUNTED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ['npm-audit', ['npm']],
  ['pip-audit', ['pip', 'pipenv', 'poetry', 'uv', 'pylock', 'python-pkg']],
]);

const tool = defineTool<Metric>({
  id: 'trivy-fs',
  about: 'known vulnerabilities of packages trivy finds in the repository',
  needs: 'a trivy.yaml, a .trivyignore, or `require: [trivy-fs]`',
  install: 'install trivy: https://trivy.dev/latest/getting-started/installation/',
  metrics: { ...packageMetrics, ...sourceMetrics('fs') },
  location: { name: 'trivy' },
  kind: 'analyser',
  isTouchedBy: (file) => LOCKED.test(file) || DECLARED_BY.includes(file),
  inPlay,
  command: ({ project, workDir }) => {
    const database = databaseOf(project, Date.now());
    if ('instead' in database) return database;
    return {
      argv: [
        ...['filesystem', '--cache-dir', database.cache, ...COMMON_ARGUMENTS, '--include-dev-deps'],
        ...['--output', path.join(workDir, 'report.json'), '.'],
      ],
      report: 'report.json',
    };
  },
  read: (raw) => readFolder(raw, new Set()),
});

export const trivyFs: ToolRunner = {
  ...tool,
  after: [...COUNTED_BY.keys()],
  measure: (context) => runTool(besides(context), context),
};

/** The same tool, which passes over what was counted before it in this run. */
function besides({
  earlier,
  project,
}: RunContext): Omit<ToolSpec<Metric>, 'inPlay' | 'about' | 'metrics'> {
  const covered = [...COUNTED_BY]
    .filter(([id]) => isCounted(earlier.get(id)))
    .flatMap(([, types]) => types);
  return {
    ...(tool.spec as ToolSpec<Metric>),
    read: (raw) => readFolder(raw, new Set(covered), project),
  };
}

/** Also where it failed: its absence is told under its own name, and tolerated there. */
function isCounted(measurement: Measurement | undefined): boolean {
  return measurement !== undefined && measurement.state !== 'not_applicable';
}

function inPlay(project: Project): InPlay {
  const declared = project.find(DECLARED_BY);
  return declared === undefined
    ? { inPlay: false, why: 'no trivy.yaml and no .trivyignore' }
    : { inPlay: true, because: declared };
}

function readFolder(raw: RawRun, covered: ReadonlySet<string>, project?: Project): Reading<Metric> {
  const scan = readScan('trivy-fs', raw, covered);
  if (!scan.ok) {
    const { ok: _, ...reading } = scan;
    return reading;
  }
  const { counts, findings, summary, exitExplained } = scan;
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: { ...packageValues(counts), ...sourceValues('fs', counts) },
    ...packagesOf(findings, ['', 'fs_']),
    ...{ findings, exitExplained, summary: summary + databaseText(project) },
  };
}
