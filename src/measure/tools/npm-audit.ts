/**
 * `npm audit`: known vulnerabilities of what the lock file names. Every failure of its own is exit 1 with JSON
 * as well, so only `metadata.vulnerabilities` says that it ran. https://docs.npmjs.com/cli/commands/npm-audit
 */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { Count } from '../formats/numbers.ts';
import type { Project } from '../project.ts';
import type { InPlay } from '../runner.ts';
import { defineTool, type RawRun, type Reading } from '../tool.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';
import {
  countsText,
  graveness,
  packageMetrics,
  packageValues,
  sourceMetrics,
  sourceValues,
  type PackageMetric,
  type SourceMetric,
} from './vulnerabilities.ts';

const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json'];
const SEVERITIES = ['critical', 'high', 'moderate', 'low', 'info'] as const;
const Severity = z.enum(SEVERITIES);

const Advisory = z.object({
  source: z.union([z.number(), z.string()]),
  name: z.string(),
  title: z.string(),
  url: z.string(),
  severity: Severity,
  range: z.string().optional(),
});
const Report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({ severity: Severity, via: z.array(z.union([z.string(), Advisory])) }),
  ),
  metadata: z.object({
    vulnerabilities: z.object({
      critical: Count,
      high: Count,
      moderate: Count,
      low: Count,
      info: Count,
      total: Count,
    }),
    dependencies: z.object({ total: Count }).optional(),
  }),
});
type AuditReport = z.infer<typeof Report>;

const Failure = z.object({
  message: z.string().optional(),
  error: z.object({
    code: z.string().optional(),
    summary: z.string().optional(),
    detail: z.string().optional(),
  }),
});

/** npm's words for what is wrong in the repository; everything else lies between it and the registry. */
const OURS_TO_MEND = new Set(['ENOLOCK', 'EAUDITNOLOCK', 'EJSONPARSE', 'EUSAGE', 'EPACKAGEJSON']);

/**
 * What `.npmrc` files may say otherwise: offline npm asks nobody and is clean, what is omitted is not asked about,
 * without the lock file it asks about what is newest, and an audit level changes the exit code.
 */
const ASKED_IN_ANY_CASE = [
  ...['--offline=false', '--include=dev', '--include=optional', '--include=peer'],
  ...['--package-lock=true', '--workspaces=null', '--audit-level=low'],
];

type Metric = PackageMetric | SourceMetric<'npm'>;

export const npmAudit = defineTool({
  id: 'npm-audit',
  about: 'known vulnerabilities of npm dependencies',
  needs: 'a package.json with dependencies',
  install: 'install npm: it comes with Node',
  metrics: { ...packageMetrics, ...sourceMetrics('npm') },
  location: { name: 'npm' },
  kind: 'analyser',
  asksNetwork: true,
  inPlay,
  command: ({ project }) =>
    asksNothing(project)
      ? {
          instead: {
            state: 'nothing_measured',
            why: 'this workspace declares no dependencies, so npm audit asks about none',
            help: 'measure the folder of the lock file, or declare what this workspace uses',
          },
        }
      : {
          argv: ['audit', '--json', ...ASKED_IN_ANY_CASE],
          env: {
            npm_config_update_notifier: 'false',
            npm_config_fund: 'false',
            npm_config_logs_max: '0',
            npm_config_fetch_retries: '1',
          },
        },
  read: readAudit,
});

function inPlay(project: Project): InPlay {
  if (project.manifest === undefined) return { inPlay: false, why: 'no package.json' };
  const { packageManager } = project;
  if (packageManager !== 'npm') {
    const why = `this repository uses ${packageManager}; npm audit reads npm lock files`;
    return { inPlay: false, why };
  }
  const lockFile = npmLockFile(project);
  return lockFile === undefined
    ? { inPlay: false, why: 'no lock file of npm' }
    : { inPlay: true, because: lockFile };
}

/** In the root, or in a folder above it whose package.json has workspaces; relative to the root. */
function npmLockFile(project: Project): string | undefined {
  const own = project.find(LOCK_FILES);
  if (own !== undefined) return own;
  const top = project.repositoryTop ?? project.root;
  for (let folder = project.root; folder !== top && folder !== path.dirname(folder);) {
    folder = path.dirname(folder);
    const found = LOCK_FILES.find((name) => existsSync(path.join(folder, name)));
    if (found !== undefined && hasWorkspaces(folder)) {
      return path.relative(project.root, path.join(folder, found));
    }
  }
  return undefined;
}

/**
 * In a workspace npm asks about what that declares. Without any it is clean unasked, and the report does not tell:
 * `metadata.dependencies.total` counts the packages of the whole lock file.
 */
function asksNothing(project: Project): boolean {
  if (project.manifest === undefined || project.find(LOCK_FILES) !== undefined) return false;
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } =
    project.manifest;
  const groups = [dependencies, devDependencies, optionalDependencies, peerDependencies];
  return groups.every((group) => Object.keys(group ?? {}).length === 0);
}

function hasWorkspaces(folder: string): boolean {
  try {
    const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { workspaces?: unknown } | null)?.workspaces !== undefined;
  } catch {
    return false;
  }
}

function readAudit(raw: RawRun): Reading<Metric> {
  const failure = readJsonReport(raw.stdout, Failure);
  if (failure.ok) return failed(failure.value);
  const report = readJsonReport(raw.stdout, Report);
  if (!report.ok) return { state: report.state, why: `npm audit: ${report.why}` };
  const { vulnerabilities, metadata } = report.value;
  const contradiction = contradictionIn(report.value);
  if (contradiction !== undefined) return { state: 'bad_report', why: contradiction };
  const counts = metadata.vulnerabilities;
  const advisories = advisoriesOf(vulnerabilities);
  return {
    state: counts.total === 0 ? 'clean' : 'findings',
    metrics: { ...packageValues(counts), ...sourceValues('npm', counts) },
    findings: advisories.map(asFinding),
    ...(counts.total > 0 && {
      counts: countedPackages(
        vulnerabilities,
        advisories.map(({ source }) => source),
      ),
    }),
    summary: summaryOf(report.value),
  };
}

function failed({ message, error }: z.infer<typeof Failure>): Reading<Metric> {
  const said = (error.summary || message || error.code || 'no reason given').split('\n', 1)[0];
  if (error.code !== undefined && OURS_TO_MEND.has(error.code)) {
    return {
      state: 'bad_config',
      why: `npm audit could not read the lock file (${error.code}): ${said}`,
      help: 'npm install --package-lock-only',
    };
  }
  return {
    state: 'backend_unavailable',
    why: `npm audit got no answer from the registry: ${said}`,
    help: 'run it where the registry answers, or tolerate `npm-audit: backend_unavailable`',
  };
}

/** npm counts the packages it lists; a report that does not add up was cut or made by something else. */
function contradictionIn({ vulnerabilities, metadata }: AuditReport): string | undefined {
  const packages = Object.values(vulnerabilities);
  for (const severity of SEVERITIES) {
    const listed = packages.filter((one) => one.severity === severity).length;
    const stated = metadata.vulnerabilities[severity];
    if (listed !== stated) {
      return `npm audit states ${counted(stated, `${severity} package`)} and lists ${listed}`;
    }
  }
  return metadata.vulnerabilities.total === packages.length
    ? undefined
    : `npm audit states ${counted(metadata.vulnerabilities.total, 'package')} and lists ${packages.length}`;
}

/** The same advisory reaches many packages; it is told once. */
function advisoriesOf(vulnerabilities: AuditReport['vulnerabilities']): z.infer<typeof Advisory>[] {
  const bySource = new Map<string | number, z.infer<typeof Advisory>>();
  for (const { via } of Object.values(vulnerabilities)) {
    for (const one of via) if (typeof one !== 'string') bySource.set(one.source, one);
  }
  return [...bySource.values()].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
}

/** Each vulnerable package, as the advisories that reach it by whatever way: one that is waived may be one of several. */
function countedPackages(
  vulnerabilities: AuditReport['vulnerabilities'],
  sources: readonly (string | number)[],
): Readonly<Record<string, readonly (readonly number[])[]>> {
  const counts: Record<string, number[][]> = {};
  for (const [name, { severity }] of Object.entries(vulnerabilities)) {
    const reached = new Set<string | number>();
    const seen = new Set([name]);
    for (const one of seen) {
      for (const via of Object.hasOwn(vulnerabilities, one) ? vulnerabilities[one]!.via : []) {
        if (typeof via === 'string') seen.add(via);
        else reached.add(via.source);
      }
    }
    const remarks = [...reached].map((source) => sources.indexOf(source));
    for (const prefix of ['', 'npm_'])
      (counts[`${prefix}vulnerabilities_${severity}`] ??= []).push(remarks);
  }
  return counts;
}

/** No `metric`: the counts are of packages, and one advisory can make several of them vulnerable. */
function asFinding(advisory: z.infer<typeof Advisory>): Finding {
  const { source, name, title, url, severity, range } = advisory;
  return {
    tool: 'npm-audit',
    rule: /\/(GHSA-[\w-]+)$/.exec(url)?.[1] ?? String(source),
    severity: severity === 'info' ? 'info' : graveness(severity),
    message: `${name}: ${title} (${severity}, ${url})`,
    // npm's `info` is a remark without a hole.
    ...(severity !== 'info' && {
      advisory: { package: name, severity, ...(range !== undefined && { affects: range }) },
    }),
  };
}

function summaryOf({ metadata }: AuditReport): string {
  const { info, ...counts } = metadata.vulnerabilities;
  const text = countsText(counts, metadata.dependencies?.total);
  return info > 0 ? `${text}, ${info} info` : text;
}
