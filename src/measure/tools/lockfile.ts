/** Whether versions are locked, and whether npm's lock file says what package.json says: `npm ci` refuses otherwise. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import type { PackageManager, Project } from '../project.ts';
import type { Measurement, MetricValue, Runner } from '../runner.ts';
import { absent } from '../tool.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';
import { differencesBetween, GROUPS } from './lock-differences.ts';
import { readOverrides } from './lock-overrides.ts';
import { brokenEdges, Groups, LockEntry, type LockPackages } from './lock-tree.ts';
import { ignoredMessage, isIgnored, LOCKED_METRICS } from './locked.ts';

const WRITTEN_BY: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ['npm-shrinkwrap.json', 'package-lock.json'],
  pnpm: ['pnpm-lock.yaml'],
  yarn: ['yarn.lock'],
  bun: ['bun.lock', 'bun.lockb'],
};
const LOCK_FILES = Object.values(WRITTEN_BY).flat();
/** https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
const Lock = z.object({
  lockfileVersion: z.int(),
  packages: z.record(z.string(), LockEntry).optional(),
  /** Of version 1, which has no `packages`. */
  dependencies: z.record(z.string(), z.unknown()).optional(),
});
const Overrides = z.object({ overrides: z.unknown().optional() });

export const lockfile: Runner = {
  id: 'lockfile',
  about: 'whether dependency versions are locked, and the lock file fits package.json',
  needs: 'a package.json with dependencies',
  metrics: {
    ...LOCKED_METRICS,
    lockfile_consistent: {
      dimension: 'boolean',
      better: 'higher',
      about:
        'the lock file pins versions that satisfy what package.json declares, as npm ci demands',
    },
  },
  inPlay: (project) =>
    project.manifest === undefined && project.manifestProblem === undefined
      ? { inPlay: false, why: 'no package.json' }
      : { inPlay: true, because: 'package.json' },
  measure: ({ project }) => measureLock(project),
};

async function measureLock(project: Project): Promise<Measurement> {
  if (project.manifest === undefined) {
    return absent('bad_config', project.manifestProblem ?? 'no package.json');
  }
  const lock = nearestLock(project);
  if (lock === undefined) {
    const declares = GROUPS.some(
      (group) => Object.keys(project.manifest?.[group] ?? {}).length > 0,
    );
    if (!declares) {
      const why = 'no dependencies are declared';
      return numbers({ notApplicable: why }, { notApplicable: why }, [], why);
    }
    const message = `dependencies are declared and no lock file pins them`;
    const consistent = { notApplicable: 'there is no lock file' };
    return numbers(false, consistent, [finding('no-lock-file', message)], 'no lock file');
  }
  const name = path.basename(lock);
  if (await isIgnored(lock)) {
    const consistent = { notApplicable: `${name} is ignored by git` };
    const remark = finding('lock-file-ignored', ignoredMessage(name));
    return numbers(false, consistent, [remark], `${name} is ignored by git`);
  }
  if (!name.endsWith('.json')) {
    const why = `${name} is not compared; only npm's lock file is`;
    return numbers(true, { notApplicable: why }, [], name);
  }
  return compareNpm(project, lock, name);
}

/** Nearest to the root, up to the top of the repository; of several side by side that of the package manager in use. */
function nearestLock({ root, repositoryTop, packageManager }: Project): string | undefined {
  const top = repositoryTop ?? root;
  const written = WRITTEN_BY[packageManager];
  const names = [...written, ...LOCK_FILES.filter((name) => !written.includes(name))];
  for (let folder = root; ; folder = path.dirname(folder)) {
    const name = names.find((file) => existsSync(path.join(folder, file)));
    if (name !== undefined) return path.join(folder, name);
    if (folder === top || folder === path.dirname(folder)) return undefined;
  }
}

function compareNpm(project: Project, file: string, name: string): Measurement {
  const folder = path.dirname(file);
  const lock = readJsonReport(readText(file), Lock);
  if (!lock.ok) {
    const remark = finding('unreadable-lock-file', `${name}: ${lock.why}`);
    return numbers(false, false, [remark], `${name} is unreadable`);
  }
  if (lock.value.packages === undefined) return compareVersion1(project, lock.value, name);
  const packages: Record<string, LockPackages[string]> = { ...lock.value.packages };
  const withoutPeers = leavesPeers(folder);
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const workspace of workspacesIn(project, folder, Object.keys(packages))) {
    const manifestFile = path.join(folder, workspace, 'package.json');
    const shown = path.relative(project.root, manifestFile).split(path.sep).join('/');
    const manifest = readJsonReport(readText(manifestFile), Groups);
    const entry = packages[workspace];
    if (!manifest.ok) {
      findings.push(
        finding(
          'workspace-gone',
          `${name} lists ${workspace}, and ${shown} is not there`,
          'package.json',
          'warning',
        ),
      );
    } else if (entry === undefined) {
      findings.push(finding('not-locked', `${name} has no entry for ${shown}`, shown));
    } else {
      packages[workspace] = { ...entry, ...NO_GROUPS, ...manifest.value };
      const how = { lock: name, withoutPeers };
      for (const one of differencesBetween(entry, workspace, packages, how)) {
        const rule = one.standing === 'missing' ? 'not-locked' : 'lock-differs';
        const severity = one.standing === 'served' ? 'warning' : 'error';
        findings.push(finding(rule, one.text, shown, severity));
        if (severity === 'error') told.add(`${workspace}\0${one.name}`);
      }
    }
  }
  findings.push(...treeFindings(project, folder, name, packages, told));
  const grave = findings.filter(({ severity }) => severity === 'error');
  const isWhole = !grave.some(({ rule }) => rule === 'not-locked');
  const summary = grave.length === 0 ? `${name} fits` : counted(grave.length, 'difference');
  return numbers(isWhole, grave.length === 0, findings, summary);
}

/** It has what package.json declares by name alone. */
function compareVersion1(
  { manifest }: Project,
  { lockfileVersion, dependencies = {} }: z.infer<typeof Lock>,
  name: string,
): Measurement {
  const groups = [manifest?.dependencies, manifest?.devDependencies];
  const missing = groups
    .flatMap((group) => Object.keys(group ?? {}))
    .filter((one) => !Object.hasOwn(dependencies, one) && !manifest?.optionalDependencies?.[one]);
  if (missing.length > 0) {
    const findings = missing.map((one) => finding('not-locked', `Missing: ${one} from lock file`));
    return numbers(false, false, findings, counted(findings.length, 'difference'));
  }
  const why = `${name} is of version ${lockfileVersion}, which does not repeat package.json`;
  return numbers(true, { notApplicable: why }, [], name);
}

/** A group package.json does not have is none, whatever the lock file says. */
const NO_GROUPS = Object.fromEntries(
  [...GROUPS, 'peerDependenciesMeta'].map((group) => [group, undefined]),
);

/** The package itself as '', and the workspaces the lock file or package.json knows; relative to the lock file. */
function workspacesIn(project: Project, folder: string, keys: readonly string[]): string[] {
  if (folder !== project.root)
    return [path.relative(folder, project.root).split(path.sep).join('/')];
  const locked = keys.filter((key) => key !== '' && !/(^|\/)node_modules\//.test(key));
  return [
    '',
    ...new Set([...locked.filter((key) => !key.startsWith('..')), ...declaredIn(project)]),
  ];
}

/** Plain folders and `folder/*`; rarer patterns are found by the lock file alone. */
function declaredIn({ manifest, files }: Project): string[] {
  const given = manifest?.workspaces;
  const nested = (given as { packages?: unknown } | undefined)?.packages;
  const list: unknown = Array.isArray(given) ? given : nested;
  const patterns = Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
  const folders = files
    .filter((file) => file.endsWith('/package.json'))
    .map((file) => path.posix.dirname(file));
  const excluded = patterns.filter((one) => one.startsWith('!')).map((one) => clean(one.slice(1)));
  return patterns
    .filter((one) => !one.startsWith('!'))
    .map(clean)
    .flatMap((pattern) =>
      pattern.endsWith('/*')
        ? folders.filter((folder) => path.posix.dirname(folder) === pattern.slice(0, -2))
        : folders.filter((folder) => folder === pattern),
    )
    .filter((folder) => !excluded.includes(folder));
}

function clean(pattern: string): string {
  return pattern.replace(/^\.\//, '').replace(/\/+$/, '');
}

/** What the lock file pins against what its own entries ask for, at any depth. */
function treeFindings(
  project: Project,
  folder: string,
  lock: string,
  packages: LockPackages,
  told: ReadonlySet<string>,
): Finding[] {
  const manifest = readJsonReport(readText(path.join(folder, 'package.json')), Overrides);
  const overrides = readOverrides(manifest.ok ? manifest.value.overrides : undefined);
  const withoutPeers = leavesPeers(folder);
  const broken = brokenEdges(packages, { overrides, withoutPeers }).filter(
    ({ place, name }) => !told.has(`${place}\0${name}`),
  );
  return broken.map(({ kind, place, message }) => {
    const inPackage = /(^|\/)node_modules\//.test(place);
    const file = path.join(folder, inPackage ? lock : path.join(place, 'package.json'));
    const shown = path.relative(project.root, file).split(path.sep).join('/');
    return finding(kind === 'missing' ? 'not-locked' : 'lock-differs', message, shown);
  });
}

function leavesPeers(folder: string): boolean {
  const npmrc = readText(path.join(folder, '.npmrc')) ?? '';
  return /^\s*legacy-peer-deps\s*=\s*true\b/m.test(npmrc);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

function finding(
  rule: string,
  message: string,
  file = 'package.json',
  severity: Finding['severity'] = 'error',
): Finding {
  const inside = file.startsWith('..') ? {} : { file };
  return { tool: 'lockfile', rule, severity, message, ...inside };
}

function numbers(
  locked: MetricValue,
  consistent: MetricValue,
  findings: readonly Finding[],
  summary: string,
): Measurement {
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: {
      versions_locked: locked,
      dependencies_unlocked: typeof locked === 'boolean' ? Number(!locked) : locked,
      lockfile_consistent: consistent,
    },
    findings,
    summary,
  };
}
