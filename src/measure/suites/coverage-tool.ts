/** c8 or nyc, for frameworks that count no lines themselves. */

import type { Project } from '../project.ts';
import { readScript } from '../script.ts';
import type { CoverageWay } from './framework.ts';
import { flagTable, withoutFlags } from './words.ts';

const TOOLS = ['c8', 'nyc'] as const;

const OURS = flagTable({
  '-r': 'value',
  '--reporter': 'value',
  '-o': 'value',
  '--reports-dir': 'value',
  '--report-dir': 'value',
  '--temp-directory': 'value',
  '--temp-dir': 'value',
  '-t': 'value',
  '--clean': 'alone',
  '--no-clean': 'alone',
  '--silent': 'alone',
  '--check-coverage': 'alone',
  '--per-file': 'alone',
  '--100': 'alone',
  '--lines': 'value',
  '--functions': 'value',
  '--branches': 'value',
  '--statements': 'value',
});

export function isCoverageTool(word: string): boolean {
  return TOOLS.some((tool) => word === tool || word.endsWith(`/.bin/${tool}`));
}

/** `--all`, `--include` and the like change which lines count, so they stay. */
export function ownWrapperArguments(words: readonly string[]): string[] {
  return withoutFlags(words, OURS).filter((word) => word !== '--');
}

/** `test-cov`, `coverage`, `test:ci` … */
const COUNTING_SCRIPT = /^(test[-:])?(cov|cover|coverage|ci)$/;
const STARTS = /^(npm|npx|pnpm|yarn|bun|node|mocha|ava|tap|jest|vitest)$|\/\.bin\//;

/** How the team counts lines where its test script does not: what `test-cov` tells c8 or nyc to leave out. */
export function countingArguments({ scripts }: Project, by: string): string[] {
  for (const [name, text] of Object.entries(scripts)) {
    if (!COUNTING_SCRIPT.test(name)) continue;
    for (const { words } of readScript(text)) {
      const tool = words.findIndex((word) => isCoverageTool(word));
      if (tool < 0 || !words[tool]!.endsWith(by)) continue;
      const rest = words.slice(tool + 1);
      const end = rest.findIndex((word) => STARTS.test(word));
      if (end >= 0) return ownWrapperArguments(rest.slice(0, end));
    }
  }
  return [];
}

export function coverageTool(project: Project, framework: string): CoverageWay {
  for (const by of TOOLS) {
    if (project.dependencies.has(by)) return { kind: 'wrapped', by };
  }
  return {
    kind: 'none',
    why: `${framework} counts no lines itself, and c8 or nyc is not declared`,
  };
}

/** c8 and nyc keep their raw data below the reports, and leave thresholds to the gates. */
export function wrapperArguments(
  way: CoverageWay,
  own: readonly string[],
  program: string,
  workDir: string,
): string[] {
  if (way.kind !== 'wrapped') return [];
  const folder = `${workDir}/coverage`;
  const [reports, temporary] =
    way.by === 'c8' ? ['--reports-dir', '--temp-directory'] : ['--report-dir', '--temp-dir'];
  return [
    '--reporter=json-summary',
    '--reporter=lcovonly',
    `${reports}=${folder}`,
    `${temporary}=${folder}/tmp`,
    '--check-coverage=false',
    ...own,
    program,
  ];
}
