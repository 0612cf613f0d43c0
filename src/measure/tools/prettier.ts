/**
 * Prettier as a check; it is never asked to write. It has no report format: `--list-different` prints one path per
 * line, everything else is told on stderr. A broken configuration exits 1 like an unformatted file.
 */

import type { Finding } from '../../judge/finding.ts';
import type { Project } from '../project.ts';
import { commandIn, type ScriptCommand } from '../script.ts';
import { filesToName, isConcerned } from '../concerned.ts';
import { defineTool, type CommandContext, type RawRun, type Reading } from '../tool.ts';
import { readArguments } from './arguments.ts';
import { complaintIn, relativeTo } from './complaint.ts';
import { counted } from './counted.ts';

const NO_FILE = 'Prettier found no file to check';

const CONFIGS = [
  '.prettierrc',
  ...['json', 'json5', 'yaml', 'yml', 'toml'].map((ending) => `.prettierrc.${ending}`),
  ...['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].flatMap((ending) => [
    `.prettierrc.${ending}`,
    `prettier.config.${ending}`,
  ]),
];
const SCRIPTS = [
  ...['check:format', 'format:check', 'check-format', 'format-check', 'fmt:check', 'check:fmt'],
  ...['prettier:check', 'check:prettier', 'lint:format', 'lint:prettier', 'prettier', 'format'],
  ...['fmt', 'lint', 'check'],
];

const FLAGS = {
  valued: [
    ...['--config', '--config-precedence', '--ignore-path', '--plugin', '--parser'],
    ...['--log-level', '--loglevel', '--stdin-filepath', '--cache-location', '--cache-strategy'],
    ...['--print-width', '--tab-width', '--end-of-line', '--trailing-comma', '--quote-props'],
    ...['--arrow-parens', '--prose-wrap', '--html-whitespace-sensitivity', '--object-wrap'],
    ...['--embedded-language-formatting', '--experimental-operator-position'],
  ],
  dropped: [
    ...['--write', '-w', '--check', '-c', '--list-different', '-l', '--ignore-unknown', '-u'],
    ...['--log-level', '--loglevel', '--stdin-filepath', '--color', '--no-color'],
    ...['--cache', '--cache-location', '--cache-strategy', '--no-error-on-unmatched-pattern'],
    ...['--error-on-unmatched-pattern', '--insert-pragma', '--debug-check'],
  ],
};

type Metric = 'prettier_compliant' | 'prettier_unformatted';

export const prettier = defineTool({
  id: 'prettier',
  about: 'formatting, by the project’s own Prettier',
  needs: 'Prettier in package.json, its configuration, or a script that runs it',
  install: 'npm install --save-dev prettier',
  metrics: {
    prettier_compliant: {
      dimension: 'boolean',
      better: 'higher',
      holdsWithout: ['prettier_unformatted'],
      about: 'every file is formatted as Prettier would',
    },
    prettier_unformatted: {
      dimension: 'count',
      better: 'lower',
      about: 'files Prettier would change, or cannot read',
    },
  },
  location: { name: 'prettier' },
  kind: 'analyser',
  perFile: true,
  inPlay(project) {
    const because = declaredBy(project);
    return because === undefined
      ? { inPlay: false, why: 'no Prettier configured, declared or in a script' }
      : { inPlay: true, because };
  },
  command({ project }) {
    const script = formatScript(project);
    const { flags, paths } = readArguments(script?.words.slice(1) ?? [], FLAGS);
    const named = filesToName(project, paths);
    if (named?.length === 0) {
      return { instead: { state: 'nothing_measured', why: NO_FILE } };
    }
    return {
      argv: [
        ...flags,
        // Its ignore file may leave nothing at all, of which it says nothing but to who asks for every word.
        ...['--list-different', '--ignore-unknown', '--log-level', 'debug'],
        ...(named ?? (paths.length === 0 ? ['.'] : paths)),
        // Our own reports: git ignores them by a file Prettier does not read.
        '!.nemesis/**',
      ],
      env: script?.env ?? {},
    };
  },
  read: readLists,
  fix: (argv) => argv.map((word) => (word === '--list-different' ? '--write' : word)),
});

function declaredBy(project: Project): string | undefined {
  const config = project.find(CONFIGS);
  if (config !== undefined) return config;
  if (project.manifest?.['prettier'] !== undefined) return 'package.json prettier';
  if (project.dependencies.has('prettier')) return 'package.json: prettier';
  return formatScript(project) === undefined ? undefined : 'package.json scripts';
}

function formatScript(project: Project): ScriptCommand | undefined {
  for (const name of SCRIPTS) {
    const found = commandIn(project.scripts, name, 'prettier');
    if (found !== undefined) return found;
  }
  return undefined;
}

function readLists(spoken: RawRun, { project }: CommandContext): Reading<Metric> {
  const { raw, looked } = withoutDebug(spoken);
  const isAsked = (file: string): boolean => isConcerned(project, file);
  const listed = raw.stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((file) => relativeTo(raw.root, file))
    .filter(isAsked);
  const { broken: unread, unmatched, others } = complaintsIn(raw);
  const broken = unread.filter(({ file = '' }) => isAsked(file));
  const [first] = others;
  if (first !== undefined) return { state: 'bad_config', why: first };
  if (listed.length + broken.length === 0) {
    if (unmatched !== undefined) return { state: 'nothing_measured', why: unmatched };
    if (raw.exitCode !== 0) {
      const why = complaintIn(raw.stderr, raw.root) || `exit code ${raw.exitCode} and no word why`;
      return { state: 'crashed', why };
    }
    if (looked === false) return { state: 'nothing_measured', why: NO_FILE };
  }
  const findings = [...listed.map(unformatted), ...broken];
  return {
    state: findings.length === 0 ? 'clean' : 'findings',
    metrics: {
      prettier_compliant: findings.length === 0,
      prettier_unformatted: findings.length,
    },
    findings,
    summary: `${counted(listed.length, 'file')} unformatted${unreadable(broken.length)}`,
    ...(unmatched === undefined ? {} : { why: unmatched }),
  };
}

/** `looked`: at some file; undefined where this version does not tell. */
function withoutDebug(raw: RawRun): { raw: RawRun; looked: boolean | undefined } {
  const lines = raw.stderr.split('\n');
  const told = lines.filter((line) => line.startsWith('[debug] '));
  return {
    raw: { ...raw, stderr: lines.filter((line) => !line.startsWith('[debug] ')).join('\n') },
    looked: told.some((line) => line.startsWith('[debug] normalized argv'))
      ? told.some((line) => LOOKED.test(line))
      : undefined,
  };
}

/** For each file it asks what configures it. */
const LOOKED = /^\[debug\] (resolve config from|load config file from|'--no-config')/;

function unformatted(file: string): Finding {
  const message = 'not formatted as Prettier would';
  const metric = 'prettier_unformatted';
  return { tool: 'prettier', rule: 'unformatted', severity: 'warning', file, message, metric };
}

function unreadable(count: number): string {
  return count === 0 ? '' : `, ${count} unreadable`;
}

/** What stands on stderr, by kind: files that cannot be read, a pattern without files, and all else. */
function complaintsIn({ stderr, root }: RawRun) {
  const broken: Finding[] = [];
  const others: string[] = [];
  let unmatched: string | undefined;
  for (const line of stderr.split('\n')) {
    const text = /^\[error\] (\S.*)$/.exec(line)?.[1];
    // Rows of a code frame are indented, marked with `>`, or end what an earlier line began.
    if (text === undefined || /^(>|\d+ \||\||\^)/.test(text)) continue;
    const file = /^(.+?): ([\w ]*Error: .*?)(?: \((\d+):(\d+)\))?$/.exec(text);
    if (file !== null) broken.push(unreadableFile(root, file));
    else if (/^No (files matching|parser could be)|^Explicitly specified file/.test(text)) {
      unmatched ??= complaintIn(text, root);
    } else others.push(complaintIn(text, root));
  }
  return { broken, unmatched, others };
}

function unreadableFile(
  root: string,
  [, file = '', text = '', line, column]: RegExpExecArray,
): Finding {
  return {
    tool: 'prettier',
    rule: 'unreadable',
    severity: 'error',
    file: relativeTo(root, file),
    ...(line === undefined ? {} : { line: Number(line), column: Number(column) }),
    message: text,
    metric: 'prettier_unformatted',
  };
}
