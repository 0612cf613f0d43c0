/** Whether a Python project asks for a tool: by its configuration, as a dependency, or as a hook of pre-commit. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Project } from '../project.ts';
import { requirementFiles } from './files.ts';
import { nameOf, requirementsOf } from './requirements.ts';
import { sectionsOf, type Section } from './sections.ts';

export interface ToolMarks {
  /** Distribution name: `black`. */
  readonly package: string;
  /** Files of its own in the root. */
  readonly configs: readonly string[];
  /** Sections of shared files: `{ 'pyproject.toml': /^tool\.black(\.|$)/ }`. */
  readonly sections: Readonly<Record<string, RegExp>>;
  /** Ids of its hooks in .pre-commit-config.yaml. */
  readonly hooks: readonly string[];
}

/** What declares it, for people: `pyproject.toml [tool.black]`; undefined when nothing does. */
export function declaredBy(project: Project, marks: ToolMarks): string | undefined {
  const own = project.find(marks.configs);
  if (own !== undefined) return own;
  for (const [file, pattern] of Object.entries(marks.sections)) {
    const section = sectionsIn(project, file).find(({ name }) => pattern.test(name));
    if (section !== undefined) return `${file} [${section.name}]`;
  }
  const dependency = dependencyIn(project, marks.package);
  if (dependency !== undefined) return `${dependency}: ${marks.package}`;
  return hookOf(project, marks.hooks);
}

/** Sections of a file in the root; none when it is not there or cannot be read. */
export function sectionsIn(project: Project, file: string): readonly Section[] {
  const text = textOf(project, file);
  return text === undefined ? [] : sectionsOf(text, isToml(file) ? 'toml' : 'ini');
}

export function textOf({ root }: Project, file: string): string | undefined {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}

const isToml = (file: string): boolean => file.endsWith('.toml') || file === 'Pipfile';

function dependencyIn(project: Project, name: string): string | undefined {
  const wanted = nameOf(name);
  const files = ['pyproject.toml', 'Pipfile', 'setup.cfg', ...requirementFiles(project)];
  return files.find((file) =>
    requirementsOf(file, textOf(project, file) ?? '').some((one) => one.name === wanted),
  );
}

const HOOKS = '.pre-commit-config.yaml';

/** Read by line: a hook is `- id: black`, or a local one whose `entry` starts the tool. */
function hookOf(project: Project, ids: readonly string[]): string | undefined {
  const text = textOf(project, HOOKS) ?? '';
  const named = new RegExp(
    `^[\\s-]*(?:id:\\s*["']?(?:${ids.join('|')})["']?|entry:\\s*["']?(?:(?:uv|poetry|pdm|pipenv|hatch) run )?(?:${ids.join('|')})\\b.*)\\s*(?:#.*)?$`,
    'm',
  );
  return named.test(text) ? HOOKS : undefined;
}
