/** What ESLint is asked: as the project's own script asks it, or with the rules nemesis brings. */

import path from 'node:path';
import { filesToName } from '../concerned.ts';
import type { Project } from '../project.ts';
import { commandIn, type ScriptCommand } from '../script.ts';
import type { CommandContext } from '../tool.ts';
import { readArguments } from './arguments.ts';
import { NO_FILE } from './eslint-report.ts';
import { ownConfig } from '../own-config.ts';

export const ENDINGS = ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx'];
const SCRIPTS = ['lint', 'lint:js', 'lint:ts', 'lint:eslint', 'eslint', 'check:lint', 'lint:check'];
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

export function isSource(file: string): boolean {
  return ENDINGS.includes(path.extname(file));
}

export function ownCommand({ project, workDir, tool }: CommandContext) {
  const script = lintScript(project);
  const { flags, paths } = readArguments(script?.words.slice(1) ?? [], FLAGS);
  const major = Number(tool.version?.split('.')[0] ?? 10);
  const eslintrc = major < 9 || script?.env['ESLINT_USE_FLAT_CONFIG'] === 'false';
  const named = filesToName(project, paths)?.filter((file) => !eslintrc || isTakenBy(flags, file));
  if (named?.length === 0) return { instead: NO_FILE };
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

/** Our config is handed the files git does not ignore: ESLint itself reads no .gitignore. */
export function broughtCommand({ project, workDir }: CommandContext) {
  const named = filesToName(project)?.filter(isSource);
  if (named?.length === 0) return { instead: NO_FILE };
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

function reportTo(workDir: string): string[] {
  return ['--format', 'json', '--output-file', path.join(workDir, 'report.json')];
}
