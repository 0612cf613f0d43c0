/** pytest counts lines by its plugin pytest-cov, where that is installed. https://pytest-cov.readthedocs.io/en/latest/config.html */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { locateTool } from '../locate.ts';
import { namesIn, realPath } from '../may-be-absent.ts';
import type { Project } from '../project.ts';
import type { CoverageWay, SuiteCommandContext } from './framework.ts';
import { flagTable, withoutFlags } from './words.ts';

/** It writes lcov since this version. */
const FIRST_WITH_LCOV = 4;
const DECLARED_IN =
  /^(pyproject\.toml|setup\.(cfg|py)|tox\.ini|Pipfile|([\w.-]*\/)?[\w.-]*requirements[\w.-]*\.(txt|in)|requirements\/[\w.-]+\.(txt|in))$/;
/** `pytest-cov>=4`, `"coverage[toml]"`, `pytest_cov = "^4"`; not `[tool.coverage.run]`, nor `coverage.xml`. */
const NAMES = {
  'pytest-cov': /(^|[\s"',([{])pytest[-_]cov(?![\w.-])/im,
  coverage: /(^[ \t]*|["'])coverage[ \t]*(\[[\w, -]*\][ \t]*)?([<>=~!;"'#]|$)/im,
} as const;
const OPTIONS_IN = ['pytest.ini', '.pytest.ini', 'pyproject.toml', 'tox.ini', 'setup.cfg'];

/** What says which lines count stays, if they are counted at all. */
const COUNTING = flagTable({ '--cov': 'alone', '--cov-*': 'alone', '--no-cov': 'alone' });

export function pytestCoverage(project: Project): CoverageWay {
  const installed = installedVersion(project);
  if (installed !== undefined && installed >= FIRST_WITH_LCOV) return { kind: 'lcov' };
  if (installed !== undefined) {
    const why = `pytest-cov ${installed} writes no lcov; ${FIRST_WITH_LCOV} or later does`;
    return { kind: 'none', why, missing: true };
  }
  const declared = declaredTool(project);
  return declared === undefined
    ? { kind: 'none', why: 'pytest counts no lines itself, and pytest-cov is not declared' }
    : {
        kind: 'none',
        why: `${declared.name} is declared in ${declared.file}, and pytest-cov is not installed beside pytest`,
        missing: true,
      };
}

export function pytestCoverageArguments({
  project,
  workDir,
  coverage,
  args,
}: Pick<SuiteCommandContext, 'project' | 'workDir' | 'coverage' | 'args'>): string[] {
  if (coverage.kind !== 'lcov') return withoutFlags(args, COUNTING);
  // A bare `--cov` beside one with a folder would count the tests and everything else too.
  const chosen =
    args.some(isCov) || OPTIONS_IN.some((file) => setsCov(path.join(project.root, file)));
  return [
    ...(chosen ? [] : ['--cov']),
    `--cov-report=lcov:${workDir}/lcov.info`,
    '--cov-fail-under=0',
    ...args,
  ];
}

const isCov = (word: string): boolean => word === '--cov' || word.startsWith('--cov=');

function setsCov(file: string): boolean {
  return /^[^#;\n]*--cov(?![\w-])/m.test(textOf(file));
}

const installedVersion = (project: Project) => pluginVersion(project, 'pytest_cov');

/** `pytest_xdist`, as the folder of its metadata spells it. */
export const hasPytestPlugin = (project: Project, plugin: string): boolean =>
  pluginVersion(project, plugin) !== undefined;

/** Major version, by the packages beside the pytest that will be started. */
function pluginVersion(project: Project, plugin: string): number | undefined {
  const located = locateTool({ name: 'pytest' }, project);
  if (!located.found) return undefined;
  for (const folder of packageFolders(located.file)) {
    for (const name of namesIn(folder)) {
      const [own, version] = name.toLowerCase().split('-', 2);
      const major = own === plugin ? /^(\d+)\./.exec(version ?? '')?.[1] : undefined;
      if (major !== undefined) return Number(major);
    }
  }
  return undefined;
}

/** `bin/pytest` has its packages in `lib/python3.x/site-packages`; Debian calls it `dist-packages`. */
function packageFolders(program: string): string[] {
  const lib = path.join(path.dirname(realPath(program)), '..', 'lib');
  return namesIn(lib)
    .filter((name) => name.startsWith('python3'))
    .flatMap((name) => [
      path.join(lib, name, 'site-packages'),
      path.join(lib, name, 'dist-packages'),
    ]);
}

function declaredTool({ root, files }: Project): { name: string; file: string } | undefined {
  for (const file of files.filter((one) => DECLARED_IN.test(one))) {
    const text = textOf(path.join(root, file)).replace(/^[ \t]*#.*$/gm, '');
    for (const [name, pattern] of Object.entries(NAMES)) {
      if (pattern.test(text)) return { name, file };
    }
  }
  return undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
