/** What a trivy scan of a folder or an image says: one shape, and the same ways to fail. */

import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { UNRATED_COUNTS_AS, type Severity } from '../../judge/vulnerability.ts';
import type { RawRun } from '../tool.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';
import {
  countPackages,
  countsText,
  graveness,
  inOrder,
  type SeverityCounts,
} from './vulnerabilities.ts';

const Vulnerability = z.object({
  VulnerabilityID: z.string(),
  PkgName: z.string(),
  InstalledVersion: z.string().optional(),
  FixedVersion: z.string().optional(),
  Severity: z.enum(['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
  Title: z.string().optional(),
});
/** https://trivy.dev/latest/docs/configuration/reporting/#json; every list is left out when it is empty. */
const Report = z.object({
  SchemaVersion: z.literal(2),
  Results: z
    .array(
      z.object({
        Target: z.string(),
        Class: z.string().optional(),
        Type: z.string().optional(),
        Packages: z.array(z.object({})).optional(),
        Vulnerabilities: z.array(Vulnerability).optional(),
        ExperimentalModifiedFindings: z.array(z.object({})).optional(),
      }),
    )
    .optional(),
});

/** With this code trivy says that it found something; its own failures are 1. */
export const FOUND = 5;

const SEVERITY: Readonly<Record<string, Severity>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MEDIUM: 'moderate',
  LOW: 'low',
};

/** Asked for outright, since `trivy.yaml` may leave severities or what has no fix out of the report. */
export const COMMON_ARGUMENTS = [
  ...['--format', 'json', '--exit-code', String(FOUND), '--scanners', 'vuln'],
  ...['--severity', 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL', '--ignore-unfixed=false'],
  ...['--offline-scan', '--skip-db-update', '--skip-java-db-update', '--skip-vex-repo-update'],
  ...['--skip-version-check', '--disable-telemetry', '--no-progress', '--show-suppressed'],
];

export type TrivyScan =
  | {
      readonly ok: true;
      readonly counts: SeverityCounts;
      readonly findings: readonly Finding[];
      readonly summary: string;
      /** Trivy found something, all of which is left to others. */
      readonly exitExplained: boolean;
    }
  | {
      readonly ok: false;
      readonly state:
        | 'no_report'
        | 'bad_report'
        | 'crashed'
        | 'bad_config'
        | 'backend_unavailable'
        | 'nothing_measured'
        | 'not_applicable'
        | 'unexplained_failure';
      readonly why: string;
      readonly help?: string;
    };

/** @param covered kinds of packages (trivy's `Type`) that another audit counts already */
export function readScan(
  tool: string,
  { report, stderr, exitCode }: RawRun,
  covered: ReadonlySet<string>,
): TrivyScan {
  const parsed = readJsonReport(report, Report);
  if (!parsed.ok && parsed.state === 'no_report' && exitCode !== 0) return failed(tool, stderr);
  if (!parsed.ok) return { ok: false, state: parsed.state, why: `trivy: ${parsed.why}` };
  const results = parsed.value.Results ?? [];
  if (results.length === 0) {
    return { ok: false, state: 'nothing_measured', why: 'trivy recognised no packages' };
  }
  const listed = results.reduce((sum, { Vulnerabilities = [] }) => sum + Vulnerabilities.length, 0);
  if ((exitCode === FOUND) !== listed > 0) {
    const why = `trivy exited ${exitCode} and lists ${counted(listed, 'hole')}`;
    return { ok: false, state: 'unexplained_failure', why };
  }
  const own = results.filter(({ Type = '' }) => !covered.has(Type));
  if (own.length === 0) {
    const why = 'all that trivy finds here is audited by others';
    return { ok: false, state: 'not_applicable', why };
  }
  const findings = inOrder(own.flatMap(findingsIn(tool)));
  const counts = countPackages(findings);
  const packages = own.reduce((sum, { Packages = [] }) => sum + Packages.length, 0);
  const left = own.reduce((sum, one) => sum + (one.ExperimentalModifiedFindings?.length ?? 0), 0);
  const ignored = left === 0 ? '' : `, ${left} ignored by the project`;
  return {
    ...{ ok: true, counts, findings, exitExplained: listed > 0 },
    summary: countsText(counts, packages === 0 ? undefined : packages) + ignored,
  };
}

function findingsIn(tool: string) {
  return ({
    Target,
    Vulnerabilities = [],
  }: {
    Target: string;
    Vulnerabilities?: z.infer<typeof Vulnerability>[] | undefined;
  }): Finding[] =>
    Vulnerabilities.map((one): Finding => {
      const known = SEVERITY[one.Severity];
      const severity = known ?? UNRATED_COUNTS_AS;
      const fixed = one.FixedVersion ? `fixed in ${one.FixedVersion}` : 'no fix';
      const rated = known ?? `unrated, counted as ${severity}`;
      const version = one.InstalledVersion ?? '';
      return {
        tool,
        rule: one.VulnerabilityID,
        severity: graveness(severity),
        message: `${one.PkgName} ${version}: ${one.Title ?? 'no title'} (${rated}, ${fixed}, in ${Target})`,
        advisory: {
          ...{ package: one.PkgName, version, severity },
          ...(known === undefined && { unrated: true }),
          ...(one.FixedVersion ? { fixedIn: one.FixedVersion.split(/,\s*/) } : {}),
        },
      };
    });
}

/** trivy's last word. With a database at hand and nothing to load, hardly anything is the network's fault. */
function failed(tool: string, stderr: string): TrivyScan {
  const fatal = /FATAL\s+(?:Fatal error\s+)?(.+)/.exec(stderr)?.[1]?.trim() ?? stderr.trim();
  const said = fatal
    .replace(/^(?:run error: |image scan error: |scan error: |init error: )+/, '')
    .replace(/ in \[[^\]]*\]: \d+ errors? occurred:.*$/, '')
    .slice(0, 300);
  if (/DB error|database error|db corrupted/i.test(fatal)) {
    const help = 'trivy clean --vuln-db, then trivy image --download-db-only';
    return { ok: false, state: 'bad_config', why: `trivy cannot use its database: ${said}`, help };
  }
  if (
    /unable to find the specified image|unable to open|unable to initialize|config file|unknown flag|no such file/i.test(
      fatal,
    )
  ) {
    const help =
      tool === 'trivy-image'
        ? 'build or load the image here: audit: { image: image.tar }'
        : undefined;
    return {
      ok: false,
      state: 'bad_config',
      why: `trivy: ${said}`,
      ...(help !== undefined && { help }),
    };
  }
  return { ok: false, state: 'crashed', why: `trivy: ${said === '' ? 'said nothing' : said}` };
}
