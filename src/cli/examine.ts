/** Whether a runner could measure here, without running it. */

import type { Project } from '../measure/project.ts';
import type { Runner } from '../measure/runner.ts';

export interface Condition {
  readonly id: string;
  readonly about: string;
  readonly state: 'ready' | 'missing' | 'not_here';
  readonly why: string;
  readonly help?: string;
}

export function findTool(runner: Runner, project: Project, required: readonly string[]): Condition {
  const { id, about } = runner;
  const inPlay = runner.inPlay(project);
  if (!inPlay.inPlay && !required.includes(id))
    return { id, about, state: 'not_here', why: inPlay.why };
  const why = inPlay.inPlay ? inPlay.because : 'required by the config';
  if (runner.isFound?.(project) ?? true) return { id, about, state: 'ready', why };
  const help =
    project.installed || runner.install === undefined ? runner.install : project.installCommand;
  return {
    id,
    about,
    state: 'missing',
    why: `not installed (declared by ${why})`,
    ...(help ? { help } : {}),
  };
}
