/** The one command that installs what a Python project declares. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';

const BY_FILE = [
  ['uv.lock', 'uv sync'],
  ['poetry.lock', 'poetry install'],
  ['pdm.lock', 'pdm install'],
  ['Pipfile.lock', 'pipenv sync --dev'],
  ['Pipfile', 'pipenv install --dev'],
  ['requirements.txt', withPip('-r requirements.txt')],
] as const;

export function pythonInstall(project: Project): string {
  const here = BY_FILE.find(([file]) => project.find([file]) !== undefined);
  // A workspace is locked once, at its top.
  const top = project.repositoryTop ?? project.root;
  const above = BY_FILE.slice(0, 3).find(([file]) => existsSync(path.join(top, file)));
  return (here ?? above)?.[1] ?? withPip('-e .');
}

function withPip(what: string): string {
  return `python3 -m venv .venv && .venv/bin/pip install ${what}`;
}
