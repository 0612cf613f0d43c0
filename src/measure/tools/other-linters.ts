/** Linters of JavaScript that a project declares and nemesis does not run: its own rules do not stand for theirs. */

import type { Finding } from '../../judge/finding.ts';
import type { Project } from '../project.ts';

const LINTERS = [
  ...['xo', 'standard', 'semistandard', 'ts-standard', '@biomejs/biome', 'oxlint', 'tslint'],
];

/** Nothing of a commit: its files are asked about, and not how the project is set up. */
export function otherLinters({ dependencies, concerned }: Project): readonly string[] {
  return concerned === undefined ? LINTERS.filter((name) => dependencies.has(name)) : [];
}

export function unrunLinter(name: string): Finding {
  return {
    tool: 'eslint',
    rule: 'other-linter',
    severity: 'info',
    file: 'package.json',
    message: `declares ${name}, which nemesis does not run: declare it as a runner of its own (docs/gates.md)`,
  };
}
