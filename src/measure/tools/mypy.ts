/**
 * The project's own mypy. Its report is a line of JSON for each error, and nothing at all when there is none.
 * https://mypy.readthedocs.io/en/stable/command_line.html#cmdoption-mypy-output
 * Exit 2 is a file it cannot parse as well as its own failure: only the lines tell one from the other.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { isTest, pythonSources, topLevel } from '../python/files.ts';
import { declaredBy } from '../python/declared.ts';
import { pythonInstall } from '../python/install.ts';
import { excludedBy, mypyConfig } from '../python/mypy-options.ts';
import { nameOf } from '../python/requirements.ts';
import { isInstalled, runtimeNames } from '../python/runtime.ts';
import { namesIn } from '../may-be-absent.ts';
import type { Project } from '../project.ts';
import type { Measurement } from '../runner.ts';
import {
  defineTool,
  hasNumbers,
  runTool,
  type CommandContext,
  type NoCommand,
  type RawRun,
  type Reading,
  type ToolCommand,
  type ToolRunner,
} from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { hidesAllErrors, MYPY } from './mypy-config.ts';
import { TYPE_ERRORS } from './type-errors.ts';

const Line = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  message: z.string(),
  code: z.string().nullable(),
  severity: z.enum(['error', 'note', 'warning']),
});
type Line = z.infer<typeof Line>;

const single = defineTool({
  id: 'mypy',
  about: 'type errors in Python, by the project’s own mypy',
  needs: 'Python, and mypy in its configuration, dependencies or commit hooks',
  install: 'pip install mypy',
  metrics: { type_errors: TYPE_ERRORS },
  location: { name: 'mypy', distribution: 'mypy' },
  kind: 'analyser',
  inPlay(project) {
    const because = declaredBy(project, MYPY);
    if (because === undefined) return { inPlay: false, why: 'mypy is not declared' };
    if (pythonSources(project).length === 0) return { inPlay: false, why: 'no Python files' };
    return { inPlay: true, because };
  },
  command: (context) => askAbout(['.', ...withoutEnvironments(context.project)], context),
  read: readLines,
});

export const mypy: ToolRunner = {
  ...single,
  /** Tests, documentation and examples may hold modules of one name, at which mypy stops: then without these. */
  async measure(context): Promise<Measurement> {
    const measured = await single.measure(context);
    const names = productNames(context.project);
    if (!isAboutNames(measured) || names.length === 0) return measured;
    const again = await runTool(
      { ...single.spec, command: (one) => askAbout(names, one) },
      { ...context, workDir: `${context.workDir}/product` },
    );
    if (!hasNumbers(again)) return measured;
    return { ...again, why: `${measured.why}; so only ${names.join(', ')} was checked` };
  },
};

/** @param targets where no configuration says what is checked */
function askAbout(
  targets: readonly string[],
  { project, workDir, tool }: CommandContext,
): ToolCommand | NoCommand {
  const config = mypyConfig(project);
  if (config !== undefined && hidesAllErrors(config, project)) {
    const why = `ignore_errors hides all errors (${config.file})`;
    return { instead: { state: 'nothing_measured', why } };
  }
  if (!isInstalled(project, tool.file)) {
    const why = 'dependencies are not installed';
    return { instead: { state: 'not_installed', why, help: pythonInstall(project) } };
  }
  const chosen = ['files', 'modules', 'packages'].some((key) => config?.options.has(key) === true);
  return {
    argv: [
      ...['--output=json', `--cache-dir=${workDir}/cache`, '--no-color-output'],
      ...(chosen ? [] : targets),
    ],
    env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    discard: ['cache'],
  };
}

/** mypy passes over hidden folders by itself. These patterns join those of the configuration. */
function withoutEnvironments({ root }: Project): string[] {
  return namesIn(root)
    .filter((name) => existsSync(path.join(root, name, 'pyvenv.cfg')))
    .map((name) => `--exclude=^${name.replace(/[^\w]/g, '\\$&')}/`);
}

function isAboutNames({ state, why = '' }: Measurement): boolean {
  return state === 'bad_config' && /Duplicate module named|Source file found twice/.test(why);
}

const ASIDE = /^(docs?|examples?|benchmarks?|scripts|tools|setup\.py|noxfile\.py|tasks\.py)$/;

/** What is named one by one mypy does not leave out, so what the configuration excludes is taken out here. */
function productNames(project: Project): readonly string[] {
  const excluded = excludedBy(mypyConfig(project));
  const sources = pythonSources(project).filter((file) => !isTest(file) && !excluded(file));
  return topLevel(sources).filter((name) => !ASIDE.test(name));
}

function readLines(raw: RawRun, { project }: CommandContext): Reading<'type_errors'> {
  const { stdout, stderr, exitCode, root } = raw;
  const refused = configProblem(stderr);
  if (refused !== undefined) return { state: 'bad_config', why: `mypy: ${refused}` };
  const lines: Line[] = [];
  for (const text of stdout.split('\n').filter((one) => one.startsWith('{'))) {
    const line = lineOf(text);
    if (line === undefined) {
      return { state: 'bad_report', why: 'mypy: a line of its report is no JSON, or was cut' };
    }
    lines.push(line);
  }
  const errors = lines.filter(({ severity }) => severity === 'error');
  // Without a code and a place it is about the way mypy was started, not about the code.
  const general = errors.find(({ code, line }) => code === null && line < 1);
  if (general !== undefined) {
    return {
      state: 'bad_config',
      why: `mypy: ${relativeTo(root, general.file)}: ${general.message}`,
    };
  }
  if (exitCode === 2 && !errors.some(({ code }) => code === 'syntax')) return failure(raw);
  if (exitCode !== 0 && errors.length === 0) {
    const why = complaintIn(stderr, root) || `exit code ${exitCode} and no error`;
    return { state: 'crashed', why: `mypy: ${why}` };
  }
  const absent = uninstalled(errors, project);
  if (absent !== undefined) {
    const why = `mypy cannot find ${absent}, which the project declares: its dependencies are not installed`;
    return { state: 'bad_config', why, help: pythonInstall(project) };
  }
  const findings = errors.map((line) => asFinding(line, root));
  const unknown = stderr.split('\n').find((line) => HARMLESS.test(line));
  const said = exitCode === 2 ? 'mypy stopped at what it cannot parse' : unknown;
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: { type_errors: findings.length },
    findings,
    summary: counted(findings.length, 'type error'),
    ...(said === undefined ? {} : { why: said }),
  };
}

function lineOf(text: string): Line | undefined {
  try {
    const parsed = Line.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** mypy says so and goes on: with what it does know, or with its defaults. */
const HARMLESS = /Unrecognized option|No \[mypy\] section/;

/** A file it cannot parse, or a value it does not take, leaves the defaults in force, and exit code 0. */
function configProblem(stderr: string): string | undefined {
  const line = stderr
    .split('\n')
    .find((text) => /^(\S*mypy\.ini|setup\.cfg|\S*pyproject\.toml): /.test(text));
  return line === undefined || HARMLESS.test(line) ? undefined : line;
}

function failure({ stderr, stdout, exitCode, root }: RawRun): Reading<'type_errors'> {
  const said = stderr.trim() === '' ? stdout : stderr;
  if (/There are no \.py\[?i?\]? files/.test(said)) {
    return { state: 'nothing_measured', why: `mypy: ${complaintIn(said, root)}` };
  }
  if (/--output/.test(said)) {
    const help = 'pip install --upgrade mypy (1.11 or later reports as JSON)';
    return { state: 'bad_config', why: 'this mypy has no JSON report', help };
  }
  const crashed = /INTERNAL ERROR|Traceback/.test(said);
  const why = complaintIn(said, root) || `exit code ${exitCode} and no word why`;
  return { state: crashed ? 'crashed' : 'bad_config', why: `mypy: ${why}` };
}

/** A dependency the project declares and mypy cannot find: its errors are about this machine, not about the types. */
function uninstalled(errors: readonly Line[], project: Project): string | undefined {
  const modules = errors.flatMap(
    ({ code, message }) =>
      (code === 'import-not-found' ? /module named "([\w]+)/.exec(message)?.[1] : undefined) ?? [],
  );
  if (modules.length === 0) return undefined;
  const declared = new Set(runtimeNames(project));
  return modules.find((name) => declared.has(nameOf(name)));
}

function asFinding({ file, line, column, message, code }: Line, root: string): Finding {
  return {
    tool: 'mypy',
    rule: code ?? 'mypy',
    severity: 'error',
    file: relativeTo(root, file),
    ...(line < 1 ? {} : { line }),
    ...(line < 1 || column < 0 ? {} : { column: column + 1 }),
    message,
    metric: 'type_errors',
  };
}
