/**
 * Whether the versions of Python dependencies are locked: by a lock file, or because every line of the requirements
 * names one version.
 *
 * A library is not asked. What it publishes are ranges, whoever installs it resolves them anew, and a lock file
 * beside it would only fix what its own developers run. A package that also has the marks of something that is
 * deployed (a Dockerfile, a Procfile, a manage.py …) is an application.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '../../judge/finding.ts';
import type { Project } from '../project.ts';
import { sectionsIn, textOf } from '../python/declared.ts';
import { pythonManifest, pythonSources, requirementFiles } from '../python/files.ts';
import { requirementsOf, type Requirement } from '../python/requirements.ts';
import type { Measurement, MetricValue, Runner } from '../runner.ts';
import { counted } from './counted.ts';
import { LOCKED_METRICS } from './locked.ts';

const LOCKS = ['uv.lock', 'poetry.lock', 'pdm.lock', 'Pipfile.lock', 'pylock.toml'];
const DEPLOYED = [
  ...['Dockerfile', 'Containerfile', 'Procfile', 'docker-compose.yml', 'docker-compose.yaml'],
  ...['compose.yml', 'compose.yaml', 'manage.py', 'app.yaml', 'fly.toml', 'serverless.yml'],
  ...[
    'wsgi.py',
    'asgi.py',
    'gunicorn.conf.py',
    'vercel.json',
    'render.yaml',
    'zappa_settings.json',
  ],
];

export const pythonLock: Runner = {
  id: 'python-lock',
  about: 'whether the versions of Python dependencies are locked',
  needs: 'a Python project with dependencies',
  metrics: LOCKED_METRICS,
  inPlay(project) {
    const because = pythonManifest(project);
    if (because === undefined) return { inPlay: false, why: 'no Python project' };
    if (pythonSources(project).length === 0) return { inPlay: false, why: 'no Python files' };
    return { inPlay: true, because };
  },
  measure: ({ project }) => Promise.resolve(measureLock(project)),
};

function measureLock(project: Project): Measurement {
  const lock = nearestLock(project);
  if (lock !== undefined) return measured(true, [], lock);
  const lists = requirementFiles(project)
    .filter((file) => !file.endsWith('.in') && !isConstraints(file))
    .map((file) => ({ file, requirements: requirementsOf(file, textOf(project, file) ?? '') }))
    .filter(({ requirements }) => requirements.length > 0);
  const constrained = new Set(constraintsOf(project).map(({ name }) => name));
  const loose = lists.flatMap(({ file, requirements }) =>
    requirements
      .filter(({ pinned, name }) => !pinned && !constrained.has(name))
      .map(({ text }) => finding('not-pinned', `${text} names no single version`, file)),
  );
  const total = lists.reduce((sum, { requirements }) => sum + requirements.length, 0);
  if (lists.length > 0 && loose.length === 0) return measured(true, [], `${total} pinned`);
  if (isLibrary(project)) {
    return measured(
      { notApplicable: 'a library: whoever installs it resolves its dependencies' },
      [],
      'a library',
    );
  }
  const packaged = ['pyproject.toml', 'setup.cfg', 'Pipfile'].flatMap((file) =>
    requirementsOf(file, textOf(project, file) ?? ''),
  );
  if (lists.length === 0) {
    if (packaged.length === 0 && project.find(['setup.py']) === undefined) {
      return measured({ notApplicable: 'no dependencies are declared' }, [], 'none declared');
    }
    const message = 'dependencies are declared and no lock file pins them';
    const file = pythonManifest(project);
    return measured(false, [finding('no-lock-file', message, file)], 'no lock file');
  }
  return measured(false, loose, `${loose.length} of ${counted(total, 'requirement')} not pinned`);
}

/** In the root, or above it up to the top of the repository: a workspace has one for all. */
function nearestLock({ root, repositoryTop }: Project): string | undefined {
  const top = repositoryTop ?? root;
  for (let folder = root; ; folder = path.dirname(folder)) {
    const name = LOCKS.find((file) => existsSync(path.join(folder, file)));
    if (name !== undefined) return name;
    if (folder === top || folder === path.dirname(folder)) return undefined;
  }
}

/** It can be built and published, and nothing here deploys it. */
function isLibrary(project: Project): boolean {
  if (project.find(DEPLOYED) !== undefined) return false;
  const sections = sectionsIn(project, 'pyproject.toml');
  const isPrivate = sections.some(
    ({ name, entries }) =>
      (name === 'project' && /Private\s*::/.test(entries.get('classifiers') ?? '')) ||
      (name === 'tool.poetry' && entries.get('package-mode') === 'false') ||
      (name === 'tool.uv' && entries.get('package') === 'false'),
  );
  if (isPrivate) return false;
  const built = sections.some(({ name }) => name === 'build-system');
  return built || project.find(['setup.py']) !== undefined;
}

const isConstraints = (file: string): boolean => /(^|\/)constraints[\w.-]*\.txt$/.test(file);

function constraintsOf(project: Project): readonly Requirement[] {
  return project.files
    .filter(isConstraints)
    .flatMap((file) => requirementsOf(file, textOf(project, file) ?? ''))
    .filter(({ pinned }) => pinned);
}

function measured(
  locked: MetricValue & (boolean | object),
  findings: readonly Finding[],
  summary: string,
): Measurement {
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: {
      versions_locked: locked,
      dependencies_unlocked: typeof locked === 'boolean' ? Number(!locked) : locked,
    },
    findings,
    summary,
  };
}

function finding(rule: string, message: string, file: string | undefined): Finding {
  const place = file === undefined ? {} : { file };
  return { tool: 'python-lock', rule, severity: 'error', message, ...place };
}
