/**
 * Whether the versions of Python dependencies are locked: by a lock file, or because every line of the requirements
 * names one version, and with that everything pyproject.toml needs to run. Tools that are pinned do not stand for it.
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
import { ignoredMessage, isIgnored, LOCKED_METRICS } from './locked.ts';

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
  measure: ({ project }) => measureLock(project),
};

async function measureLock(project: Project): Promise<Measurement> {
  const lock = nearestLock(project);
  const ignored = lock !== undefined && (await isIgnored(lock));
  if (lock !== undefined && !ignored) return measured(true, [], path.basename(lock));
  const declared = declaredIn(project);
  const { lists, open, total } = declared;
  const isPinned = lists.length > 0 && open.length === 0 && declared.runtimeIsKnown;
  if (isPinned) return measured(true, [], `${total} pinned`);
  if (isLibrary(project)) {
    return measured(
      { notApplicable: 'a library: whoever installs it resolves its dependencies' },
      [],
      'a library',
    );
  }
  const remark = ignored
    ? [finding('lock-file-ignored', ignoredMessage(path.basename(lock)), undefined)]
    : [];
  if (lists.length === 0 || open.length === 0) {
    if (declared.packaged.length === 0 && project.find(['setup.py']) === undefined) {
      return measured({ notApplicable: 'no dependencies are declared' }, [], 'none declared');
    }
    const message = 'dependencies are declared and no lock file pins them';
    const file = pythonManifest(project);
    return measured(false, [...remark, finding('no-lock-file', message, file)], 'no lock file');
  }
  const summary = `${open.length} of ${counted(total, 'requirement')} not pinned`;
  return measured(false, [...remark, ...open], summary);
}

interface Declared {
  /** Requirements files that name something. */
  readonly lists: readonly {
    readonly file: string;
    readonly requirements: readonly Requirement[];
  }[];
  /** Of pyproject.toml and its like, of any kind. */
  readonly packaged: readonly Requirement[];
  /** What no line pins: of the lists, and of what is needed to run. */
  readonly open: readonly Finding[];
  /** All of the lists, and what only the package names as needed to run. */
  readonly total: number;
  /** A setup.py is not read: only a list that is not for development tells what it needs. */
  readonly runtimeIsKnown: boolean;
}

function declaredIn(project: Project): Declared {
  const read = (file: string) => ({
    file,
    requirements: requirementsOf(file, textOf(project, file) ?? ''),
  });
  const lists = requirementFiles(project)
    .filter((file) => !file.endsWith('.in') && !isConstraints(file))
    .map(read)
    .filter(({ requirements }) => requirements.length > 0);
  const listed = lists.flatMap(({ requirements }) => requirements);
  const constrained = new Set(constraintsOf(project).map(({ name }) => name));
  const known = new Set(listed.map(({ name }) => name));
  const packages = ['pyproject.toml', 'setup.cfg', 'Pipfile'].map(read);
  // What a list names is judged there.
  const needed = packages.map(({ file, requirements }) => ({
    file,
    requirements: requirements.filter((one) => one.runtime && !known.has(one.name)),
  }));
  const open = [...lists, ...needed].flatMap(({ file, requirements }) =>
    requirements
      .filter((one) => !one.pinned && !constrained.has(one.name))
      .map(({ text }) => finding('not-pinned', `${text} names no single version`, file)),
  );
  return {
    lists,
    packaged: packages.flatMap(({ requirements }) => requirements),
    open,
    total: listed.length + needed.reduce((sum, one) => sum + one.requirements.length, 0),
    runtimeIsKnown:
      project.find(['setup.py']) === undefined || listed.some(({ runtime }) => runtime),
  };
}

/** In the root, or above it up to the top of the repository: a workspace has one for all. */
function nearestLock({ root, repositoryTop }: Project): string | undefined {
  const top = repositoryTop ?? root;
  for (let folder = root; ; folder = path.dirname(folder)) {
    const name = LOCKS.find((file) => existsSync(path.join(folder, file)));
    if (name !== undefined) return path.join(folder, name);
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
