/**
 * What pylint passes over when it looks for files itself, and not when they are named: folders by their name.
 * https://pylint.readthedocs.io/en/stable/user_guide/configuration/all-options.html#ignore
 */

import type { Project } from '../project.ts';
import { sectionsIn } from './declared.ts';
import { textsIn } from './sections.ts';

/** In pylint's order; only the first that speaks of pylint counts. */
const FILES: readonly (readonly [file: string, section: RegExp])[] = [
  ['pylintrc', /(?:)/],
  ['pylintrc.toml', /(?:)/],
  ['.pylintrc', /(?:)/],
  ['.pylintrc.toml', /(?:)/],
  ['pyproject.toml', /^tool\.pylint(\.|$)/],
  ['setup.cfg', /^pylint(\.|$)/],
  ['tox.ini', /^pylint(\.|$)/],
];

/** Whether one of the folders above a file is ignored. */
export function pylintIgnores(project: Project): (file: string) => boolean {
  const options = optionsOf(project);
  const names = new Set(listOf(options, 'ignore') ?? ['CVS']);
  const patterns = (listOf(options, 'ignore-patterns') ?? []).flatMap(patternOf);
  return (file) =>
    file
      .split('/')
      .slice(0, -1)
      .some((folder) => names.has(folder) || patterns.some((pattern) => pattern.test(folder)));
}

interface Options {
  readonly isToml: boolean;
  readonly values: ReadonlyMap<string, string>;
}

function optionsOf(project: Project): Options {
  for (const [file, wanted] of FILES) {
    const sections = sectionsIn(project, file).filter(
      ({ name, entries }) => wanted.test(name) && (name !== '' || entries.size > 0),
    );
    if (sections.length === 0) continue;
    const entries = sections.flatMap((section) => [...section.entries]);
    const values = new Map(entries.map(([key, value]) => [key.replaceAll('_', '-'), value]));
    return { isToml: file.endsWith('.toml'), values };
  }
  return { isToml: false, values: new Map() };
}

function listOf({ isToml, values }: Options, key: string): readonly string[] | undefined {
  const written = values.get(key);
  if (written === undefined) return undefined;
  const texts = isToml ? textsIn(written) : [written];
  return texts.flatMap((text) => text.split(/[,\n]/)).flatMap((one) => one.trim() || []);
}

/** Python's `re.match`: from the start on. What JavaScript cannot read ignores nothing. */
function patternOf(source: string): RegExp[] {
  try {
    return [new RegExp(`^(?:${source})`)];
  } catch {
    return [];
  }
}
