/**
 * What ESLint reports. Format: https://eslint.org/docs/latest/use/formatters/#json. Exit codes decide nothing: 2 can
 * come with a complete report, and 1 means findings as well as too many warnings.
 */

import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { isConcerned } from '../concerned.ts';
import type { CommandContext, RawRun, Reading } from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';
import { otherLinters, unrunLinter } from './other-linters.ts';

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
export const Published = z.array(Report.element.omit({ source: true }));
type FileReport = z.infer<typeof Report>[number];
type Message = FileReport['messages'][number];

export const NO_FILE = { state: 'nothing_measured', why: 'ESLint found no file to check' } as const;

type Measured = Extract<Reading<Metric>, { readonly metrics: unknown }>;
type Metric = 'eslint_errors' | 'eslint_warnings' | 'code_unparseable';

export function readReport(raw: RawRun, { project, tool }: CommandContext): Reading<Metric> {
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
  if (files.length === 0) return NO_FILE;
  const contradiction = files.find(contradictsItself);
  if (contradiction !== undefined) {
    const file = relativeTo(raw.root, contradiction.filePath);
    return { state: 'bad_report', why: `its report lists more problems in ${file} than it counts` };
  }
  if (tool.from !== 'nemesis') return readOwn(raw, files);
  return withOthers(readBrought(raw, files), otherLinters(project));
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
function readBrought(raw: RawRun, files: readonly FileReport[]): Measured {
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

function withOthers(own: Measured, others: readonly string[]): Measured {
  if (others.length === 0) return own;
  return {
    ...own,
    state: 'findings',
    findings: [...own.findings, ...others.map(unrunLinter)],
    summary: `${own.summary} by nemesis’ rules; ${others.join(', ')} is not run`,
  };
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
