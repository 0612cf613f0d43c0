/**
 * The project's own mypy. Its report is a line of JSON for each error, and nothing at all when there is none.
 * https://mypy.readthedocs.io/en/stable/command_line.html#cmdoption-mypy-output
 * Exit 2 is a file it cannot parse as well as its own failure: only the lines tell one from the other.
 */

import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { isTest, pythonSources, topLevel } from '../python/files.ts';
import { declaredBy, textOf } from '../python/declared.ts';
import { pythonInstall } from '../python/install.ts';
import { nameOf, requirementsOf } from '../python/requirements.ts';
import type { Project } from '../project.ts';
import { defineTool, type CommandContext, type RawRun, type Reading } from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { MYPY, mypyConfig } from './mypy-config.ts';
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

export const mypy = defineTool({
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
  command: ({ project, workDir }) => ({
    argv: [
      ...['--output=json', `--cache-dir=${workDir}/cache`, '--no-color-output'],
      ...targets(project),
    ],
    env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    discard: ['cache'],
  }),
  read: readLines,
});

const ASIDE = /^(docs?|examples?|benchmarks?|scripts|tools|setup\.py|noxfile\.py|tasks\.py)$/;

/**
 * The configuration says what is checked, else the packages and modules at the top: tests, documentation and
 * examples would hold modules of one name, which mypy refuses.
 */
function targets(project: Project): readonly string[] {
  const chosen = mypyConfig(project)?.options;
  if (['files', 'modules', 'packages'].some((key) => chosen?.has(key) === true)) return [];
  const sources = pythonSources(project).filter((file) => !isTest(file));
  const own = topLevel(sources).filter((name) => !ASIDE.test(name));
  return own.length === 0 ? ['.'] : own;
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
  const unknown = stderr.split('\n').find((line) => /Unrecognized option/.test(line));
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

/** A file it cannot parse, or a value it does not take, leaves the defaults in force, and exit code 0. */
function configProblem(stderr: string): string | undefined {
  const line = stderr
    .split('\n')
    .find((text) => /^(\S*mypy\.ini|setup\.cfg|\S*pyproject\.toml): /.test(text));
  return line === undefined || /Unrecognized option/.test(line) ? undefined : line;
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
  const declared = new Set(
    ['pyproject.toml', 'setup.cfg', 'Pipfile', 'requirements.txt'].flatMap((file) =>
      requirementsOf(file, textOf(project, file) ?? '')
        .filter(({ runtime, conditional }) => runtime && !conditional)
        .map(({ name }) => name),
    ),
  );
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
