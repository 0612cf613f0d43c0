/**
 * The project's own pylint. Its exit code is a bit mask, zero in spite of errors where `fail-under` is reached, so
 * that only the report counts. https://pylint.readthedocs.io/en/stable/user_guide/usage/output.html
 * Whether it looks for import cycles at all it is asked in a second run: a rule that is off has found nothing.
 */

import { z } from 'zod';
import type { Finding } from '../../judge/finding.ts';
import { filesToName, isConcerned } from '../concerned.ts';
import type { Project } from '../project.ts';
import { declaredBy, type ToolMarks } from '../python/declared.ts';
import { pythonSources, topLevel } from '../python/files.ts';
import { pylintIgnores } from '../python/pylint-ignored.ts';
import type { Measurement, MetricValue } from '../runner.ts';
import {
  defineTool,
  hasNumbers,
  runTool,
  type CommandContext,
  type RawRun,
  type Reading,
  type ToolRunner,
} from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';

const MARKS: ToolMarks = {
  package: 'pylint',
  configs: ['.pylintrc', 'pylintrc', '.pylintrc.toml', 'pylintrc.toml'],
  sections: {
    'pyproject.toml': /^tool\.pylint(\.|$)/,
    'setup.cfg': /^pylint(\.|$)/,
    'tox.ini': /^pylint(\.|$)/,
  },
  hooks: ['pylint'],
};

const Report = z.object({
  messages: z.array(
    z.object({
      type: z.enum(['fatal', 'error', 'warning', 'refactor', 'convention', 'info']),
      symbol: z.string(),
      messageId: z.string(),
      message: z.string(),
      line: z.int().nullable(),
      column: z.int().nullable(),
      path: z.string(),
    }),
  ),
  statistics: z.object({
    messageTypeCount: z.object({ fatal: z.int(), error: z.int(), warning: z.int() }),
    modulesLinted: z.int(),
  }),
});
type Report = z.infer<typeof Report>;
type Message = Report['messages'][number];

type Metric = 'pylint_errors' | 'pylint_warnings' | 'no_circular';

/** About pylint's own options and comments: its statistics do not count those that stand in a configuration. */
const ABOUT_CONFIG = ['E0015', 'E0013', 'E0014', 'W0012', 'R0022'];
const CYCLE = 'R0401';

const single = defineTool({
  id: 'pylint',
  about: 'static analysis of Python, by the project’s own pylint',
  needs: 'Python, and pylint in its configuration, dependencies or commit hooks',
  install: 'pip install pylint',
  metrics: {
    pylint_errors: {
      dimension: 'count',
      better: 'lower',
      about: 'messages of pylint’s categories error and fatal',
    },
    pylint_warnings: {
      dimension: 'count',
      better: 'lower',
      about: 'messages of pylint’s category warning',
    },
    no_circular: {
      dimension: 'boolean',
      better: 'higher',
      about: 'no module imports itself through others',
    },
  },
  location: { name: 'pylint', distribution: 'pylint' },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    const because = declaredBy(project, MARKS);
    if (because === undefined) return { inPlay: false, why: 'pylint is not declared' };
    if (pythonSources(project).length === 0) return { inPlay: false, why: 'no Python files' };
    return { inPlay: true, because };
  },
  command(context) {
    const paths = topLevel(pythonSources(context.project));
    const named = namedOf(context.project, paths);
    if (named?.length === 0) return { instead: NOTHING };
    return {
      argv: [...['--output-format=json2', '--persistent=n', '--recursive=y'], ...(named ?? paths)],
      ...withoutTraces(context),
    };
  },
  read: readReport,
});

export const pylint: ToolRunner = {
  ...single,
  async measure(context): Promise<Measurement> {
    const measurement = await single.measure(context);
    if (!hasNumbers(measurement) || measurement.metrics['no_circular'] === false) {
      return measurement;
    }
    if (context.project.concerned !== undefined) return withCycles(measurement, UNTOLD);
    let looksForCycles: MetricValue = {
      missing: 'pylint does not say whether it looks for cycles',
    };
    await runTool<never>(
      {
        ...single.spec,
        command: (given) => ({ argv: ['--list-msgs-enabled'], ...withoutTraces(given) }),
        read({ stdout }) {
          looksForCycles = cyclesBy(stdout) ?? looksForCycles;
          return { state: 'clean', metrics: {}, findings: [] };
        },
      },
      { ...context, workDir: `${context.workDir}/messages` },
    );
    return withCycles(measurement, looksForCycles);
  },
};

const NOTHING = { state: 'nothing_measured', why: 'pylint found no Python files' } as const;

const UNTOLD = { notApplicable: 'a cycle is seen by who looks at every file' };

function withCycles(measurement: Measurement, no_circular: MetricValue): Measurement {
  return { ...measurement, metrics: { ...measurement.metrics, no_circular } };
}

/** A file that is named is looked at, in whatever folder it lies. */
function namedOf(project: Project, paths: readonly string[]): readonly string[] | undefined {
  const named = filesToName(project, paths)?.filter((file) => /\.pyi?$/.test(file));
  if (named === undefined || named.length === 0) return named;
  const isIgnored = pylintIgnores(project);
  return named.filter((file) => !isIgnored(file));
}

/** It keeps statistics of every run in the user's folder; those go into ours. */
function withoutTraces({ workDir }: CommandContext) {
  return {
    env: { PYLINTHOME: `${workDir}/home`, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
    discard: ['home'],
  };
}

/** The list has two headings; the rule stands under one of them. */
function cyclesBy(list: string): MetricValue | undefined {
  const [, enabled, disabled] =
    /^Enabled messages:\n(.*?)^Disabled messages:\n(.*)/ms.exec(list) ?? [];
  if (enabled?.includes(`(${CYCLE})`) === true) return true;
  if (disabled?.includes(`(${CYCLE})`) !== true) return undefined;
  return { notApplicable: `cyclic-import (${CYCLE}) is disabled in pylint` };
}

function readReport(raw: RawRun, { project }: CommandContext): Reading<Metric> {
  const { stdout, stderr, exitCode, root } = raw;
  // Bit 32 is a wrong option or rcfile. A configuration that cannot be parsed is F0011 before a clean report.
  const unread = /F0011: (.+)/.exec(`${stderr}\n${stdout}`)?.[1];
  if (unread !== undefined) return { state: 'bad_config', why: `pylint: ${unread.trim()}` };
  const start = stdout.indexOf('{');
  if ((exitCode & 32) !== 0 && start < 0) {
    return {
      state: 'bad_config',
      why: `pylint: ${complaintIn(lastLines(stderr), root).replace(/^pylint: error: /, '')}`,
    };
  }
  if (start < 0 && exitCode !== 0) {
    const why = complaintIn(lastLines(stderr), root) || `exit code ${exitCode} and no word why`;
    return { state: 'crashed', why: `pylint: ${why}` };
  }
  const report = readJsonReport(stdout.slice(Math.max(0, start)), Report);
  if (!report.ok) return { state: report.state, why: `pylint: ${report.why}` };
  const gone = report.value.messages.find(({ messageId }) => messageId === 'F0001');
  if (gone !== undefined) return { state: 'bad_config', why: `pylint: ${gone.message}` };
  return measured(report.value, raw.root, project);
}

function measured(
  { messages, statistics }: Report,
  root: string,
  project: Project,
): Reading<Metric> {
  const { fatal, error, warning } = statistics.messageTypeCount;
  const listed = (...types: Message['type'][]): number =>
    messages.filter(
      ({ type, messageId }) => types.includes(type) && !ABOUT_CONFIG.includes(messageId),
    ).length;
  if (listed('fatal', 'error') > fatal + error || listed('warning') > warning) {
    return { state: 'bad_report', why: 'pylint: its report lists more messages than it counts' };
  }
  const findings = messages
    .map((message) => asFinding(message, root))
    .filter(({ file = '' }) => isConcerned(project, file));
  const counts =
    project.concerned === undefined
      ? { pylint_errors: fatal + error, pylint_warnings: warning }
      : {
          pylint_errors: countOf('pylint_errors', findings),
          pylint_warnings: countOf('pylint_warnings', findings),
        };
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: {
      ...counts,
      no_circular: messages.some(({ messageId }) => messageId === CYCLE)
        ? false
        : { missing: 'pylint was not asked whether it looks for cycles' },
    },
    findings,
    ...(findings.length < messages.length ? { exitExplained: true } : {}),
    summary: `${counted(counts.pylint_errors, 'error')}, ${counted(counts.pylint_warnings, 'warning')}`,
  };
}

const countOf = (wanted: Metric, findings: readonly Finding[]): number =>
  findings.filter(({ metric }) => metric === wanted).length;

function asFinding(message: Message, root: string): Finding {
  const { type, symbol, messageId, line, column } = message;
  const aboutConfig = ABOUT_CONFIG.includes(messageId);
  const isError = type === 'fatal' || type === 'error';
  const metric = isError ? 'pylint_errors' : type === 'warning' ? 'pylint_warnings' : undefined;
  return {
    tool: 'pylint',
    rule: symbol,
    severity: isError ? 'error' : type === 'warning' ? 'warning' : 'info',
    file: relativeTo(root, message.path),
    ...(line === null || line < 1 ? {} : { line }),
    ...(line === null || line < 1 || column === null ? {} : { column: column + 1 }),
    message: message.message,
    ...(metric === undefined || aboutConfig ? {} : { metric }),
  };
}

/** What follows the usage text, or ends a traceback. */
function lastLines(stderr: string): string {
  return stderr.trimEnd().split('\n').slice(-3).reverse().join('\n');
}
