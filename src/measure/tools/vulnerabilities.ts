/**
 * What every audit of dependencies has in common: how severities are counted, and the metrics made of them. Counted are
 * packages, each at its worst, as npm does: ten remarks about one package are one package to replace.
 */

import type { MetricDeclaration } from '../../judge/catalogue.ts';
import type { Finding } from '../../judge/finding.ts';
import { SEVERITIES, type Severity } from '../../judge/vulnerability.ts';
import type { Datum } from '../../language/index.ts';
import { counted } from './counted.ts';

/** Whose packages were audited, as metrics say it: `npm_vulnerabilities_high`. */
export type AuditSource = 'npm' | 'pip' | 'fs' | 'image';

export type SeverityCounts = Readonly<Record<Severity, number>>;

type Counts = `vulnerabilities_${Severity}`;
export type SourceMetric<S extends AuditSource> = `${S}_${Counts}`;
export type PackageMetric = Counts | 'audit_clean' | 'dependencies_safe';

const WHOSE: Readonly<Record<AuditSource, string>> = {
  npm: 'npm packages',
  pip: 'Python packages',
  fs: 'packages trivy finds in the repository, without those another audit covers,',
  image: 'packages of the image',
};

/** Those of one source alone, which a severity threshold asks about. */
export function sourceMetrics<const S extends AuditSource>(source: S) {
  const entries = SEVERITIES.map((severity): [string, MetricDeclaration] => [
    `${source}_vulnerabilities_${severity}`,
    {
      dimension: 'count',
      better: 'lower',
      about: `${WHOSE[source]} with a ${severity} vulnerability`,
    },
  ]);
  return Object.fromEntries(entries) as Record<SourceMetric<S>, MetricDeclaration>;
}

const severityCount = (severity: Severity): MetricDeclaration => ({
  dimension: 'count',
  better: 'lower',
  together: 'sum',
  about: `packages with a ${severity} vulnerability, those of all package managers together`,
});

/** Those of all package managers together. */
export const packageMetrics: Readonly<Record<PackageMetric, MetricDeclaration>> = {
  vulnerabilities_critical: severityCount('critical'),
  vulnerabilities_high: severityCount('high'),
  vulnerabilities_moderate: severityCount('moderate'),
  vulnerabilities_low: severityCount('low'),
  audit_clean: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['vulnerabilities_critical', 'vulnerabilities_high', 'vulnerabilities_moderate'],
    about: 'no package with a vulnerability that is moderate or worse',
  },
  dependencies_safe: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['vulnerabilities_critical'],
    about: 'no package with a critical vulnerability',
  },
};

export function sourceValues<const S extends AuditSource>(source: S, counts: SeverityCounts) {
  const entries = SEVERITIES.map((severity): [string, Datum] => [
    `${source}_vulnerabilities_${severity}`,
    counts[severity],
  ]);
  return Object.fromEntries(entries) as Record<SourceMetric<S>, Datum>;
}

export function packageValues(counts: SeverityCounts): Readonly<Record<PackageMetric, Datum>> {
  const { critical, high, moderate, low } = counts;
  return {
    vulnerabilities_critical: critical,
    vulnerabilities_high: high,
    vulnerabilities_moderate: moderate,
    vulnerabilities_low: low,
    audit_clean: critical + high + moderate === 0,
    dependencies_safe: critical === 0,
  };
}

/** Packages by the worst that is known of each. */
export function countPackages(findings: readonly Finding[]): SeverityCounts {
  const worst = new Map<string, number>();
  for (const { advisory } of findings) {
    if (advisory === undefined) continue;
    const rank = SEVERITIES.indexOf(advisory.severity);
    const name = `${advisory.package} ${advisory.version ?? ''}`;
    worst.set(name, Math.min(rank, worst.get(name) ?? rank));
  }
  const counts = { critical: 0, high: 0, moderate: 0, low: 0 };
  for (const rank of worst.values()) counts[SEVERITIES[rank]!] += 1;
  return counts;
}

/**
 * The same packages, each as the remarks that speak of it: one whose remarks are all waived leaves its counts.
 * @param prefixes of the metrics that count them: '' for the sums, `pip_` for those of one source
 */
export function packagesOf(
  findings: readonly Finding[],
  prefixes: readonly string[],
): { readonly counts?: Readonly<Record<string, readonly (readonly number[])[]>> } {
  const packages = new Map<string, { rank: number; remarks: number[] }>();
  for (const [index, { advisory }] of findings.entries()) {
    if (advisory === undefined) continue;
    const rank = SEVERITIES.indexOf(advisory.severity);
    const name = `${advisory.package} ${advisory.version ?? ''}`;
    const known = packages.get(name) ?? { rank, remarks: [] };
    packages.set(name, { rank: Math.min(rank, known.rank), remarks: [...known.remarks, index] });
  }
  const counts: Record<string, number[][]> = {};
  for (const { rank, remarks } of packages.values()) {
    for (const prefix of prefixes)
      (counts[`${prefix}vulnerabilities_${SEVERITIES[rank]!}`] ??= []).push(remarks);
  }
  return packages.size === 0 ? {} : { counts };
}

/** `1 critical, 2 low among 40 packages`. */
export function countsText(counts: SeverityCounts, packages: number | undefined): string {
  const among = packages === undefined ? '' : ` among ${counted(packages, 'package')}`;
  const parts = SEVERITIES.flatMap((severity) =>
    counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`],
  );
  return parts.length === 0 ? `no vulnerability${among}` : `${parts.join(', ')}${among}`;
}

/** How grave a remark is to a reader. */
export function graveness(severity: Severity): Finding['severity'] {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'moderate' ? 'warning' : 'info';
}

/** Worst first, then by name, so that a report reads the same every time. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ advisory }: Finding) =>
    advisory === undefined ? SEVERITIES.length : SEVERITIES.indexOf(advisory.severity);
  const name = ({ advisory, rule }: Finding) => `${advisory?.package ?? ''} ${rule}`;
  return [...findings].sort(
    (a, b) => rank(a) - rank(b) || (name(a) < name(b) ? -1 : Number(name(a) > name(b))),
  );
}
