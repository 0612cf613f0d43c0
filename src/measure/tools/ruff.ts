/**
 * Ruff with the project's own rules. Its exit code 1 is findings, a file it cannot read (E902) and a syntax error
 * alike. Whether it judges the order of imports it is asked in a second run: a rule that is off has found nothing; and
 * where it found nothing at all, whether it looked at any file.
 */

import path from 'node:path';
import { z } from 'zod';
import { filesToName, isConcerned } from '../concerned.ts';
import { declaredBy, type ToolMarks } from '../python/declared.ts';
import { isPython, pythonSources } from '../python/files.ts';
import type { Measurement, MetricValue, RunContext } from '../runner.ts';
import { absent, defineTool, hasNumbers, runTool, type ToolRunner } from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { IMPORT_ORDER } from './import-order.ts';
import { readJsonReport } from './json-report.ts';
import { unreadable } from './unreadable.ts';

/** https://docs.astral.sh/ruff/settings/#output-format */
const Report = z.array(
  z.object({
    code: z.string().nullable(),
    filename: z.string(),
    message: z.string(),
    location: z.object({ row: z.int(), column: z.int() }),
  }),
);

const NOTHING = { state: 'nothing_measured', why: 'ruff found no Python files' } as const;

/** Ruff's own code for a path it could not read. */
const UNREADABLE = 'E902';

const UNSORTED = 'I001';

const MARKS: ToolMarks = {
  package: 'ruff',
  configs: ['ruff.toml', '.ruff.toml'],
  sections: { 'pyproject.toml': /^tool\.ruff(\.|$)/ },
  hooks: ['ruff', 'ruff-check'],
};

const IS_PYTHON = /\.(pyi?|ipynb)$/;

const asked = ({ project }: Pick<RunContext, 'project'>): readonly string[] =>
  filesToName(project)?.filter((file) => IS_PYTHON.test(file)) ?? ['.'];

const single = defineTool({
  id: 'ruff',
  about: 'static analysis of Python',
  needs: 'Python, and ruff in its configuration, dependencies or commit hooks',
  install: 'pip install ruff',
  metrics: {
    ruff_findings: {
      dimension: 'count',
      better: 'lower',
      about: 'violations of the rules ruff is configured with',
    },
    import_order: IMPORT_ORDER,
  },
  location: { name: 'ruff', distribution: 'ruff' },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    const because = declaredBy(project, MARKS);
    if (because === undefined) return { inPlay: false, why: 'ruff is not declared' };
    if (!project.files.some(isPython)) return { inPlay: false, why: 'no Python files' };
    return { inPlay: true, because };
  },
  command({ project, workDir }) {
    const files = asked({ project });
    if (files.length === 0) return { instead: NOTHING };
    return {
      argv: [
        ...['check', '--no-cache', '--no-fix', '--force-exclude', '--output-format', 'json'],
        ...['--output-file', path.join(workDir, 'report.json'), ...files],
      ],
      report: 'report.json',
    };
  },
  read({ exitCode, report, stderr, root }, { project }) {
    if (exitCode === 2) {
      const cause = /Cause: (.+)/.exec(stderr)?.[1] ?? stderr;
      return { state: 'bad_config', why: `ruff: ${complaintIn(cause, root)}` };
    }
    const parsed = readJsonReport(report, Report);
    if (!parsed.ok) return { state: parsed.state, why: `ruff: ${parsed.why}` };
    if (stderr.includes('No Python files found')) {
      return NOTHING;
    }
    const unread = parsed.value.find(({ code }) => code === UNREADABLE);
    if (unread !== undefined) return { state: 'crashed', why: `ruff: ${unread.message}` };
    const findings = parsed.value
      .map(({ code, filename, message, location }) => ({
        tool: 'ruff',
        rule: code ?? 'invalid-syntax',
        severity: 'error' as const,
        file: relativeTo(root, filename),
        line: location.row,
        column: location.column,
        message,
        metric: 'ruff_findings',
      }))
      .filter(({ file }) => isConcerned(project, file));
    return {
      state: findings.length === 0 ? 'clean' : 'findings',
      metrics: {
        ruff_findings: findings.length,
        import_order: parsed.value.some(({ code }) => code === UNSORTED)
          ? 'unsorted'
          : { missing: 'ruff was not asked whether it judges the order of imports' },
      },
      findings,
      summary: counted(findings.length, 'finding'),
    };
  },
});

export const ruff: ToolRunner = {
  ...single,
  async measure(context): Promise<Measurement> {
    const measurement = await single.measure(context);
    if (!hasNumbers(measurement)) return measurement;
    // Its configuration may exclude every file, of which its report says nothing.
    if (measurement.findings.length === 0 && !(await looksAtAny(context))) {
      return absent(NOTHING.state, NOTHING.why);
    }
    if (measurement.metrics['import_order'] === 'unsorted') return measurement;
    const broken = measurement.findings.filter(({ rule }) => rule === 'invalid-syntax');
    const files = new Set(broken.flatMap(({ file }) => file ?? []));
    const order = unreadable([...files]) ?? (await orderIn(context));
    return { ...measurement, metrics: { ...measurement.metrics, import_order: order } };
  },
};

async function looksAtAny(context: RunContext): Promise<boolean> {
  const listed = await ask(context, 'files', [
    '--force-exclude',
    '--show-files',
    ...asked(context),
  ]);
  return listed === undefined || listed.split('\n').some((file) => IS_PYTHON.test(file.trim()));
}

async function orderIn(context: RunContext): Promise<MetricValue> {
  const [first] = pythonSources(context.project);
  const settings = await ask(context, 'settings', ['--show-settings', '--', first ?? '.']);
  return (
    orderBy(settings ?? '') ?? {
      missing: 'ruff does not say whether it judges the order of imports',
    }
  );
}

/** What it prints; undefined when it does not. */
async function ask(
  context: RunContext,
  folder: string,
  argv: readonly string[],
): Promise<string | undefined> {
  let printed: string | undefined;
  await runTool<never>(
    {
      ...single.spec,
      command: () => ({ argv: ['check', '--no-cache', ...argv] }),
      read({ stdout, exitCode }) {
        if (exitCode === 0) printed = stdout;
        return { state: 'clean', metrics: {}, findings: [] };
      },
    },
    { ...context, workDir: `${context.workDir}/${folder}` },
  );
  return printed;
}

/** Of the settings as ruff resolves them, `extend` and all: `unsorted-imports (I001),`. */
function orderBy(settings: string): MetricValue | undefined {
  const enabled = /^linter\.rules\.enabled = \[(.*?)^\]/ms.exec(settings)?.[1];
  if (enabled === undefined) return undefined;
  return enabled.includes(`(${UNSORTED})`)
    ? 'sorted'
    : { notApplicable: `${UNSORTED} is not among the rules ruff is told to check` };
}
