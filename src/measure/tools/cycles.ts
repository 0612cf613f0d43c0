/** Circular imports among the project's own modules, found by nemesis itself: no tool of the project is needed. */

import path from 'node:path';
import type { Finding } from '../../judge/finding.ts';
import { cyclesOf } from '../cycles.ts';
import { importGraph } from '../imports/graph.ts';
import type { Project } from '../project.ts';
import type { Measurement, Runner } from '../runner.ts';
import { absent } from '../tool.ts';
import { counted } from './counted.ts';

const ENDINGS = ['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx', '.vue', '.svelte'];
/** Built, bundled and foreign code has cycles that nobody here wrote. */
const NOT_OURS =
  /(^|\/)(node_modules|dist|build|out|coverage|vendor)\/|\.min\.[cm]?js$|\.d\.[cm]?ts$/;
/** Longer ways are cut in the middle: the ends say enough. */
const MOST_SHOWN = 8;

export const cycles: Runner = {
  id: 'cycles',
  about: 'circular imports of JavaScript and TypeScript',
  needs: 'JavaScript or TypeScript',
  metrics: {
    no_circular: {
      dimension: 'boolean',
      better: 'higher',
      holdsWithout: ['import_cycles'],
      about:
        'no module imports itself through others, scripts of .vue and .svelte among them; type-only and lazy imports make no cycle',
    },
    import_cycles: {
      dimension: 'count',
      better: 'lower',
      about: 'groups of modules that import each other in a circle',
    },
  },
  inPlay: (project) =>
    sourcesOf(project).length > 0
      ? { inPlay: true, because: 'brought by nemesis' }
      : { inPlay: false, why: 'no JavaScript or TypeScript' },
  async measure({ project, signal }) {
    const files = sourcesOf(project);
    if (files.length === 0) return absent('nothing_measured', 'no JavaScript or TypeScript here');
    if (project.filesCut) return absent('nothing_measured', 'too many files to know every import');
    const graph = await importGraph(project.root, files, signal);
    if (graph === undefined) return absent('skipped', 'interrupted');
    return measured(cyclesOf(graph.edges), files.length, graph.unresolved);
  },
};

function sourcesOf({ files }: Project): string[] {
  return files.filter((file) => ENDINGS.includes(path.extname(file)) && !NOT_OURS.test(file));
}

function measured(
  found: readonly (readonly string[])[],
  files: number,
  unresolved: readonly string[],
): Measurement {
  const modules = counted(files, 'module');
  const lost = unresolved.length === 0 ? '' : `, ${counted(unresolved.length, 'import')} not found`;
  return {
    state: found.length === 0 ? 'clean' : 'findings',
    metrics: { no_circular: found.length === 0, import_cycles: found.length },
    findings: found.map(finding),
    summary: `${counted(found.length, 'cycle')} in ${modules}${lost}`,
    evidence: { tool: 'nemesis', from: 'nemesis' },
    ...(unresolved.length === 0 ? {} : { why: `not found: ${unresolved.slice(0, 3).join(', ')}` }),
  };
}

function finding(way: readonly string[]): Finding {
  const [first = ''] = way;
  const shown =
    way.length <= MOST_SHOWN
      ? way
      : [...way.slice(0, MOST_SHOWN / 2), '…', ...way.slice(-MOST_SHOWN / 2)];
  return {
    tool: 'cycles',
    rule: 'import-cycle',
    severity: 'error',
    file: first,
    message: `imports itself: ${[...shown, first].join(' → ')}`,
    metric: 'import_cycles',
  };
}
