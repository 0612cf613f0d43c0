/**
 * What a Python project says it depends on. Names and pins only: markers and extras are noted, never evaluated.
 * https://packaging.python.org/en/latest/specifications/dependency-specifiers/
 */

import { sectionsOf, textsIn, type Section } from './sections.ts';

export interface Requirement {
  /** Normalised: `pytest-cov`. */
  readonly name: string;
  /** As written. */
  readonly text: string;
  /** Needed to run, rather than to develop, test or build documentation. */
  readonly runtime: boolean;
  /** It names one version, or one commit or archive. */
  readonly pinned: boolean;
  /** It holds only on some machines (`; sys_platform == "win32"`). */
  readonly conditional: boolean;
}

/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function nameOf(text: string): string {
  return text.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Of `pyproject.toml`, `Pipfile`, `setup.cfg` or a requirements file, by its name. */
export function requirementsOf(file: string, text: string): readonly Requirement[] {
  if (file === 'pyproject.toml') return sectionsOf(text, 'toml').flatMap(inPyproject);
  if (file === 'Pipfile') return sectionsOf(text, 'toml').flatMap(inPipfile);
  if (file === 'setup.cfg') return sectionsOf(text, 'ini').flatMap(inSetup);
  return inList(text, !/(^|[\W_])(dev|test|tests|lint|docs?|ci|typing)([\W_]|$)/.test(file));
}

/** PEP 621 and 735, and what Poetry, PDM, uv and Hatch keep in sections of their own. */
function inPyproject({ name, entries }: Section): Requirement[] {
  const lists = (keys: Iterable<string>, runtime: boolean): Requirement[] =>
    [...keys].flatMap((key) =>
      // `{ include-group = "docs" }` names a group, no distribution
      textsIn((entries.get(key) ?? '').replace(/\{[^}]*\}/g, '')).flatMap((text) =>
        specifier(text, runtime),
      ),
    );
  if (name === 'project') return lists(['dependencies'], true);
  if (name === 'project.optional-dependencies' || name === 'dependency-groups')
    return lists(entries.keys(), false);
  if (name === 'tool.uv') return lists(['dev-dependencies'], false);
  if (name === 'tool.pdm.dev-dependencies') return lists(entries.keys(), false);
  if (/^tool\.hatch\.envs\.[^.]+$/.test(name))
    return lists(['dependencies', 'extra-dependencies'], false);
  const poetry = /^tool\.poetry\.(dependencies|dev-dependencies|group\.[^.]+\.dependencies)$/.exec(
    name,
  );
  return poetry === null ? [] : tableOf(entries, poetry[1] === 'dependencies');
}

function inPipfile({ name, entries }: Section): Requirement[] {
  if (name !== 'packages' && name !== 'dev-packages') return [];
  return tableOf(entries, name === 'packages');
}

function inSetup({ name, entries }: Section): Requirement[] {
  const list = (value: string, runtime: boolean): Requirement[] =>
    value.split('\n').flatMap((line) => specifier(line, runtime));
  if (name === 'options') return list(entries.get('install_requires') ?? '', true);
  if (name !== 'options.extras_require') return [];
  return [...entries.values()].flatMap((value) => list(value, false));
}

/** `black = "^24"`, `{ version = "1.2", markers = "…" }`; Poetry lists Python itself as well. */
function tableOf(entries: ReadonlyMap<string, string>, runtime: boolean): Requirement[] {
  return [...entries]
    .filter(([name]) => name.toLowerCase() !== 'python')
    .map(([name, value]) => ({
      name: nameOf(name),
      text: `${name} ${value}`,
      runtime: runtime && !/\boptional\s*=\s*true/.test(value),
      // Poetry takes a bare version for that one alone.
      pinned:
        /^(\{.*\bversion\s*=\s*)?["'](==)?\s*\d[\w.+!-]*["']/.test(value.trim()) ||
        /["']==[^*,]*["']|\b(rev|path)\s*=/.test(value),
      conditional: /\b(markers|python|platform|sys_platform)\s*=/.test(value),
    }));
}

/** https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
function inList(text: string, runtime: boolean): Requirement[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .flatMap((line) => {
      const editable = /^(?:-e|--editable)[ =](.*)$/.exec(line)?.[1];
      if (editable === undefined) return line.startsWith('-') ? [] : specifier(line, runtime);
      const egg = /#egg=([\w.-]+)/.exec(line)?.[1];
      return egg === undefined
        ? []
        : [{ name: nameOf(egg), text: line, runtime, pinned: atCommit(line), conditional: false }];
    });
}

function specifier(written: string, runtime: boolean): Requirement[] {
  const text = written.trim();
  const name = /^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?(?=$|[\s[<>=!~;@(])/.exec(text)?.[0];
  if (name === undefined) return [];
  const [wanted = '', marker] = text.split(';');
  const pinned = /===?\s*[\w.!+-]+\s*(--hash\S*\s*)*\)?$/.test(wanted.trim())
    ? !wanted.includes('*')
    : /\s--hash=/.test(wanted) || atCommit(wanted);
  return [{ name: nameOf(name), text, runtime, pinned, conditional: marker !== undefined }];
}

/** `pkg @ git+https://…@4f2c…`, or an archive, which does not change under its name. */
function atCommit(text: string): boolean {
  return /@[0-9a-f]{40}\b/.test(text) || /@\s*\S+\.(whl|zip|tar\.gz)\b/.test(text);
}
