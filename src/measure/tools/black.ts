/**
 * Black as a check; it is never asked to write. It has no report format: what it would change, and what it cannot
 * read, stands line by line on stderr. Exit 123 is an unreadable file, and the list beside it is as good as any.
 */

import type { Finding } from '../../judge/finding.ts';
import { isConcerned } from '../concerned.ts';
import { declaredBy, sectionsIn, type ToolMarks } from '../python/declared.ts';
import { isPython } from '../python/files.ts';
import type { Project } from '../project.ts';
import { defineTool, type CommandContext, type RawRun, type Reading } from '../tool.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';

const MARKS: ToolMarks = {
  package: 'black',
  configs: [],
  sections: { 'pyproject.toml': /^tool\.black(\.|$)/ },
  hooks: ['black', 'black-jupyter'],
};

type Metric = 'black_compliant' | 'black_unformatted';

export const black = defineTool({
  id: 'black',
  about: 'formatting of Python, by the project’s own Black',
  needs: 'Python, and Black in its configuration, dependencies or commit hooks',
  install: 'pip install black',
  metrics: {
    black_compliant: {
      dimension: 'boolean',
      better: 'higher',
      holdsWithout: ['black_unformatted'],
      about: 'every Python file is formatted as Black would',
    },
    black_unformatted: {
      dimension: 'count',
      better: 'lower',
      about: 'files Black would change, or cannot read',
    },
  },
  location: { name: 'black', distribution: 'black' },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    const because = declaredBy(project, MARKS);
    if (because === undefined) return { inPlay: false, why: 'Black is not declared' };
    if (!project.files.some((file) => isPython(file) || file.endsWith('.pyi'))) {
      return { inPlay: false, why: 'no Python files' };
    }
    return { inPlay: true, because };
  },
  command({ project, workDir }) {
    const only = onlyConcerned(project);
    if (only === 'none') return { instead: NOTHING };
    return {
      argv: ['--check', ...only, '.'],
      env: { BLACK_CACHE_DIR: `${workDir}/cache`, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
      discard: ['cache'],
    };
  },
  read: readLists,
});

const NOTHING = { state: 'nothing_measured', why: 'Black found no Python files' } as const;

/** Linux takes 128 KiB for one argument. */
const LONGEST_PATTERN = 64 * 1024;

/**
 * Black checks what is named to it also where its configuration leaves it out, so that files are not named: they are
 * what it shall find. A project that says itself what is to be found is looked at whole.
 */
function onlyConcerned(project: Project): readonly string[] | 'none' {
  const { concerned } = project;
  if (concerned === undefined) return [];
  const own = sectionsIn(project, 'pyproject.toml').find(({ name }) => name === 'tool.black');
  if (own?.entries.has('include') === true) return [];
  const files = concerned.filter((file) => /\.(pyi?|ipynb)$/.test(file));
  if (files.length === 0) return 'none';
  const pattern = `^/(${files.map(asPattern).join('|')})$`;
  return pattern.length > LONGEST_PATTERN ? [] : ['--include', pattern];
}

function asPattern(file: string): string {
  return file.replace(/[^\w/\u0080-\uffff]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`));
}

function readLists(raw: RawRun, { project }: CommandContext): Reading<Metric> {
  // It works on several files at once and tells of them as they end.
  const all = raw.stderr
    .split('\n')
    .sort()
    .flatMap((line) => findingIn(line, raw.root));
  if (all.length === 0) {
    if (/^No Python files are present/m.test(raw.stderr)) {
      return NOTHING;
    }
    if (raw.exitCode !== 0) return failure(raw);
    if (!/^\d+ files? would be left unchanged/m.test(raw.stderr)) {
      return { state: 'no_report', why: 'Black did not say how many files it looked at' };
    }
  }
  const findings = all.filter(({ file = '' }) => isConcerned(project, file));
  const unknown = /^Invalid config keys detected: .+?(?= \(in |$)/m.exec(raw.stderr)?.[0];
  const unreadable = findings.filter(({ rule }) => rule === 'unreadable').length;
  const unformatted = `${counted(findings.length - unreadable, 'file')} unformatted`;
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: { black_compliant: findings.length === 0, black_unformatted: findings.length },
    findings,
    ...exitExplainedBy(all, findings),
    summary: unreadable === 0 ? unformatted : `${unformatted}, ${unreadable} unreadable`,
    ...(unknown === undefined ? {} : { why: unknown }),
  };
}

/** It complained of others only. */
function exitExplainedBy(all: readonly Finding[], kept: readonly Finding[]) {
  return all.length > kept.length ? { exitExplained: true } : {};
}

/** A broken pyproject.toml ends in a traceback or in a usage error, by version. */
function failure({ stderr, exitCode, root }: RawRun): Reading<Metric> {
  const said = /^(?:\w+\.)*\w*(?:Error|Exception): .+$/gm;
  const last = stderr.match(said)?.at(-1);
  const why = complaintIn(last ?? stderr, root) || `exit code ${exitCode} and no word why`;
  const aboutConfig = exitCode === 2 || /TOML|pyproject\.toml/.test(stderr);
  return { state: aboutConfig ? 'bad_config' : 'crashed', why: `Black: ${why}` };
}

const SHOWN_AT = /^error: cannot (?:format|parse):? (.+?):(\d+):(\d+)$/;

function findingIn(line: string, root: string): Finding[] {
  const reformat = /^would reformat (.+)$/.exec(line)?.[1];
  if (reformat !== undefined) {
    const message = 'not formatted as Black would';
    return [finding('unformatted', 'warning', relativeTo(root, reformat), message)];
  }
  const placed = SHOWN_AT.exec(line);
  if (placed !== null) {
    const [, file = '', row, column] = placed;
    const place = { line: Number(row), column: Number(column) };
    const message = 'cannot be parsed';
    return [{ ...finding('unreadable', 'error', relativeTo(root, file), message), ...place }];
  }
  const broken = /^error: cannot (?:format|parse):? (.+?): (.+)$/.exec(line);
  if (broken === null) return [];
  const [, file = '', message = ''] = broken;
  return [finding('unreadable', 'error', relativeTo(root, file), message)];
}

function finding(
  rule: string,
  severity: Finding['severity'],
  file: string,
  message: string,
): Finding {
  return { tool: 'black', rule, severity, file, message, metric: 'black_unformatted' };
}
