/** What a check's answer is about, and what it means for who asked. */

import type { Failure } from '../failure.ts';
import { askGit } from '../measure/git.ts';
import type { CheckResult } from '../pipeline/result.ts';
import type { Ending } from './exit.ts';
import type { Session } from './session.ts';

/** Undefined where git cannot tell: outside a repository, or before the first commit. */
export async function commitOf({
  root,
  staged,
}: Session): Promise<Pick<CheckResult, 'commit' | 'dirty'>> {
  if (staged !== undefined) return { commit: staged.commit, dirty: true };
  const commit = await askGit(root, 'rev-parse', '--verify', '--quiet', 'HEAD');
  const changed = await askGit(root, 'status', '--porcelain', '--', '.');
  return { commit: commit?.trim(), dirty: changed === undefined ? undefined : changed !== '' };
}

/** The exit code this result deserves. */
export function endingOf({ readiness, partial }: CheckResult, strict: boolean): Ending {
  switch (readiness.kind) {
    case 'blocked':
      return { kind: 'blocked' };
    case 'undecided':
      return { kind: 'undecided' };
    case 'caution':
      return strict && partial === undefined ? { kind: 'blocked' } : { kind: 'yes' };
    case 'ready':
      return { kind: 'yes' };
  }
}

/** A yes that nobody can look up later is none. */
export function notRecorded(failure: Failure): Failure {
  const message = 'message' in failure ? failure.message : 'the configuration is wrong';
  const help = 'help' in failure ? failure.help : undefined;
  return {
    kind: 'cannot_act',
    message: `the result of this check could not be recorded: ${message}`,
    ...(help !== undefined && { help }),
  };
}
