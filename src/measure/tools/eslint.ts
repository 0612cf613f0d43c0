/** ESLint, the project's own with its own rules, or nemesis' with a small rule set for a project that has none. */

import type { Project } from '../project.ts';
import { defineTool } from '../tool.ts';
import { CODE_UNPARSEABLE } from './code-unparseable.ts';
import { broughtCommand, ENDINGS, isSource, ownCommand } from './eslint-command.ts';
import { Published, readReport } from './eslint-report.ts';
import { onlyKnown } from './json-report.ts';

const CONFIGS = [
  ...['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((ending) => `eslint.config.${ending}`),
  ...['', '.js', '.cjs', '.yaml', '.yml', '.json'].map((ending) => `.eslintrc${ending}`),
];
/** The same folders as in config/eslint-default.config.js. */
const NOT_OURS = /(^|\/)(node_modules|dist|build|coverage|vendor)\/|\.min\.[cm]?js$/;

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

function declaredBy(project: Project): string | undefined {
  const config = project.find(CONFIGS);
  if (config !== undefined) return config;
  if (project.manifest?.['eslintConfig'] !== undefined) return 'package.json eslintConfig';
  return project.dependencies.has('eslint') ? 'package.json: eslint' : undefined;
}
