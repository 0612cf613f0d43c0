/** Ruff: static analysis of Python. Its exit code 1 is findings, a file it cannot read (E902) and a syntax error alike. */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { filesToName, isConcerned } from '../concerned.ts';
import type { Project } from '../project.ts';
import { defineTool } from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';
import { readJsonReport } from './json-report.ts';

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

export const ruff = defineTool({
  id: 'ruff',
  about: 'static analysis of Python',
  install: 'pip install ruff',
  metrics: {
    ruff_findings: {
      dimension: 'count',
      better: 'lower',
      about: 'violations of the rules ruff is configured with',
    },
  },
  location: { name: 'ruff' },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    const declared = declaration(project);
    if (declared === undefined) return { inPlay: false, why: 'no ruff configuration' };
    return { inPlay: true, because: declared };
  },
  command({ project, workDir }) {
    const named = filesToName(project)?.filter((file) => /\.(pyi?|ipynb)$/.test(file));
    if (named?.length === 0) return { instead: NOTHING };
    return {
      argv: [
        ...['check', '--no-cache', '--no-fix', '--force-exclude', '--output-format', 'json'],
        ...['--output-file', path.join(workDir, 'report.json'), ...(named ?? ['.'])],
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
      metrics: { ruff_findings: findings.length },
      findings,
      summary: counted(findings.length, 'finding'),
    };
  },
});

/** The file that configures ruff here. */
function declaration(project: Project): string | undefined {
  const own = project.find(['ruff.toml', '.ruff.toml']);
  if (own !== undefined) return own;
  const pyproject = path.join(project.root, 'pyproject.toml');
  if (!existsSync(pyproject)) return undefined;
  const configures = /^\[tool\.ruff[.\]]/m.test(readFileSync(pyproject, 'utf8'));
  return configures ? 'pyproject.toml [tool.ruff]' : undefined;
}
