/** Who may sign, as the protected branch has it. The work tree is what is to be approved: it has no say. */

import { fail, ok, type Failure, type Result } from '../../failure.ts';
import type { ApprovalPolicy } from '../../config/approval.ts';
import { askGit } from '../../measure/git.ts';

const MOST_BYTES = 1_000_000;

export async function allowedSigners(
  root: string,
  { ref, signers }: Pick<ApprovalPolicy, 'ref' | 'signers'>,
): Promise<Result<string>> {
  // A tag or a local branch of the same name would come first, and anybody can make one.
  const full = ref.startsWith('refs/') ? ref : `refs/remotes/${ref}`;
  const commit = (
    await askGit(
      root,
      '--no-replace-objects',
      'rev-parse',
      '--verify',
      '--quiet',
      `${full}^{commit}`,
    )
  )?.trim();
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit))
    return fail(
      cannot(`there is no branch ${ref} here to read the allowed signers from`, [
        'fetch it, or name another in approval.ref; refs/heads/main is a local one',
      ]),
    );
  const text = await askGit(
    root,
    '--no-replace-objects',
    'cat-file',
    'blob',
    `${commit}:./${signers}`,
  );
  if (text === undefined)
    return fail(
      cannot(`${ref} has no file ${signers}`, ['commit it there: NAME ssh-ed25519 AAAA…']),
    );
  if (text.length > MOST_BYTES) return fail(cannot(`${signers} is longer than 1 MB`, []));
  return ok(text);
}

function cannot(message: string, help: readonly string[]): Failure {
  return { kind: 'cannot_act', message, help };
}
