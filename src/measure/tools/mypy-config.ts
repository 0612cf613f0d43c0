/** Whether mypy is told to be strict, by its own configuration. */

import type { Finding } from '../../judge/finding.ts';
import type { Project } from '../project.ts';
import { declaredBy, textOf, type ToolMarks } from '../python/declared.ts';
import { isTest, pythonSources } from '../python/files.ts';
import {
  moduleNames,
  mypyConfig,
  valueForModule,
  valueOf,
  type MypyConfig,
} from '../python/mypy-options.ts';
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

export const mypyStrictness: Runner = {
  id: 'mypy-config',
  about: 'strictness of mypy, as its configuration resolves',
  needs: 'a configuration of mypy',
  metrics: {
    mypy_strict: {
      dimension: 'boolean',
      better: 'higher',
      about:
        '`strict`, or every option it stands for, and none of them taken back, nor errors ignored, for the whole project',
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

function measureStrictness(project: Project): Measurement {
  const config = mypyConfig(project);
  const lacking =
    config === undefined && hookIsStrict(project) ? undefined : lackingIn(config, project);
  const strict = lacking === undefined;
  const findings = strict && config !== undefined ? weakened(config) : [];
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: { mypy_strict: strict },
    findings,
    summary: strict
      ? `strict${findings.length === 0 ? '' : `, weaker for ${findings.length} groups of modules`}`
      : `not strict${lacking}`,
  };
}

/** What keeps the whole from being strict, as the end of a line; undefined when nothing does. */
function lackingIn(config: MypyConfig | undefined, project: Project): string | undefined {
  const options = config?.options ?? new Map<string, string>();
  const missing = missingOptions(options);
  if (missing.length === STRICT_OPTIONS.size) {
    return ` (${config?.file ?? 'nothing configures mypy'})`;
  }
  const rest = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  if (missing.length > 0) return `: ${missing.slice(0, 3).join(', ')}${rest}`;
  if (valueOf(options, 'ignore_errors') === true) return ': ignore_errors hides all errors';
  const isLetOff = (module: string): boolean =>
    LET_OFF.some(([name, value]) => valueForModule(config!, module, name) === value);
  return everyModule(project, isLetOff)
    ? `: ${config!.file} takes it back for every module`
    : undefined;
}

/** Options of `--strict` that are not in force; single ones may be taken back below `strict`. */
function missingOptions(options: ReadonlyMap<string, string>): string[] {
  const strict = valueOf(options, 'strict') === true;
  return [...STRICT_OPTIONS].flatMap(([name, wanted]) => {
    const value = valueOf(options, name);
    return (value ?? (strict ? wanted : !wanted)) === wanted ? [] : [wanted ? name : `no_${name}`];
  });
}

/** With these values a section lets its modules off. */
const LET_OFF: readonly (readonly [name: string, value: boolean])[] = [
  ['ignore_errors', true],
  ...[...STRICT_OPTIONS].map(([name, wanted]) => [name, !wanted] as const),
];

/** Whether mypy is told to keep every error to itself. */
export function hidesAllErrors(config: MypyConfig, project: Project): boolean {
  const everywhere = valueOf(config.options, 'ignore_errors') ?? false;
  return everyModule(
    project,
    (module) => valueForModule(config, module, 'ignore_errors') ?? everywhere,
  );
}

/** Of the modules of the product: what tests are let off says nothing about it. */
function everyModule(project: Project, holds: (module: string) => boolean): boolean {
  const files = new Set(project.files);
  const sources = pythonSources(project);
  const own = sources.filter((file) => !isTest(file));
  return (own.length === 0 ? sources : own).every((file) => moduleNames(file, files).some(holds));
}

/** What single modules are let off, for people: the project as a whole is strict. */
function weakened({ file, modules }: MypyConfig): Finding[] {
  return modules.flatMap((section) => {
    const { options } = section;
    // A lone star names a module, which none has.
    const patterns = section.patterns.filter((pattern) => pattern !== '*');
    const letOff = LET_OFF.flatMap(([name, value]) =>
      valueOf(options, name) === value ? [name] : [],
    );
    if (letOff.length === 0 || patterns.length === 0) return [];
    return [
      {
        tool: 'mypy-config',
        rule: 'weakened',
        severity: 'info' as const,
        file,
        message: `${patterns.join(', ')}: ${letOff.join(', ')}`,
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
