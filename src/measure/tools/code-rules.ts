/**
 * What nemesis measures of JavaScript and TypeScript by rules of its own, whatever ESLint the project has: a pass
 * apart, with nothing of the project's configuration, over the code of the product. Tests, samples and what a
 * program wrote are left out.
 */

import { lstatSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { isConcerned } from '../concerned.ts';
import type { Project } from '../project.ts';
import type { MetricValue } from '../runner.ts';
import { defineTool, type RawRun, type Reading } from '../tool.ts';
import { CODE_METRICS, type CodeMetric } from './code-metrics.ts';
import { byComment } from './by-comment.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { unreadable } from './unreadable.ts';
import { readJsonReport } from './json-report.ts';
import { ownConfig } from '../own-config.ts';
import { isProductCode, saysItIsGenerated } from './product-code.ts';

const ENDINGS = ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'];
/** Nobody writes more by hand into one file, and a parser takes seconds for it. */
const LARGEST_FILE_BYTES = 1024 * 1024;
/** Of the specification: from here on a function is worth a remark. */
const REMARKABLE_COMPLEXITY = 10;
const COMPLEXITY = 'nemesis/complexity';

/** Written by config/code-rules/formatter.js. */
const Report = z.array(
  z.object({
    filePath: z.string(),
    kind: z.literal('flow').optional(),
    messages: z.array(
      z.object({
        ruleId: z.string().nullable(),
        messageId: z.string().optional(),
        message: z.string(),
        fatal: z.boolean().optional(),
        /** A comment in the code names the rule, and so lets this one pass. */
        exempt: z.boolean().optional(),
        line: z.int().optional(),
        column: z.int().optional(),
      }),
    ),
  }),
);
type FileReport = z.infer<typeof Report>[number];
type Message = FileReport['messages'][number];

/** A remark with its file, relative to the root. */
interface Remark extends Message {
  readonly file: string;
  /** A file in Flow is not ours to read: it is named, and what is said of the others holds. */
  readonly isFlow: boolean;
}

export const codeRules = defineTool({
  id: 'code-rules',
  about:
    'complexity, names, import order, injection and documentation of JavaScript and TypeScript, outside tests',
  needs: 'JavaScript or TypeScript outside tests',
  install: 'comes with nemesis',
  metrics: CODE_METRICS,
  location: {
    name: 'eslint',
    brought: { package: 'eslint', bin: 'eslint' },
    useBrought: () => 'only',
  },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    if (!project.hasFilesOf(ENDINGS)) return { inPlay: false, why: 'no JavaScript or TypeScript' };
    return project.files.some(isMeasured)
      ? { inPlay: true, because: 'brought by nemesis: rules of its own' }
      : { inPlay: false, why: 'only tests, samples or built files of JavaScript and TypeScript' };
  },
  command({ project, workDir }) {
    const files = filesOf(project);
    if (project.concerned !== undefined && files.length === 0) return { instead: NOTHING };
    return {
      argv: [
        ...['--no-config-lookup', '-c', ownConfig('eslint-code-rules.config.js')],
        ...['--no-warn-ignored', '--no-error-on-unmatched-pattern'],
        ...['--format', ownConfig('code-rules/formatter.js')],
        ...['--output-file', path.join(workDir, 'report.json'), '.'],
      ],
      env: {
        NEMESIS_PROJECT_FILES: path.join(workDir, 'files.json'),
        // ESLint would leave its compiled code in the folder for temporary files.
        NODE_DISABLE_COMPILE_CACHE: '1',
      },
      inputs: { 'files.json': JSON.stringify(files) },
      report: 'report.json',
    };
  },
  read: readReport,
});

const NOTHING = {
  state: 'nothing_measured',
  why: 'no file of the product could be checked',
} as const;

function isMeasured(file: string): boolean {
  return ENDINGS.includes(path.extname(file)) && isProductCode(file);
}

function filesOf(project: Project): string[] {
  return project.files.filter((file) => {
    if (!isMeasured(file) || !isConcerned(project, file)) return false;
    const absolute = path.join(project.root, file);
    const stat = lstatSync(absolute, { throwIfNoEntry: false });
    if (stat?.isFile() !== true || stat.size > LARGEST_FILE_BYTES) return false;
    return !saysItIsGenerated(absolute);
  });
}

function readReport(raw: RawRun): Reading<CodeMetric> {
  const report = readJsonReport(raw.report, Report);
  if (!report.ok && report.state === 'no_report' && raw.exitCode !== 0) {
    const why = complaintIn(raw.stderr, raw.root) || `exit code ${raw.exitCode} and no word why`;
    return { state: 'crashed', why };
  }
  if (!report.ok) return { state: report.state, why: report.why };
  const files = report.value;
  const remarks = files.flatMap(({ filePath, kind, messages }) =>
    messages.map((message): Remark => ({
      ...message,
      file: relativeTo(raw.root, filePath),
      isFlow: kind === 'flow',
    })),
  );
  const unread = files.filter(({ messages }) => messages.some(({ fatal }) => fatal === true));
  if (files.length === unread.filter(({ kind }) => kind === 'flow').length) {
    return NOTHING;
  }
  return { ...measured(remarks, files.length), exitExplained: unread.length > 0 };
}

function measured(all: readonly Remark[], files: number) {
  const remarks = all.filter(({ exempt }) => exempt !== true);
  const exempted = all.filter((one) => one.exempt === true && isRemarkable(one)).length;
  const of = (...rules: string[]) => remarks.filter(({ ruleId }) => rules.includes(ruleId ?? ''));
  const complexities = of(COMPLEXITY).map((remark) => ({ remark, value: complexityIn(remark) }));
  const highest = Math.max(0, ...complexities.map(({ value }) => value));
  const names = of('@typescript-eslint/naming-convention');
  const imports = of('nemesis/import-order');
  const sql = of('nemesis/sql-injection');
  const html = of(
    ...['no-unsanitized/method', 'no-unsanitized/property'],
    ...['nemesis/unsafe-markup', 'nemesis/dynamic-code'],
  );
  const undocumented = of('jsdoc/require-jsdoc');
  const unread = remarks.filter(({ fatal, isFlow }) => fatal === true && !isFlow);
  const inFlow = remarks.filter(({ fatal, isFlow }) => fatal === true && isFlow);

  /** What is wrong stays wrong; that nothing is wrong can only be said of files that were read. */
  const lacking = unreadable(unread.map(({ file }) => file));
  const sure = (value: MetricValue, isBad: boolean): MetricValue =>
    isBad ? value : (lacking ?? value);
  const documented: MetricValue =
    of('nemesis/public-function-found').length > 0
      ? sure(undocumented.length === 0, undocumented.length > 0)
      : (lacking ?? { notApplicable: 'nothing here exports a function' });
  const order: MetricValue =
    of('nemesis/imports-found').length > 0
      ? sure(imports.length === 0 ? 'sorted' : 'unsorted', imports.length > 0)
      : (lacking ?? { notApplicable: 'no block of imports whose order could differ' });

  const metrics: Record<CodeMetric, MetricValue> = {
    complexity_score: lacking ?? highest,
    consistent_naming: sure(names.length === 0, names.length > 0),
    naming_violations: lacking ?? names.length,
    import_order: order,
    imports_unsorted: lacking ?? imports.length,
    no_sql_injection: sure(sql.length === 0, sql.length > 0),
    sql_injection_risks: lacking ?? sql.length,
    no_xss_vulnerabilities: sure(html.length === 0, html.length > 0),
    xss_risks: lacking ?? html.length,
    public_functions_documented: documented,
    public_functions_undocumented: lacking ?? undocumented.length,
  };
  const findings = [
    ...unread.map((one) => asFinding(one, 'error', undefined, `cannot be read: ${one.message}`)),
    ...sql.map((one) => asFinding(one, 'error', 'sql_injection_risks')),
    ...html.map((one) => asFinding(one, 'error', 'xss_risks')),
    ...complexities
      .filter(({ value }) => value > REMARKABLE_COMPLEXITY)
      .sort((one, other) => other.value - one.value)
      .map(({ remark }) =>
        asFinding(remark, 'warning', undefined, remark.message.replace(/\. Maximum.*/s, '')),
      ),
    ...imports.map((one) => asFinding(one, 'warning', 'imports_unsorted')),
    ...names.map((one) => asFinding(one, 'warning', 'naming_violations')),
    ...undocumented.map((one) =>
      asFinding(one, 'info', 'public_functions_undocumented', 'exported without a doc comment'),
    ),
    ...inFlow.map((one) => asFinding(one, 'info', undefined, 'not checked: written in Flow')),
  ];
  return {
    state: findings.length === 0 ? ('clean' as const) : ('findings' as const),
    metrics,
    findings,
    summary: `${byComment(exempted)}complexity ${highest}, ${counted(sql.length + html.length, 'risk')}, ${undocumented.length} undocumented in ${counted(files, 'file')}`,
  };
}

const complexityIn = ({ message }: Message): number =>
  Number(/complexity of (\d+)/.exec(message)?.[1]);

/** Of every function its complexity is told, and only a high one would have been worth a remark. */
function isRemarkable(remark: Message): boolean {
  return remark.ruleId !== COMPLEXITY || complexityIn(remark) > REMARKABLE_COMPLEXITY;
}

function asFinding(
  { file, ruleId, line, column, message }: Remark,
  severity: Finding['severity'],
  metric: CodeMetric | undefined,
  said = message,
): Finding {
  return {
    tool: 'code-rules',
    rule: ruleId?.replace(/^nemesis\//, '') ?? 'parse-error',
    severity,
    file,
    ...(line === undefined || line < 1 ? {} : { line }),
    ...(column === undefined || column < 1 ? {} : { column }),
    message: said,
    ...(metric === undefined ? {} : { metric }),
  };
}
