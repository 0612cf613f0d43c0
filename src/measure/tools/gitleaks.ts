/**
 * gitleaks over the files of the project. Its report can hold the secret itself and people's names, so only the
 * fields below are read or kept. Exit codes: 42 leaks (by our flag), 1 a failure or a scan that was not finished.
 */

import path from 'node:path';
import { z } from 'zod';
import type { Exposed } from '../exposed.ts';
import type { Project } from '../project.ts';
import { defineTool, type CommandContext, type RawRun, type Reading } from '../tool.ts';
import { complaintIn } from './complaint.ts';
import { counted } from './counted.ts';
import { onlyKnown, readJsonReport } from './json-report.ts';
import { SECRET_METRICS, secretsFound, type SecretMetric } from './secrets.ts';

/** https://github.com/gitleaks/gitleaks: `Match`, `Secret`, `Author` and `Email` are left out on purpose. */
const Report = z.array(
  z.object({
    RuleID: z.string(),
    Description: z.string(),
    File: z.string(),
    StartLine: z.int(),
    StartColumn: z.int(),
  }),
);

/** What stands around a secret, with a word in its place. */
const Hidden = z.array(
  z.object({
    File: z.string(),
    StartLine: z.int(),
    EndLine: z.int(),
    StartColumn: z.int(),
    EndColumn: z.int(),
    Match: z.string(),
    Secret: z.string().check(z.minLength(1)),
  }),
);

const LEAKS = 42;
/** Where a project tells gitleaks what is a secret and what is none. */
const OWN_RULES = ['.gitleaks.toml', '.gitleaksignore'];

export const gitleaks = defineTool({
  id: 'gitleaks',
  about: 'secrets in the files of the project',
  needs: 'files',
  install: 'see https://github.com/gitleaks/gitleaks#installing',
  metrics: SECRET_METRICS,
  location: { name: 'gitleaks' },
  kind: 'analyser',
  perFile: true,
  inPlay: () => ({ inPlay: true, because: 'secrets are scanned in every repository' }),
  command({ project, workDir }) {
    if (project.files.length === 0) {
      return { instead: { state: 'nothing_measured', why: 'no file to scan' } };
    }
    const some = ofSome(project, workDir);
    return {
      ...some,
      argv: [
        ...['dir', '.', '--exit-code', String(LEAKS), '--redact', '--no-banner', '--no-color'],
        ...['--report-format', 'json', '--report-path', path.join(workDir, 'report.json')],
        ...(some === undefined ? [] : ownRules(project)),
      ],
      report: 'report.json',
    };
  },
  read: readReport,
  redact: onlyKnown(Report),
});

/** It reads one folder: where only some files are asked about, they lie in one of their own. */
function ofSome({ root, concerned }: Project, workDir: string) {
  if (concerned === undefined) return undefined;
  const copies = concerned.map((file) => [`files/${file}`, path.join(root, file)] as const);
  return {
    cwd: path.join(workDir, 'files'),
    copies: Object.fromEntries(copies),
    discard: ['files'],
  };
}

/** Found by gitleaks itself in the folder it reads, if that were the project. */
function ownRules(project: Project): string[] {
  const { root } = project;
  return [
    ...(project.find(['.gitleaks.toml']) === undefined
      ? []
      : ['--config', path.join(root, '.gitleaks.toml')]),
    ...(project.find(['.gitleaksignore']) === undefined ? [] : ['--gitleaks-ignore-path', root]),
  ];
}

function readReport(raw: RawRun, { project }: CommandContext): Reading<SecretMetric> {
  if (raw.exitCode !== 0 && raw.exitCode !== LEAKS) return failure(raw);
  const report = readJsonReport(raw.report, Report);
  if (!report.ok) return { state: report.state, why: report.why };
  const files = new Set(project.files);
  const ours = report.value
    .map((leak) => ({ ...leak, File: path.posix.normalize(leak.File) }))
    // A local file that git ignores is nobody's leak yet. When the list was cut, none is known to be ignored.
    .filter(({ File }) => project.filesCut || files.has(File));
  const skipped = raw.stderr.split('\n').filter((line) => /skipping (file|directory)/.test(line));
  return {
    ...secretsFound(
      ours.map(({ RuleID, Description, File, StartLine, StartColumn }) => ({
        tool: 'gitleaks',
        rule: RuleID,
        file: File,
        line: StartLine,
        column: StartColumn,
        message: Description,
      })),
      project.find(OWN_RULES) !== undefined,
      {
        ...(skipped.length === 0
          ? {}
          : { why: `${counted(skipped.length, 'place')} could not be read` }),
        exitExplained: report.value.length > 0,
      },
    ),
    ...(report.value.length > 0 && { exposed: exposedIn(raw) }),
  };
}

/** Other tools quote lines of the project: where the secrets stand, of which nobody knows the form. */
function exposedIn({ report }: RawRun): readonly Exposed[] {
  const leaks = readJsonReport(report, Hidden);
  if (!leaks.ok) return [];
  return leaks.value.map(({ File, Match, Secret, ...at }) => {
    const [before = '', after = ''] = Match.includes(Secret) ? Match.split(Secret, 2) : [];
    return {
      ...{ file: path.posix.normalize(File), line: at.StartLine, endLine: at.EndLine },
      ...{ column: at.StartColumn, endColumn: at.EndColumn, before, after },
    };
  });
}

/** A report may be there all the same; a scan that stopped half-way is no measurement. */
function failure(raw: RawRun): Reading<SecretMetric> {
  const said = complaintIn(raw.stderr, raw.root) || `exit code ${raw.exitCode} and no word why`;
  const fatal = /\bFTL\b.*\bconfig/.test(raw.stderr);
  return { state: fatal ? 'bad_config' : 'crashed', why: said };
}
