/** c8 or nyc, for frameworks that count no lines themselves. */

import type { Project } from '../project.ts';
import type { CoverageWay } from './framework.ts';

export function coverageTool(project: Project, framework: string): CoverageWay {
  for (const by of ['c8', 'nyc'] as const) {
    if (project.dependencies.has(by)) return { kind: 'wrapped', by };
  }
  return {
    kind: 'none',
    why: `${framework} counts no lines itself, and c8 or nyc is not declared`,
  };
}
