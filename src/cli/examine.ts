/** Whether a runner could measure here, without running it. */

import type { Project } from '../measure/project.ts';
import type { Runner } from '../measure/runner.ts';
import { ONLY_WITH_FULL } from '../pipeline/result.ts';

export interface Condition {
  readonly id: string;
  readonly about: string;
  readonly state: 'ready' | 'missing' | 'not_here';
  readonly why: string;
  readonly help?: string;
}

/** @param alternatives the runners of one entry, such as `gitleaks or secretlint`: the first one found measures */
export function examine(
  alternatives: readonly Runner[],
  project: Project,
  required: readonly string[],
): readonly Condition[] {
  const wanted = alternatives.filter(({ id }) => required.includes(id));
  const candidates = wanted.length > 0 ? wanted : alternatives;
  const chosen = candidates.find((runner) => isFound(runner, project));
  return alternatives.map((runner) => {
    const { id, about } = runner;
    const inPlay = runner.inPlay(project);
    if (!inPlay.inPlay && !required.includes(id)) {
      return { id, about, state: 'not_here', why: inPlay.why };
    }
    if (runner === chosen) {
      const why = inPlay.inPlay ? inPlay.because : 'required by the config';
      return { id, about, state: 'ready', why: why + whenOf(runner) };
    }
    if (chosen !== undefined || !candidates.includes(runner)) {
      return {
        id,
        about,
        state: 'not_here',
        why: `${(chosen ?? candidates[0]!).id} measures in its place`,
      };
    }
    const help = installOf(runner, project);
    const why = inPlay.inPlay
      ? `not installed, and ${inPlay.because} asks for it`
      : 'not installed';
    return { id, about, state: 'missing', why: why + whenOf(runner), ...(help ? { help } : {}) };
  });
}

const whenOf = ({ onlyWhenAsked: command }: Runner): string =>
  command === undefined ? '' : `; ${ONLY_WITH_FULL} or ${command}`;

/** Before anything is installed, npm's own command installs what npm installs; a tool of Python's comes otherwise. */
function installOf({ install }: Runner, project: Project): string | undefined {
  const byNpm = install?.startsWith('npm ') === true && project.dependencies.size > 0;
  return byNpm && !project.installed ? project.installCommand : install;
}

const isFound = (runner: Runner, project: Project): boolean => runner.isFound?.(project) ?? true;
