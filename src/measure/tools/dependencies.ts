/** Whether everything package.json declares is installed: by `npm ls`, or by looking for other package managers. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { MetricDeclaration } from '../../judge/catalogue.ts';
import type { Finding } from '../../judge/finding.ts';
import type { Project } from '../project.ts';
import type { Measurement, Runner } from '../runner.ts';
import { absent, defineTool, type RawRun, type Reading, type ToolRunner } from '../tool.ts';
import { readJsonReport } from './json-report.ts';

type Metric = 'all_resolved' | 'dependencies_unresolved';

/** https://docs.npmjs.com/cli/commands/npm-ls */
const Tree = z.object({
  problems: z.array(z.string()).optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ code: z.string().optional(), summary: z.string().optional() }).optional(),
});

/** The same words for every language. */
export const RESOLVED_METRICS: Readonly<Record<Metric, MetricDeclaration>> = {
  all_resolved: {
    dimension: 'boolean',
    better: 'higher',
    holdsWithout: ['dependencies_unresolved'],
    about: 'every declared dependency is installed, and what is installed fits together',
  },
  dependencies_unresolved: {
    dimension: 'count',
    better: 'lower',
    about: 'dependencies that are missing, or installed in a version nobody asked for',
    together: 'sum',
  },
};

const byNpm = defineTool({
  id: 'dependencies',
  about: 'whether every declared dependency is installed',
  needs: 'a package.json',
  install: 'install npm: it comes with Node',
  metrics: RESOLVED_METRICS,
  location: { name: 'npm' },
  kind: 'analyser',
  inPlay: (project) =>
    project.manifest === undefined
      ? { inPlay: false, why: project.manifestProblem ?? 'no package.json' }
      : { inPlay: true, because: 'package.json' },
  command: () => ({
    argv: ['ls', '--all', '--json'],
    env: { npm_config_update_notifier: 'false', npm_config_logs_max: '0' },
  }),
  read: readTree,
});

export const dependencies: ToolRunner = {
  ...byNpm,
  isFound: (project) => project.packageManager !== 'npm' || byNpm.isFound?.(project) !== false,
  async measure(context): Promise<Measurement> {
    const { project } = context;
    const declared = declaredNames(project);
    if (declared.length === 0) return measured([], 'none declared');
    if (!project.installed) {
      return absent('not_installed', 'there is no node_modules folder', project.installCommand);
    }
    if (project.packageManager === 'npm') return byNpm.measure(context);
    const missing = declared.filter((name) => !isInstalled(project, name));
    return measured(
      missing.map((name) => unresolved(`missing: ${name}`)),
      missing.length === 0
        ? `${declared.length} declared`
        : `${missing.length} of ${declared.length} missing`,
    );
  },
} satisfies Runner;

/** Peers and optional ones may be absent. */
function declaredNames({ manifest }: Project): string[] {
  const names = [manifest?.dependencies, manifest?.devDependencies].flatMap((group) =>
    typeof group === 'object' && group !== null ? Object.keys(group) : [],
  );
  const optional = manifest?.optionalDependencies ?? {};
  return [...new Set(names)].filter((name) => !Object.hasOwn(optional, name));
}

/** As Node looks for packages: in each node_modules from the root up, no further than the repository. */
function isInstalled({ root, repositoryTop }: Project, name: string): boolean {
  const top = repositoryTop ?? root;
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'node_modules', name, 'package.json'))) return true;
    if (folder === top || folder === path.dirname(folder)) return false;
  }
}

function readTree(raw: RawRun): Reading<Metric> {
  const tree = readJsonReport(raw.stdout, Tree);
  if (!tree.ok) return { state: tree.state, why: `npm ls: ${tree.why}` };
  const { problems = [], error } = tree.value;
  if (error?.code !== undefined && error.code !== 'ELSPROBLEMS') {
    const state = error.code === 'EJSONPARSE' ? 'bad_config' : 'crashed';
    return { state, why: `npm ls failed (${error.code}): ${error.summary ?? 'no reason given'}` };
  }
  if (problems.length === 0 && tree.value.dependencies === undefined) {
    return { state: 'nothing_measured', why: 'npm ls lists no dependency' };
  }
  const shown = [...new Set(problems)].map((text) => text.replaceAll(`${raw.root}/`, ''));
  const extraneous = shown.filter((text) => text.startsWith('extraneous: '));
  const broken = shown.filter((text) => !extraneous.includes(text));
  return measured(
    [...broken.map(unresolved), ...extraneous.map(installedForNobody)],
    broken.length === 0 ? 'all installed' : `${broken.length} not as declared`,
  );
}

function unresolved(problem: string): Finding {
  return {
    tool: 'dependencies',
    rule: /^(\w+): /.exec(problem)?.[1] ?? 'unresolved',
    severity: 'error',
    file: 'package.json',
    message: problem,
    metric: 'dependencies_unresolved',
  };
}

/** npm exits with an error for these too; nothing that runs misses anything. */
function installedForNobody(problem: string): Finding {
  return { tool: 'dependencies', rule: 'extraneous', severity: 'info', message: problem };
}

function measured(findings: readonly Finding[], summary: string) {
  const count = findings.filter(({ metric }) => metric !== undefined).length;
  return {
    state: findings.length === 0 ? ('clean' as const) : ('findings' as const),
    metrics: { all_resolved: count === 0, dependencies_unresolved: count },
    findings,
    summary,
  };
}
