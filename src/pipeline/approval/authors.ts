/** Who wrote a change, as git tells it: with and without the mailmap, which the change itself may alter. */

import { fail, ok, type Result } from '../../failure.ts';
import { askGit } from '../../measure/git.ts';
import { namesOf } from './people.ts';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const FIELD = '\u001f';
const FORMAT = [
  '%an',
  '%ae',
  '%aN',
  '%aE',
  '%(trailers:key=Co-authored-by,valueonly,separator=%x1f)',
];
/** Nothing in the repository changes what is a commit's parent or who wrote it. */
const PLAIN = ['--no-replace-objects', '-c', 'log.showSignature=false', '-c', 'log.mailmap=true'];

/**
 * Every author of the commits after `since` up to `commit`, each by all their names.
 * @param since what serves until then; null: nothing does, so the whole history is the change
 * @returns or why nobody can tell
 */
export async function authorsOf(
  root: string,
  since: string | null,
  commit: string | null,
): Promise<Result<ReadonlySet<string>, string>> {
  if (commit === null || !COMMIT.test(commit)) return fail('the release names no commit');
  if (since !== null && !COMMIT.test(since)) return fail('what serves until now names no commit');
  const shallow = (await askGit(root, 'rev-parse', '--is-shallow-repository'))?.trim();
  if (shallow === undefined) return fail('this is no git repository');
  if (shallow !== 'false') return fail('the history here is cut off: fetch all of it');
  for (const one of [commit, ...(since === null ? [] : [since])])
    if ((await askGit(root, 'cat-file', '-e', `${one}^{commit}`)) === undefined)
      return fail(`the commit ${one.slice(0, 12)} is not in this clone`);
  const range = since === null ? [commit] : [commit, `^${since}`];
  const format = `--format=tformat:${FORMAT.join('%x1f')}`;
  const said = await askGit(root, ...PLAIN, 'log', '-z', '--no-color', format, ...range, '--');
  if (said === undefined) return fail('git does not tell who wrote it');
  return ok(namesOf(said.split('\0').flatMap((line) => line.split(FIELD))));
}
