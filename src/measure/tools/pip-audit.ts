/**
 * pip-audit: known vulnerabilities of Python packages. Its exit 1 is a vulnerability and every failure alike; only a
 * report says that it ran. How bad a vulnerability is stands nowhere in it and is asked at OSV, where it asked itself.
 */

import path from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { UNRATED_COUNTS_AS } from '../../judge/vulnerability.ts';
import { OSV_QUERY, severitiesOf } from '../osv/severities.ts';
import type { Project } from '../project.ts';
import type { InPlay, Measurement, RunContext } from '../runner.ts';
import { defineTool, hasNumbers, type RawRun, type Reading, type ToolRunner } from '../tool.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';
import { pythonPackages, type PythonPackages } from './python-packages.ts';
import {
  countPackages,
  countsText,
  graveness,
  inOrder,
  packageMetrics,
  packagesOf,
  packageValues,
  sourceMetrics,
  sourceValues,
  type PackageMetric,
  type SourceMetric,
} from './vulnerabilities.ts';

const Dependency = z.union([
  z.object({ name: z.string(), skip_reason: z.string() }),
  z.object({
    name: z.string(),
    version: z.string(),
    vulns: z.array(
      z.object({
        id: z.string(),
        fix_versions: z.array(z.string()),
        aliases: z.array(z.string()).optional(),
        description: z.string().optional(),
      }),
    ),
  }),
]);
const Dependencies = z.array(Dependency);
/** Until 2.1 the list stood alone. */
const Report = z.union([z.object({ dependencies: Dependencies }), Dependencies]);

type Metric = PackageMetric | SourceMetric<'pip'>;

const tool = defineTool<Metric>({
  id: 'pip-audit',
  about: 'known vulnerabilities of Python packages',
  needs: 'Python requirements, a lock file or an environment of the project',
  install: 'pip install pip-audit',
  metrics: { ...packageMetrics, ...sourceMetrics('pip') },
  location: { name: 'pip-audit' },
  kind: 'analyser',
  asksNetwork: true,
  inPlay,
  command: ({ project, workDir }) => {
    const packages = pythonPackages(project) ?? unknown;
    if (packages.kind === 'unpinned') {
      return {
        instead: {
          state: 'nothing_measured',
          why: `${packages.file} pins no version${ofWhat(packages.line)}, so which ones are used is known only once they are installed`,
          help: 'install them into .venv, or pin them: pip-compile, uv pip compile',
        },
      };
    }
    // Nothing is resolved or installed: what is pinned or installed already is asked about.
    const asked = argumentsFor(packages);
    return {
      argv: [
        ...['--vulnerability-service', 'osv', '--format', 'json', '--progress-spinner', 'off'],
        ...['--output', path.join(workDir, 'report.json'), ...asked],
      ],
      report: 'report.json',
    };
  },
  read: readAudit,
});

/** The same, with severities. */
export const pipAudit: ToolRunner = {
  ...tool,
  measure: async (context) => graded(await tool.measure(context), context),
};

const unknown = { kind: 'unpinned', file: 'the project', line: undefined } as const;

function ofWhat(line: string | undefined): string {
  return line === undefined ? 's of packages' : ` of \`${line.slice(0, 60)}\``;
}

function argumentsFor(packages: Exclude<PythonPackages, { kind: 'unpinned' }>): string[] {
  switch (packages.kind) {
    case 'lock':
      return ['--locked', '.'];
    case 'pinned':
      return ['--no-deps', '--disable-pip', ...packages.files.flatMap((file) => ['-r', file])];
    case 'environment':
      return ['--path', packages.folder];
  }
}

function inPlay(project: Project): InPlay {
  const packages = pythonPackages(project);
  if (packages === undefined) return { inPlay: false, why: 'nothing declares Python packages' };
  switch (packages.kind) {
    case 'pinned':
      return { inPlay: true, because: packages.files.join(', ') };
    case 'environment':
      return { inPlay: true, because: packages.folder };
    default:
      return { inPlay: true, because: packages.file };
  }
}

function readAudit({ report, stderr, exitCode }: RawRun): Reading<Metric> {
  const parsed = readJsonReport(report, Report);
  if (!parsed.ok && parsed.state === 'no_report' && exitCode !== 0) return failed(stderr);
  if (!parsed.ok) return { state: parsed.state, why: `pip-audit: ${parsed.why}` };
  const dependencies = Array.isArray(parsed.value) ? parsed.value : parsed.value.dependencies;
  const skipped = dependencies.filter((one) => 'skip_reason' in one);
  const audited = dependencies.filter((one) => 'vulns' in one);
  if (audited.length === 0) {
    const why =
      skipped.length === 0
        ? 'pip-audit was given no package'
        : `pip-audit audited none of ${counted(skipped.length, 'package')}: ${reasonsOf(skipped)}`;
    return { state: 'nothing_measured', why };
  }
  const findings = audited.flatMap(({ name, version, vulns }) =>
    vulns.map(({ id, fix_versions, aliases, description = '' }): Finding => {
      const fixed = fix_versions.length === 0 ? 'no fix' : `fixed in ${fix_versions.join(', ')}`;
      return {
        tool: 'pip-audit',
        rule: id,
        severity: graveness(UNRATED_COUNTS_AS),
        message: `${name} ${version}: ${firstSentence(description)} (${fixed})`,
        advisory: {
          ...{ package: name, version, severity: UNRATED_COUNTS_AS, unrated: true },
          ...(aliases !== undefined && aliases.length > 0 && { aliases }),
          fixedIn: fix_versions,
        },
      };
    }),
  );
  return measured(
    findings,
    audited.length,
    skipped.length === 0
      ? {}
      : { why: `not audited: ${counted(skipped.length, 'package')}, ${reasonsOf(skipped)}` },
  );
}

function measured(
  findings: readonly Finding[],
  packages: number,
  partial: { readonly why?: string },
): Reading<Metric> {
  const counts = countPackages(findings);
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: { ...packageValues(counts), ...sourceValues('pip', counts) },
    findings,
    ...packagesOf(findings, ['', 'pip_']),
    summary: countsText(counts, packages),
    ...partial,
  };
}

function reasonsOf(skipped: readonly { name: string; skip_reason: string }[]): string {
  const shown = skipped.slice(0, 3).map(({ name, skip_reason }) => `${name} (${skip_reason})`);
  return skipped.length > 3 ? `${shown.join(', ')} …` : shown.join(', ');
}

const firstSentence = (text: string) =>
  text
    .split(/(?<=\.)\s|\n/, 1)[0]!
    .slice(0, 200)
    .trim();

/** Without a report the last words decide: Python's name of what went wrong, or pip-audit's own complaint. */
function failed(stderr: string): Reading<Metric> {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const complaint = lines.find((line) => line.startsWith('ERROR:pip_audit'));
  if (
    /^(requests|urllib3)\.exceptions\.|ServiceError|ConnectionError|Could not connect/m.test(stderr)
  ) {
    const said = lines.at(-1) ?? '';
    const status = /\b[45]\d\d (Server|Client) Error[^:]*/.exec(stderr)?.[0];
    const reason = status ?? /\[Errno -?\d+\] ([^'")]+)/.exec(said)?.[1] ?? said.slice(0, 160);
    return {
      state: 'backend_unavailable',
      why: `pip-audit got no answer from OSV: ${reason}`,
      help: 'run it where OSV answers, or tolerate `pip-audit: backend_unavailable`',
    };
  }
  if (complaint !== undefined) {
    const said = complaint.replace(/^ERROR:[\w.]+:/, '').slice(0, 300);
    return { state: 'bad_config', why: `pip-audit: ${said}` };
  }
  return { state: 'crashed', why: `pip-audit: ${(lines.at(-1) ?? 'said nothing').slice(0, 300)}` };
}

/** Nothing is rated where nothing was found. An unknown severity is no small one: without an answer there is no count. */
async function graded(measurement: Measurement, context: RunContext): Promise<Measurement> {
  const { findings } = measurement;
  if (!hasNumbers(measurement) || findings.length === 0) return measurement;
  const query = context.project.environment('analyser')['PIP_AUDIT_OSV_URL'] ?? OSV_QUERY;
  const names = findings.map(({ rule, advisory }) => [rule, ...(advisory?.aliases ?? [])]);
  const severities = await severitiesOf(names, query, context.signal);
  if (!severities.ok) {
    return {
      ...measurement,
      state: 'backend_unavailable',
      metrics: {},
      why: `pip-audit found ${counted(findings.length, 'hole')}, and OSV does not tell how bad: ${severities.failure}`,
      help: 'run it where OSV answers, or tolerate `pip-audit: backend_unavailable`',
    };
  }
  const unordered = findings.map((finding, index): Finding => {
    const severity = severities.value[index];
    const { unrated: _, ...advisory } = finding.advisory!;
    const message = `${finding.message.slice(0, -1)}, ${severity ?? `unrated, counted as ${UNRATED_COUNTS_AS}`})`;
    if (severity === undefined) return { ...finding, message };
    return {
      ...{ ...finding, message, severity: graveness(severity) },
      advisory: { ...advisory, severity },
    };
  });
  const among = / among .*$/.exec(measurement.summary ?? '')?.[0] ?? '';
  const rated = inOrder(unordered);
  const counts = countPackages(rated);
  return {
    ...measurement,
    metrics: { ...packageValues(counts), ...sourceValues('pip', counts) },
    findings: rated,
    ...packagesOf(rated, ['', 'pip_']),
    summary: `${countsText(counts, undefined)}${among}`,
  };
}
