/**
 * What configures mypy, and which value an option of it has for a module.
 * https://mypy.readthedocs.io/en/stable/config_file.html
 */

import type { Project } from '../project.ts';
import { sectionsIn, textOf } from './declared.ts';
import { textsIn, type Section } from './sections.ts';

type Options = Section['entries'];

export interface MypyConfig {
  readonly file: string;
  /** Global options, raw. */
  readonly options: Options;
  /** Sections for single modules: their patterns and options. */
  readonly modules: readonly { readonly patterns: readonly string[]; readonly options: Options }[];
}

/** Where nothing else counts once the file is there, whatever it says. */
const OF_ITS_OWN = ['mypy.ini', '.mypy.ini'];

/** The one file mypy reads; undefined when there is none. */
export function mypyConfig(project: Project): MypyConfig | undefined {
  for (const file of [...OF_ITS_OWN, 'pyproject.toml', 'setup.cfg']) {
    if (textOf(project, file) === undefined) continue;
    const sections = sectionsIn(project, file);
    const toml = file === 'pyproject.toml';
    const own = sections.find(({ name }) => name === (toml ? 'tool.mypy' : 'mypy'));
    const modules = sections.flatMap((section) => modulesOf(section, toml));
    const counts = own !== undefined || OF_ITS_OWN.includes(file) || (toml && modules.length > 0);
    if (counts) return { file, options: own?.entries ?? new Map(), modules };
  }
  return undefined;
}

function modulesOf({ name, entries }: Section, toml: boolean): MypyConfig['modules'] {
  if (toml) {
    if (name !== 'tool.mypy.overrides') return [];
    return [{ patterns: textsIn(entries.get('module') ?? ''), options: entries }];
  }
  const patterns = /^mypy-(.+)$/.exec(name)?.[1];
  if (patterns === undefined) return [];
  return [{ patterns: patterns.split(',').map((one) => one.trim()), options: entries }];
}

/** As the file says it, the other way round too: `no_implicit_reexport`, `allow_untyped_defs`. */
export function valueOf(options: Options, name: string): boolean | undefined {
  const given = options.get(name);
  if (given !== undefined) return isTrue(given);
  const opposite = name.startsWith('disallow_') ? name.slice(3) : `no_${name}`;
  const reversed = options.get(opposite);
  return reversed === undefined ? undefined : !isTrue(reversed);
}

const isTrue = (value: string): boolean => /^["']?(true|yes|on|1)["']?$/i.test(value);

/** What a section for a module says of an option; the global ones are not asked. */
export function valueForModule(
  { modules }: MypyConfig,
  module: string,
  name: string,
): boolean | undefined {
  const said = modules.flatMap(({ patterns, options }) =>
    patterns.flatMap((pattern) => {
      const rank = rankOf(pattern, module);
      const value = valueOf(options, name);
      return rank === undefined || value === undefined ? [] : [{ rank, value }];
    }),
  );
  const highest = Math.max(...said.map(({ rank }) => rank));
  return said.findLast(({ rank }) => rank === highest)?.value;
}

const NAMED = 10_000;
const GLOB = 5_000;

/**
 * How much a pattern weighs that is about the module: its name most, then a `*` in the middle, then `shop.*`, the
 * longer the more. A lone `*` is for mypy the name of a module, which none has.
 */
function rankOf(pattern: string, module: string): number | undefined {
  if (pattern === module) return NAMED;
  if (pattern.slice(0, -1).includes('*')) return asGlob(pattern).test(module) ? GLOB : undefined;
  if (!pattern.endsWith('.*')) return undefined;
  const above = pattern.slice(0, -2);
  return module === above || module.startsWith(`${above}.`) ? above.length : undefined;
}

function asGlob(pattern: string): RegExp {
  const [first = '', ...rest] = pattern.split('.');
  const escaped = (text: string): string => text.replace(/[^\w]/g, '\\$&');
  const head = first === '*' ? '.*' : escaped(first);
  return new RegExp(
    `^${head}${rest.map((part) => (part === '*' ? '(\\..*)?' : `\\.${escaped(part)}`)).join('')}$`,
  );
}

/**
 * Whether the configuration leaves a file, or a folder above it, out. https://mypy.readthedocs.io/en/stable/config_file.html#confval-exclude
 * A pattern that JavaScript cannot read leaves nothing out.
 */
export function excludedBy(config: MypyConfig | undefined): (file: string) => boolean {
  const written = config?.options.get('exclude') ?? '';
  const sources = config?.file === 'pyproject.toml' ? textsIn(written).map(unescaped) : [written];
  const patterns = sources.filter((source) => source !== '').flatMap(patternOf);
  return (file) => {
    const parts = file.split('/');
    const ways = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
    return ways.some((way, at) =>
      patterns.some((pattern) => pattern.test(at === parts.length - 1 ? way : `${way}/`)),
    );
  };
}

const unescaped = (text: string): string => text.replaceAll('\\\\', '\\');

/** `(?x)` at its start: white space and comments count for nothing. */
function patternOf(source: string): RegExp[] {
  const [, verbose] = /^\s*\(\?x\)(.*)$/s.exec(source) ?? [];
  try {
    return [new RegExp(verbose?.replace(/(^|\s)#.*$|\s+/gm, '') ?? source)];
  } catch {
    return [];
  }
}

/** Names a file can be imported by: from the top of its packages, and from the folder the sources lie in. */
export function moduleNames(file: string, files: ReadonlySet<string>): readonly string[] {
  const parts = file.replace(/\.pyi?$/, '').split('/');
  if (parts.at(-1) === '__init__') parts.pop();
  let top = file.split('/').length - 1;
  while (top > 0 && files.has(`${file.split('/').slice(0, top).join('/')}/__init__.py`)) top -= 1;
  const whole = parts.slice(parts[0] === 'src' ? 1 : 0);
  return [...new Set([parts.slice(top).join('.'), whole.join('.')])].filter((name) => name !== '');
}
