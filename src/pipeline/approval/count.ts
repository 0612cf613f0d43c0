/** Which of the words that were recorded count, and why the others do not. */

import { ok, type Failure, type Result } from '../../failure.ts';
import type { ApprovalPolicy } from '../../config/approval.ts';
import type { Approval, Word } from '../approvals.ts';
import { differences, documentOf, signedText, type Bound } from './document.ts';
import { isSamePerson, namesOf } from './people.ts';
import type { Signed, Verified } from './signature.ts';

/** Somebody whose yes counts, or would. */
export interface Approver {
  /** For people. */
  readonly name: string;
  /** Every name they are known under. */
  readonly names: ReadonlySet<string>;
  /** What one person cannot have twice: the digest of a key. */
  readonly key: string | undefined;
  readonly proof: Word['proof'];
  /** They started what deploys it. */
  readonly startedIt?: boolean;
}

/** One attempt that did not count. */
export interface Refusal {
  /** Of the event; null where none is recorded. */
  readonly word: string | null;
  readonly by: string;
  readonly proof: string;
  readonly why: string;
}

export interface Counting {
  readonly policy: ApprovalPolicy;
  readonly bound: Bound;
  readonly approval: Approval;
  /** Epoch ms by the store's clock. */
  readonly now: number;
  /** Who wrote the change, or why nobody can tell. */
  readonly authors: Result<ReadonlySet<string>, string>;
  readonly verify: (signed: Omit<Signed, 'signers' | 'namespace'>) => Promise<Verified>;
}

export interface Counted {
  readonly approvers: readonly Approver[];
  readonly refused: readonly Refusal[];
}

/** Two machines' clocks may differ by so much. */
const AHEAD_MS = 300_000;

/**
 * @param taken over from a CI platform just now, undefined where none was asked; what is recorded of one counts for nothing
 * @returns the failure of what nothing could be found out about
 */
export async function count(
  words: readonly Word[],
  taken: readonly Approver[] | undefined,
  counting: Counting,
): Promise<Result<Counted>> {
  const approvers: Approver[] = [];
  const refused: Refusal[] = [];
  const add = (one: Approver, word: string | null) => {
    const why = unfit(one, approvers, counting);
    if (why === undefined) approvers.push(one);
    else refused.push({ word, by: one.name, proof: one.proof, why });
  };
  for (const word of words) {
    const { id, by, proof } = word;
    if (proof === 'github' || proof === 'gitlab') {
      const why = unsaid(word, taken, counting);
      if (why !== undefined) refused.push({ word: id, by, proof, why });
      continue;
    }
    const judged = untimely(word, counting) ?? (await approverOf(word, counting));
    if (typeof judged === 'string') refused.push({ word: id, by, proof, why: judged });
    else if ('kind' in judged) return { ok: false, failure: judged };
    else add(judged, id);
  }
  for (const one of taken ?? []) add(one, null);
  return ok({ approvers, refused });
}

/** What is recorded of a platform that does not say it now was written by somebody else. */
function unsaid(
  { by, proof }: Word,
  taken: readonly Approver[] | undefined,
  { policy, bound }: Counting,
): string | undefined {
  if (proof !== policy.proof) return `${bound.environment} takes nothing over from ${proof}`;
  if (taken === undefined || taken.some(({ name }) => name === by)) return undefined;
  return `${proof} does not say so`;
}

function untimely({ at }: Word, { approval, policy, now }: Counting): string | undefined {
  const { requestedAt, expiresAt } = approval;
  // Whoever wrote the request may have written any end into it.
  const end = Math.min(expiresAt, requestedAt + policy.expiresMs);
  if (Math.max(at, requestedAt) > now + AHEAD_MS) return 'it is of a time that has not come';
  if (at < requestedAt - AHEAD_MS) return 'it is older than the request';
  return at >= end || now >= end ? 'it came too late: it has expired' : undefined;
}

/** @returns why it is nobody's, in words; a failure where that cannot be told */
async function approverOf(
  word: Word,
  { bound, approval, policy, now, verify }: Counting,
): Promise<Approver | string | Failure> {
  const { by, proof, signature, document, at } = word;
  if (proof === 'unsigned') {
    if (policy.proof !== 'unsigned')
      return `it is unsigned, and ${bound.environment} asks for more`;
    return { name: by, names: namesOf([by]), key: undefined, proof };
  }
  const wanted = documentOf(bound, approval);
  const other = differences(document, wanted);
  if (other.length > 0) return `it is about something else: ${other.slice(0, 3).join('; ')}`;
  const moments = [...new Set([at, now])];
  const verified = await verify({ text: signedText(wanted), signature: signature ?? '', moments });
  if (verified.kind === 'unknown') return verified.failure;
  if (verified.kind === 'bad') return verified.why;
  const { principal, principals, key } = verified.signer;
  return { name: principal, names: namesOf(principals), key, proof };
}

/** Why this person's yes does not count. */
function unfit(
  one: Approver,
  others: readonly Approver[],
  { policy, authors, approval }: Counting,
): string | undefined {
  const isTwice = others.some(
    (other) =>
      isSamePerson(one.names, other.names) || (one.key !== undefined && one.key === other.key),
  );
  if (isTwice) return 'the same person has approved it already';
  if (policy.self === 'allow') return undefined;
  if (one.startedIt === true) return 'who started the run cannot approve it';
  if (isSamePerson(one.names, namesOf([approval.requestedBy]))) return 'who asks cannot approve';
  if (authors.ok)
    return isSamePerson(one.names, authors.value)
      ? 'an author of the change cannot approve it'
      : undefined;
  // A name that anybody can type proves nothing either way; who asks for proof is given no guess.
  return one.proof === 'unsigned'
    ? undefined
    : `whether they wrote the change cannot be told: ${authors.failure}`;
}
