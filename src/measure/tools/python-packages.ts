/** Where it stands which Python packages a project uses, as far as that can be read without installing anything. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';

export type PythonPackages =
  /** `pylock.toml`: https://packaging.python.org/en/latest/specifications/pylock-toml/ */
  | { readonly kind: 'lock'; readonly file: string }
  /** Every line pins one version. */
  | { readonly kind: 'pinned'; readonly files: readonly string[] }
  /** What is installed in the project's own virtual environment. */
  | { readonly kind: 'environment'; readonly folder: string }
  /** They are declared, and which versions that gives is known only by installing them. */
  /** Without a line, the file as a whole pins nothing. */
  | { readonly kind: 'unpinned'; readonly file: string; readonly line: string | undefined };

const INCLUDES = /^[ \t]*(?:-r|--requirement)[ \t=]*([^\s#]+)/gm;
const MOST_FILES = 100;
const REQUIREMENTS = /^requirements[\w.-]*\.txt$/;

/** Undefined where nothing declares Python packages. */
export function pythonPackages(project: Project): PythonPackages | undefined {
  const lock = project.find(['pylock.toml']);
  if (lock !== undefined) return { kind: 'lock', file: lock };
  const files = withIncluded(
    project,
    namesIn(project.root).filter((name) => REQUIREMENTS.test(name)),
  );
  const loose = files.flatMap((file) => unpinnedIn(project, file).map((line) => ({ file, line })));
  if (files.length > 0 && loose.length === 0) return { kind: 'pinned', files };
  const folder = sitePackages(project);
  const declared = files.length > 0 || declaresInPyproject(project);
  if (!declared) return undefined;
  if (folder !== undefined) return { kind: 'environment', folder };
  return { kind: 'unpinned', ...(loose[0] ?? { file: 'pyproject.toml', line: undefined }) };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** And those they include: pip-audit passes over `-r` inside a file when it may not ask pip. */
function withIncluded(project: Project, named: readonly string[]): string[] {
  const files: string[] = [];
  for (const waiting = [...named]; waiting.length > 0 && files.length < MOST_FILES;) {
    const file = waiting.shift()!;
    if (files.includes(file)) continue;
    files.push(file);
    for (const [, included = ''] of textOf(project, file).matchAll(INCLUDES)) {
      waiting.push(path.join(path.dirname(file), included));
    }
  }
  return files;
}

/** Lines that name a package without one version of it. Lines that cannot be read are for pip-audit to complain of. */
function unpinnedIn(project: Project, file: string): string[] {
  if (file.startsWith('..') || !existsSync(path.join(project.root, file))) return [`-r ${file}`];
  const text = textOf(project, file).replace(/\\\r?\n/g, ' ');
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('-'))
    .filter((line) => !/^[\w.[\],\s-]+?===?\s*[^\s*,;]+\s*(;.*|--hash.*)?$/.test(line))
    .slice(0, 1);
}

function declaresInPyproject(project: Project): boolean {
  const text = textOf(project, 'pyproject.toml');
  return /^\s*dependencies\s*=\s*\[\s*[^\s\]]/m.test(text) || /^\[tool\.poetry\.dep/m.test(text);
}

/** `.venv/lib/python3.12/site-packages` */
function sitePackages({ root }: Project): string | undefined {
  for (const environment of ['.venv', 'venv']) {
    const lib = path.join(environment, 'lib');
    const python = namesIn(path.join(root, lib)).find((name) => /^python3\.\d+$/.test(name));
    if (python === undefined) continue;
    const folder = path.join(lib, python, 'site-packages');
    if (existsSync(path.join(root, folder))) return folder;
  }
  return undefined;
}

function textOf({ root }: Project, file: string): string {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return '';
  }
}
