/** The kinds of output, all of them: help, docs and `--output` come from this table. */

import type { CheckResult } from '../pipeline/result.ts';
import type { Surroundings } from './where.ts';

/** The result as text of that kind: the same text for the same result. */
export type Render = (result: CheckResult, surroundings: Surroundings) => string;

export interface OutputKind {
  readonly name: string;
  readonly about: string;
  /** What it is cut to, for people. */
  readonly limit: string;
  load(): Promise<Render>;
}

export const OUTPUTS = [
  {
    name: 'json',
    about: 'everything, for programs: `nemesis.check/1`',
    limit: 'none',
    load: async () => {
      const { checkText } = await import('./json.ts');
      return (result, { version }) => checkText(result, version);
    },
  },
  {
    name: 'sarif',
    about: 'SARIF 2.1.0, for code scanning and editors',
    limit: '20 runs, 25 000 results a run, 10 MB compressed',
    load: async () => {
      const { sarifText } = await import('./sarif.ts');
      return (result, surroundings) => sarifText(result, surroundings);
    },
  },
  {
    name: 'junit',
    about: 'JUnit XML: a suite per gate, a case per sentence, and the failed tests',
    limit: '5 000 failed tests a suite',
    load: async () => (await import('./junit.ts')).junitText,
  },
  {
    name: 'markdown',
    about: 'Markdown for a pull request',
    limit: '65 536 bytes',
    load: async () => {
      const { markdownText } = await import('./markdown.ts');
      return (result) => markdownText(result);
    },
  },
  {
    name: 'html',
    about: 'one HTML file that loads nothing and runs nothing',
    limit: '4 000 findings',
    load: async () => (await import('./html.ts')).htmlText,
  },
  {
    name: 'github',
    about: 'annotations of GitHub Actions, as workflow commands',
    limit: '10 errors, 10 warnings and 10 notices',
    load: async () => (await import('./github.ts')).githubText,
  },
  {
    name: 'gitlab',
    about: 'Code Quality report of GitLab, its kind of annotations',
    limit: '10 000 remarks',
    load: async () => (await import('./gitlab.ts')).gitlabText,
  },
  {
    name: 'pretty',
    about: 'the text for people, without colour',
    limit: 'a screen or two',
    load: async () => (await import('./plain.ts')).plainText,
  },
] as const satisfies readonly OutputKind[];

export type OutputName = (typeof OUTPUTS)[number]['name'];
