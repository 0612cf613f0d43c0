/**
 * Whether mypy is told to be strict, by its own configuration: the first of its files that has a section for it, in
 * mypy's order. https://mypy.readthedocs.io/en/stable/config_file.html
 */

import type { Finding } from '../../judge/finding.ts';
import type { Project } from '../project.ts';
import { declaredBy, sectionsIn, textOf, type ToolMarks } from '../python/declared.ts';
import { pythonSources } from '../python/files.ts';
import { textsIn, type Section } from '../python/sections.ts';
import type { Measurement, Runner } from '../runner.ts';

export const MYPY: ToolMarks = {
  package: 'mypy',
  configs: ['mypy.ini', '.mypy.ini'],
  sections: { 'pyproject.toml': /^tool\.mypy(\.|$)/, 'setup.cfg': /^mypy(-|$)/ },
  hooks: ['mypy'],
};

/** What `mypy --help` names under `--strict`, from 1.11 to 2.4; with the value each has there. */
export const STRICT_OPTIONS: ReadonlyMap<string, boolean> = new Map([
  ['disallow_any_generics', true],
  ['disallow_subclassing_any', true],
  ['disallow_untyped_calls', true],
  ['disallow_untyped_defs', true],
  ['disallow_incomplete_defs', true],
  ['check_untyped_defs', true],
  ['disallow_untyped_decorators', true],
  ['warn_redundant_casts', true],
  ['warn_unused_ignores', true],
  ['warn_return_any', true],
  ['implicit_reexport', false],
  ['strict_equality', true],
  ['extra_checks', true],
]);

export interface MypyConfig {
  readonly file: string;
  /** Global options, raw. */
  readonly options: ReadonlyMap<string, string>;
  /** Sections for single modules: their patterns and options. */
  readonly modules: readonly { readonly pattern: string; readonly options: Section['entries'] }[];
}

const FILES = ['mypy.ini', '.mypy.ini', 'pyproject.toml', 'setup.cfg'];

export const mypyStrictness: Runner = {
  id: 'mypy-config',
  about: 'strictness of mypy, as its configuration resolves',
  needs: 'a configuration of mypy',
  metrics: {
    mypy_strict: {
      dimension: 'boolean',
      better: 'higher',
      about:
        '`strict`, or every option it stands for, and none of them taken back for the whole project',
    },
  },
  inPlay(project) {
    const because = declaredBy(project, MYPY);
    if (because === undefined) return { inPlay: false, why: 'mypy is not declared' };
    if (pythonSources(project).length === 0) return { inPlay: false, why: 'no Python files' };
    return { inPlay: true, because };
  },
  measure: ({ project }) => Promise.resolve(measureStrictness(project)),
};

/** Undefined when no file configures mypy. */
export function mypyConfig(project: Project): MypyConfig | undefined {
  for (const file of FILES) {
    const sections = sectionsIn(project, file);
    const toml = file === 'pyproject.toml';
    const own = sections.find(({ name }) => name === (toml ? 'tool.mypy' : 'mypy'));
    const modules = sections.flatMap((section) => modulesOf(section, toml));
    if (own === undefined && modules.length === 0) continue;
    return { file, options: own?.entries ?? new Map(), modules };
  }
  return undefined;
}

function modulesOf({ name, entries }: Section, toml: boolean) {
  if (toml) {
    if (name !== 'tool.mypy.overrides') return [];
    return [{ pattern: textsIn(entries.get('module') ?? '').join(', '), options: entries }];
  }
  const pattern = /^mypy-(.+)$/.exec(name)?.[1];
  return pattern === undefined ? [] : [{ pattern, options: entries }];
}

function measureStrictness(project: Project): Measurement {
  const config = mypyConfig(project);
  const missing = missingOptions(config?.options ?? new Map());
  const strict = missing.length === 0 || (config === undefined && hookIsStrict(project));
  const file = config?.file;
  const findings = strict && config !== undefined ? weakened(config) : [];
  const where = file ?? 'nothing configures mypy';
  const rest = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  const lacking = `not strict: ${missing.slice(0, 3).join(', ')}${rest}`;
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: { mypy_strict: strict },
    findings,
    summary: strict
      ? `strict${findings.length === 0 ? '' : `, weaker for ${findings.length} groups of modules`}`
      : missing.length === STRICT_OPTIONS.size
        ? `not strict (${where})`
        : lacking,
  };
}

/** Options of `--strict` that are not in force; single ones may be taken back below `strict`. */
function missingOptions(options: ReadonlyMap<string, string>): string[] {
  const strict = isTrue(options.get('strict'));
  return [...STRICT_OPTIONS].flatMap(([name, wanted]) => {
    const value = valueOf(options, name);
    return (value ?? (strict ? wanted : !wanted)) === wanted ? [] : [wanted ? name : `no_${name}`];
  });
}

/** Every option can be said the other way round: `no_implicit_reexport`, `allow_untyped_defs`. */
function valueOf(options: ReadonlyMap<string, string>, name: string): boolean | undefined {
  const given = options.get(name);
  if (given !== undefined) return isTrue(given);
  const opposite = name.startsWith('disallow_') ? name.slice(3) : `no_${name}`;
  const reversed = options.get(opposite);
  return reversed === undefined ? undefined : !isTrue(reversed);
}

const isTrue = (value: string | undefined): boolean =>
  /^["']?(true|yes|on|1)["']?$/i.test(value ?? '');

/** What single modules are let off, for people: the project as a whole is strict. */
function weakened({ file, modules }: MypyConfig): Finding[] {
  return modules.flatMap(({ pattern, options }) => {
    const letOff = [
      ...(isTrue(options.get('ignore_errors')) ? ['ignore_errors'] : []),
      ...[...STRICT_OPTIONS].flatMap(([name, wanted]) => {
        const value = valueOf(options, name);
        return value === undefined || value === wanted ? [] : [name];
      }),
    ];
    if (letOff.length === 0) return [];
    return [
      {
        tool: 'mypy-config',
        rule: 'weakened',
        severity: 'info' as const,
        file,
        message: `${pattern}: ${letOff.join(', ')}`,
      },
    ];
  });
}

/** `args: [--strict]` of the hook, where there is no configuration. */
function hookIsStrict(project: Project): boolean {
  const text = textOf(project, '.pre-commit-config.yaml') ?? '';
  const [, hook = ''] =
    /^[\s-]*id:\s*["']?mypy["']?\s*$(.*?)(?=^\s*-\s*(?:id|repo):|$(?![\s\S]))/ms.exec(text) ?? [];
  return /--strict(?![\w-])/.test(hook);
}
