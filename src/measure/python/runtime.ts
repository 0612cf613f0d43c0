/** What a Python project needs to run, and whether an environment of this machine holds it. Nothing is started. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { namesIn, realPath } from '../may-be-absent.ts';
import type { Project } from '../project.ts';
import { textOf } from './declared.ts';
import { nameOf, requirementsOf } from './requirements.ts';

/** Those that every machine needs: markers are not evaluated, extras and groups for developers not asked for. */
export function runtimeNames(project: Project): string[] {
  const files = ['pyproject.toml', 'setup.cfg', 'Pipfile', 'requirements.txt'];
  const names = files.flatMap((file) =>
    requirementsOf(file, textOf(project, file) ?? '')
      .filter(({ runtime, conditional }) => runtime && !conditional)
      .map(({ name }) => name),
  );
  return [...new Set(names)];
}

/**
 * Whether what the project needs can be found by a tool: most of it in an environment of the project's own, or all
 * of it where the tool itself is installed. The Python of a whole machine holds some of it by chance.
 */
export function isInstalled(project: Project, tool: string): boolean {
  const wanted = runtimeNames(project);
  const absentIn = (bin: string): number => {
    const here = distributionsIn(path.dirname(bin));
    return wanted.filter((name) => !here.has(name)).length;
  };
  const own = project.path.split(path.delimiter).filter(isOfEnvironment);
  if (own.some((bin) => absentIn(bin) * 2 <= wanted.length)) return true;
  return [tool, realPath(tool)].some((file) => absentIn(path.dirname(file)) === 0);
}

/** https://docs.python.org/3/library/venv.html: what marks the folder above `bin`. */
function isOfEnvironment(bin: string): boolean {
  return ['pyvenv.cfg', 'conda-meta'].some((mark) => existsSync(path.join(bin, '..', mark)));
}

/** Normalised names, by the metadata that lies beside each package. */
function distributionsIn(prefix: string): ReadonlySet<string> {
  const folders = namesIn(path.join(prefix, 'lib'))
    .filter((name) => name.startsWith('python3'))
    .flatMap((python) => [`${python}/site-packages`, `${python}/dist-packages`]);
  const names = folders.flatMap((folder) => namesIn(path.join(prefix, 'lib', folder)));
  return new Set(
    names.flatMap((name) => {
      const distribution = /^(.+?)(?:-\d[^/]*)?\.(?:dist|egg)-info$/.exec(name)?.[1];
      return distribution === undefined ? [] : [nameOf(distribution)];
    }),
  );
}
