/** The one command that installs what a Python project declares. */

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
  const row = BY_FILE.find(([file]) => project.find([file]) !== undefined);
  return row?.[1] ?? withPip('-e .');
}

function withPip(what: string): string {
  return `python3 -m venv .venv && .venv/bin/pip install ${what}`;
}
