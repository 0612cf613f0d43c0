/** Counts what was said of a release that waits: authors by git, signatures by ssh-keygen, people by CI platforms. */

import { randomUUID } from 'node:crypto';
import type { ApprovalPolicy } from '../config/approval.ts';
import { fail, ok, type Result } from '../failure.ts';
import type { ProcessEngine } from '../measure/process/contract.ts';
import { authorsOf } from '../pipeline/approval/authors.ts';
import { count, type Approver, type Counted } from '../pipeline/approval/count.ts';
import type { Bound } from '../pipeline/approval/document.ts';
import { github } from '../pipeline/approval/platforms/github.ts';
import { gitlab } from '../pipeline/approval/platforms/gitlab.ts';
import type { Platform, TakenOver } from '../pipeline/approval/platforms/platform.ts';
import { namespaceOf, sign, verify } from '../pipeline/approval/signature.ts';
import { allowedSigners } from '../pipeline/approval/signers.ts';
import type { KeygenPlace } from '../pipeline/approval/ssh-keygen.ts';
import type { Approval, Word } from '../pipeline/approvals.ts';
import type { CommandInput } from './commands/command.ts';
import type { History } from './history.ts';

export interface CountAsked {
  readonly policy: ApprovalPolicy;
  readonly bound: Bound;
  readonly approval: Approval;
  /** Commit of what serves until then; null: nothing does. */
  readonly since: string | null;
  /** Epoch ms by the store's clock. */
  readonly now: number;
}

export async function countWords(
  words: readonly Word[],
  taken: readonly Approver[] | undefined,
  { policy, bound, approval, since, now }: CountAsked,
  { session: { root }, service }: History,
  input: CommandInput,
): Promise<Result<Counted>> {
  if (words.length === 0 && (taken ?? []).length === 0) return ok({ approvers: [], refused: [] });
  const authors = await authorsOf(root, since, bound.release.commit);
  let signers: Result<string> | undefined;
  return withKeygen(root, input, (place) =>
    count(words, taken, {
      ...{ policy, bound, approval, now, authors },
      async verify(signed) {
        signers ??= await allowedSigners(root, policy);
        if (!signers.ok) return { kind: 'unknown', failure: signers.failure };
        const namespace = namespaceOf(service);
        const whole = { ...signed, namespace, signers: signers.value };
        return verify(place, whole, input.io.signal);
      },
    }),
  );
}

export function signWith(
  key: string,
  text: string,
  { session: { root }, service }: History,
  input: CommandInput,
): Promise<Result<string>> {
  return withKeygen(root, input, (place) =>
    sign(place, key, namespaceOf(service), text, input.io.signal),
  );
}

/** Nothing is started before it is needed. */
async function withKeygen<T>(
  root: string,
  { io, parts }: CommandInput,
  work: (place: KeygenPlace) => Promise<T>,
): Promise<T> {
  let engine: ProcessEngine | undefined;
  try {
    return await work({
      ...{ root, env: io.env },
      run: async (...asked) => {
        engine ??= await parts.engine(randomUUID());
        return engine.run(...asked);
      },
    });
  } finally {
    await engine?.close();
  }
}

const PLATFORMS: Readonly<Record<'github' | 'gitlab', Platform>> = { github, gitlab };
const PLATFORM_MS = 10_000;

/** @returns undefined where no platform decides; or why nothing was taken over, in words */
export async function takeOver(
  { policy, bound, approval, now }: CountAsked,
  all: readonly Approval[],
  { io }: CommandInput,
): Promise<Result<TakenOver, string> | undefined> {
  if (policy.proof !== 'github' && policy.proof !== 'gitlab') return undefined;
  const taken = await PLATFORMS[policy.proof]({
    ...{ env: io.env, approval, now, signal: io.signal, timeoutMs: PLATFORM_MS },
    environment: policy.platformEnvironment ?? bound.environment,
    commit: bound.release.commit,
    used: usedKeys(all),
  });
  const name = policy.proof === 'github' ? 'GitHub' : 'GitLab';
  return taken.ok ? ok(taken.value) : fail(`${name}: ${taken.failure}`);
}

/** Runs and deployments of a platform whose approval has been used. */
function usedKeys(all: readonly Approval[]): ReadonlySet<string> {
  const words = all.filter(({ state }) => state.kind === 'used').flatMap((one) => one.words);
  return new Set(
    words.flatMap(({ platform }) => (platform === null ? [] : [String(platform['key'])])),
  );
}
