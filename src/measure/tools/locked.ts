/** What every language says of locked versions. */

import path from 'node:path';
import type { MetricDeclaration } from '../../judge/catalogue.ts';
import { askGit } from '../git.ts';

export const LOCKED_METRICS = {
  versions_locked: {
    dimension: 'boolean',
    better: 'higher',
    about: 'a lock file in git, or a list of exact versions, pins every dependency',
  },
  dependencies_unlocked: {
    dimension: 'count',
    better: 'lower',
    about: '1 when dependencies are declared and something leaves them unpinned, else 0',
  },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

/** A lock file that git ignores locks nothing for whoever clones the repository. One that is tracked is not ignored. */
export async function isIgnored(file: string): Promise<boolean> {
  const ignored = await askGit(path.dirname(file), 'check-ignore', '--', path.basename(file));
  return ignored !== undefined && ignored !== '';
}

export function ignoredMessage(name: string): string {
  return `${name} is ignored by git, so whoever clones the repository has none`;
}
