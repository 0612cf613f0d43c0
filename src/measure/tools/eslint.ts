/**
 * ESLint, the project's own with its own rules, or nemesis' with a small rule set for a project that has none.
 * Format: https://eslint.org/docs/latest/use/formatters/#json. Exit codes decide nothing: 2 can come with a
 * complete report, and 1 means findings as well as too many warnings.
 */

import path from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { filesToName, isConcerned } from '../concerned.ts';
import type { Project } from '../project.ts';
import { commandIn, type ScriptCommand } from '../script.ts';
import { defineTool, type CommandContext, type RawRun, type Reading } from '../tool.ts';
import { readArguments } from './arguments.ts';
import { CODE_UNPARSEABLE } from './code-unparseable.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { onlyKnown, readJsonReport } from './json-report.ts';
import { ownConfig } from '../own-config.ts';

const ENDINGS = ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'];
const CONFIGS = [
  ...['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((ending) => `eslint.config.${ending}`),
  ...['', '.js', '.cjs', '.yaml', '.yml', '.json'].map((ending) => `.eslintrc${ending}`),
];
const SCRIPTS = ['lint', 'lint:js', 'lint:ts', 'lint:eslint', 'eslint', 'check:lint', 'lint:check'];
/** The same folders as in config/eslint-default.config.js. */
const NOT_OURS = /(^|\/)(node_modules|dist|build|coverage|vendor)\/|\.min\.[cm]?js$/;
/** Where the brought-along config finds the names of the project's files. */
const FILES_VARIABLE = 'NEMESIS_PROJECT_FILES';

const FLAGS = {
  valued: [
    ...['-c', '--config', '--ext', '--global', '--env', '--parser', '--parser-options', '--plugin'],
    ...['--rule', '--rulesdir', '--resolve-plugins-relative-to', '--ignore-path', '--flag'],
    ...['--ignore-pattern', '--concurrency', '--suppressions-location', '--fix-type'],
    ...['--report-unused-disable-directives-severity', '--report-unused-inline-configs'],
    ...['-f', '--format', '-o', '--output-file', '--max-warnings', '--suppress-rule'],
    ...['--cache-location', '--cache-file', '--cache-strategy', '--stdin-filename'],
  ],
  dropped: [
    ...['--fix', '--fix-dry-run', '--fix-type', '-f', '--format', '-o', '--output-file'],
    ...['--max-warnings', '--quiet', '--color', '--no-color', '--debug', '--stats'],
    ...['--cache', '--cache-location', '--cache-file', '--cache-strategy'],
    ...['--suppress-all', '--suppress-rule', '--prune-suppressions', '--no-warn-ignored'],
    ...['--stdin', '--stdin-filename', '--exit-on-fatal-error', '--init', '--mcp'],
  ],
};

const Report = z.array(
  z.object({
    filePath: z.string(),
    errorCount: z.int(),
    warningCount: z.int(),
    /** The whole file: looked at for a Flow pragma, never handed on. */
    source: z.string().optional(),
    messages: z.array(
      z.object({
        ruleId: z.string().nullable(),
        severity: z.union([z.literal(1), z.literal(2)]),
        message: z.string(),
        messageId: z.string().optional(),
        fatal: z.boolean().optional(),
        line: z.int().optional(),
        column: z.int().optional(),
      }),
    ),
  }),
);
/** What of it lies in the report folder: everything but the code. */
const Published = z.array(Report.element.omit({ source: true }));
type FileReport = z.infer<typeof Report>[number];
type Message = FileReport['messages'][number];

export const eslint = defineTool({
  id: 'eslint',
  about: 'static analysis of JavaScript and TypeScript',
  needs: 'JavaScript or TypeScript',
  install: 'npm install --save-dev eslint',
  metrics: {
    eslint_errors: { dimension: 'count', better: 'lower', about: 'errors as ESLint counts them' },
    eslint_warnings: {
      dimension: 'count',
      better: 'lower',
      about: 'warnings as ESLint counts them',
    },
    code_unparseable: CODE_UNPARSEABLE,
  },
  location: {
    name: 'eslint',
    brought: { package: 'eslint', bin: 'eslint' },
    useBrought: (project) => (declaredBy(project) === undefined ? 'only' : 'never'),
  },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    if (!project.hasFilesOf(ENDINGS)) return { inPlay: false, why: 'no JavaScript or TypeScript' };
    const because = declaredBy(project);
    if (because !== undefined) return { inPlay: true, because };
    return project.files.some((file) => isSource(file) && !NOT_OURS.test(file))
      ? { inPlay: true, because: 'brought by nemesis: no ESLint here' }
      : { inPlay: false, why: 'no ESLint here, and only built or bundled JavaScript' };
  },
  command: (context) =>
    context.tool.from === 'nemesis' ? broughtCommand(context) : ownCommand(context),
  read: readReport,
  fix: (argv) => ['--fix', ...argv],
  // The report holds the whole text of every file with a problem.
  redact: onlyKnown(Published),
});

function isSource(file: string): boolean {
  return ENDINGS.includes(path.extname(file));
}

function declaredBy(project: Project): string | undefined {
  const config = project.find(CONFIGS);
  if (config !== undefined) return config;
  if (project.manifest?.['eslintConfig'] !== undefined) return 'package.json eslintConfig';
  return project.dependencies.has('eslint') ? 'package.json: eslint' : undefined;
}

function ownCommand({ project, workDir, tool }: CommandContext) {
  const script = lintScript(project);
  const { flags, paths } = readArguments(script?.words.slice(1) ?? [], FLAGS);
  const major = Number(tool.version?.split('.')[0] ?? 10);
  const eslintrc = major < 9 || script?.env['ESLINT_USE_FLAT_CONFIG'] === 'false';
  const named = filesToName(project, paths)?.filter((file) => !eslintrc || isTakenBy(flags, file));
  if (named?.length === 0) return { instead: NOTHING };
  return {
    argv: [
      ...flags,
      // eslintrc passes over hidden folders by itself, and takes a pattern for a configuration: without any other
      // it would parse as ES5 what it should refuse to check.
      ...(eslintrc ? [] : ['--no-warn-ignored', '--ignore-pattern', '.nemesis/']),
      ...(paths.length === 0 ? ['--no-error-on-unmatched-pattern'] : []),
      ...reportTo(workDir),
      ...(named ?? wholeOr(paths)),
    ],
    env: script?.env ?? {},
    report: 'report.json',
  };
}

const NOTHING = { state: 'nothing_measured', why: 'ESLint found no file to check' } as const;

const wholeOr = (paths: readonly string[]) => (paths.length === 0 ? ['.'] : paths);

/** Named one by one, eslintrc would check files of every kind. */
function isTakenBy(flags: readonly string[], file: string): boolean {
  const asked = flags.flatMap((flag, at) =>
    flag === '--ext' ? (flags[at + 1] ?? '') : flag.startsWith('--ext=') ? flag.slice(6) : [],
  );
  const endings = asked
    .join(',')
    .split(/[\s,]+/)
    .filter((ending) => ending !== '');
  const wanted = endings.length === 0 ? [...ENDINGS, '.vue', '.svelte'] : endings;
  return wanted.some((ending) => file.endsWith(`.${ending.replace(/^\./, '')}`));
}

function lintScript(project: Project): ScriptCommand | undefined {
  for (const name of SCRIPTS) {
    const found = commandIn(project.scripts, name, 'eslint');
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Our config is handed the files git does not ignore: ESLint itself reads no .gitignore. */
function broughtCommand({ project, workDir }: CommandContext) {
  const named = filesToName(project)?.filter(isSource);
  if (named?.length === 0) return { instead: NOTHING };
  return {
    argv: [
      ...['--no-config-lookup', '-c', ownConfig('eslint-default.config.js')],
      ...['--no-warn-ignored', '--no-error-on-unmatched-pattern'],
      ...reportTo(workDir),
      ...(named ?? ['.']),
    ],
    env: {
      [FILES_VARIABLE]: path.join(workDir, 'files.json'),
      // ESLint would leave its compiled code in the folder for temporary files.
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
    inputs: { 'files.json': JSON.stringify(project.files.filter(isSource)) },
    report: 'report.json',
  };
}

function reportTo(workDir: string): string[] {
  return ['--format', 'json', '--output-file', path.join(workDir, 'report.json')];
}

type Measured = Extract<Reading<Metric>, { readonly metrics: unknown }>;
type Metric = 'eslint_errors' | 'eslint_warnings' | 'code_unparseable';

function readReport(raw: RawRun, { project, tool }: CommandContext): Reading<Metric> {
  const report = readJsonReport(raw.report, Report);
  if (!report.ok && report.state === 'no_report' && raw.exitCode !== 0) {
    const why = complaintIn(raw.stderr, raw.root) || `exit code ${raw.exitCode} and no word why`;
    if (raw.exitCode !== 2) return { state: 'crashed', why };
    const missing = project.dependencies.size > 0 && !project.installed;
    const unconfigured = /couldn't find an? (configuration|eslint\.config)/.test(raw.stderr);
    const help = missing ? project.installCommand : unconfigured ? 'npm init @eslint/config' : '';
    return { state: 'bad_config', why, ...(help === '' ? {} : { help }) };
  }
  if (!report.ok) return { state: report.state, why: report.why };
  const files = report.value
    .filter(({ filePath }) => isConcerned(project, relativeTo(raw.root, filePath)))
    .filter((file) => project.concerned === undefined || !isPassedOver(file));
  if (files.length === 0) return NOTHING;
  const contradiction = files.find(contradictsItself);
  if (contradiction !== undefined) {
    const file = relativeTo(raw.root, contradiction.filePath);
    return { state: 'bad_report', why: `its report lists more problems in ${file} than it counts` };
  }
  return tool.from === 'nemesis' ? readBrought(raw, files) : readOwn(raw, files);
}

/** Named although it is to be ignored: eslintrc warns of that. */
function isPassedOver({ messages }: FileReport): boolean {
  const [only] = messages;
  return messages.length === 1 && only?.ruleId === null && /^File ignored /.test(only.message);
}

/** The numbers are the report's own; a list that is longer would pass for fewer. */
function contradictsItself({ errorCount, warningCount, messages }: FileReport): boolean {
  const listed = (severity: number) => messages.filter((one) => one.severity === severity).length;
  return listed(2) > errorCount || listed(1) > warningCount;
}

/** The project's own rules: the counts are ESLint's, to the number. */
function readOwn(raw: RawRun, files: readonly FileReport[]): Reading<Metric> {
  return reading(raw.root, files, {
    errors: sum(files, ({ errorCount }) => errorCount),
    warnings: sum(files, ({ warningCount }) => warningCount),
    metricOf: ({ severity }) => (severity === 2 ? 'eslint_errors' : 'eslint_warnings'),
  });
}

/**
 * Our rules on code that never asked for them. A file our parser cannot read is broken, unless it is written in Flow
 * or lies among samples, which are often broken on purpose: then it is remarked and not counted. Comments
 * about rules of plugins we do not have are no problem either; those are the remarks without a `messageId`.
 */
function readBrought(raw: RawRun, files: readonly FileReport[]): Reading<Metric> {
  const kept = files.map((file) => ({
    ...file,
    messages: file.messages
      .filter(({ fatal, messageId }) => fatal === true || messageId !== undefined)
      .map((message) =>
        message.fatal === true && isExcused(file, raw.root) ? asRemark(message) : message,
      ),
  }));
  const count = (severity: number): number =>
    sum(
      kept,
      ({ messages }) =>
        messages.filter((message) => message.severity === severity && message.ruleId !== null)
          .length,
    );
  const own = reading(raw.root, kept, {
    errors: count(2),
    warnings: count(1),
    metricOf: ({ fatal, severity }) => {
      if (fatal !== undefined) return fatal ? 'code_unparseable' : undefined;
      return severity === 2 ? 'eslint_errors' : 'eslint_warnings';
    },
  });
  return { ...own, exitExplained: files.some(({ errorCount }) => errorCount > 0) };
}

const SAMPLES =
  /(^|\/)(__fixtures__|__snapshots__|fixtures?|testdata|test-data|samples?|templates?|vendor)\//i;

function isExcused({ filePath, source = '' }: FileReport, root: string): boolean {
  return SAMPLES.test(relativeTo(root, filePath)) || /@(no)?flow\b/.test(source);
}

function asRemark(message: Message): Message {
  return { ...message, severity: 1, fatal: false };
}

function reading(
  root: string,
  files: readonly FileReport[],
  counts: { errors: number; warnings: number; metricOf: (message: Message) => Metric | undefined },
): Measured {
  const { errors, warnings, metricOf } = counts;
  const findings = files.flatMap((file) =>
    file.messages.map((message) => asFinding(relativeTo(root, file.filePath), message, metricOf)),
  );
  const unparseable = sum(files, ({ messages }) =>
    messages.some(({ fatal }) => fatal === true) ? 1 : 0,
  );
  return {
    state: errors + warnings + unparseable + findings.length === 0 ? 'clean' : 'findings',
    metrics: { eslint_errors: errors, eslint_warnings: warnings, code_unparseable: unparseable },
    findings,
    summary: `${counted(errors, 'error')}, ${counted(warnings, 'warning')} in ${counted(files.length, 'file')}`,
  };
}

function asFinding(
  file: string,
  message: Message,
  metricOf: (message: Message) => Metric | undefined,
): Finding {
  const metric = metricOf(message);
  return {
    tool: 'eslint',
    rule: message.ruleId ?? (message.fatal === undefined ? 'eslint' : 'parse-error'),
    severity: message.severity === 2 ? 'error' : 'warning',
    file,
    ...(message.line === undefined || message.line < 1 ? {} : { line: message.line }),
    ...(message.column === undefined || message.column < 1 ? {} : { column: message.column }),
    message: message.message,
    ...(metric === undefined ? {} : { metric }),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
