/** Have people said yes to exactly this: the release, its plan, what was measured, and what was not? */

import { randomUUID } from 'node:crypto';
import { DEFAULT_APPROVAL, type ApprovalPolicy } from '../config/approval.ts';
import { fail, ok, type Failure, type Result } from '../failure.ts';
import type { JournalRecord } from '../history/records.ts';
import type { Counted, Refusal } from '../pipeline/approval/count.ts';
import { boundOf } from '../pipeline/approval/bound.ts';
import type { Bound } from '../pipeline/approval/document.ts';
import { jobHere, type TakenOver } from '../pipeline/approval/platforms/platform.ts';
import { approvalFor, isOpen, type Approval } from '../pipeline/approvals.ts';
import type { Progress } from '../pipeline/progress.ts';
import type { Plan } from '../rollout/plan.ts';
import type { StageContext } from '../rollout/stage.ts';
import { countWords, takeOver, type CountAsked } from './approval-counting.ts';
import { appendAs, readApprovals, refusalRecords, storeNow } from './approval-records.ts';
import type { Promotion } from './promotion.ts';
import type { Rollouts } from './rollouts.ts';

/** What a release still waits for. */
export interface Waiting {
  readonly approval: Approval;
  readonly environment: string;
  readonly required: number;
  readonly have: number;
  readonly proof: ApprovalPolicy['proof'];
  readonly refused: readonly Refusal[];
}

export type Approved =
  | { readonly kind: 'approved'; readonly approval: Approval }
  | ({ readonly kind: 'waits' } & Waiting);

export interface ApprovalAsked {
  readonly progress: Progress | undefined;
  readonly plan: Plan;
  readonly policy: ApprovalPolicy | undefined;
  /** Who only wants to know where it stands takes nothing over from a CI platform. */
  readonly looksOnly: boolean;
}

export async function approve(
  promotion: Promotion,
  { progress, plan, policy = DEFAULT_APPROVAL, looksOnly }: ApprovalAsked,
): Promise<Result<Approved>> {
  const bound = boundOf(plan, progress);
  for (let hasAsked = false; ; hasAsked = true) {
    const found = await lookUp(promotion, plan, bound, policy, looksOnly);
    if (!found.ok) return found;
    const { approval, counted } = found.value;
    const have = counted.approvers.length;
    if (have >= policy.required) return ok({ kind: 'approved', approval });
    const { required, proof } = policy;
    const { environment } = plan;
    const { refused } = counted;
    const waits = { approval, environment, required, have, proof, refused } as const;
    const said = hasAsked ? undefined : await askedHere(promotion, waits, plan);
    if (said !== true) return said === undefined ? ok({ kind: 'waits', ...waits }) : said;
  }
}

/** @returns true where the person at the terminal said yes, and it is recorded */
async function askedHere(
  { rollouts, ask }: Promotion,
  waits: Waiting,
  plan: Plan,
): Promise<true | undefined | Result<never>> {
  if (ask === undefined || waits.proof !== 'unsigned') return undefined;
  if (!(await ask(waits.approval, plan))) return undefined;
  const { history, actor } = rollouts;
  const body = { approval: waits.approval.id, proof: 'unsigned', note: 'at the terminal' } as const;
  const record = { type: 'approval_given', body } as const;
  const now = await storeNow(history);
  if (!now.ok) return now;
  const noted = await appendAs(history, waits.environment, actor, now.value, [record]);
  return noted.ok ? true : noted;
}

/** What was asked for and still is open, or asked for now; and who has said yes to it. */
async function lookUp(
  { rollouts }: Promotion,
  plan: Plan,
  bound: Bound,
  policy: ApprovalPolicy,
  looksOnly: boolean,
): Promise<Result<{ readonly approval: Approval; readonly counted: Counted }>> {
  const { history } = rollouts;
  const now = await storeNow(history);
  if (!now.ok) return now;
  const stream = { service: history.service, environment: bound.environment };
  const all = await readApprovals(history, stream, now.value);
  if (!all.ok) return all;
  const since = plan.stable === null ? null : (plan.stable.commit ?? 'unknown');
  const known = approvalFor(all.value, bound.release, bound.evidence);
  if (known?.state.kind === 'rejected') return fail(rejected(known));
  const open = known !== undefined && isOpen(known) ? ok(known) : undefined;
  const approval = open ?? (await requestApproval(rollouts, bound, since, policy, now.value));
  if (!approval.ok) return approval;
  const asked = { policy, bound, since, approval: approval.value, now: now.value };
  const late = await noteLate(rollouts, known, asked);
  if (!late.ok) return late;
  const counted = await countAll(rollouts, asked, all.value, looksOnly);
  if (!counted.ok) return counted;
  const { approvers, refused } = counted.value;
  return ok({
    approval: approval.value,
    counted: { approvers, refused: [...late.value, ...refused] },
  });
}

/** Counts what is recorded and what a CI platform says, and records what came of it. */
async function countAll(
  rollouts: Rollouts,
  asked: CountAsked,
  all: readonly Approval[],
  looksOnly: boolean,
): Promise<Result<Counted>> {
  const { history, input } = rollouts;
  const taken = looksOnly ? undefined : await takeOver(asked, all, input);
  const takenOver = taken?.ok === true ? taken.value : undefined;
  const people = taken && (takenOver?.approvers ?? []);
  const counted = await countWords(asked.approval.words, people, asked, history, input);
  if (!counted.ok) return counted;
  const failed = taken?.ok === false ? [notTaken(asked.policy, taken.failure)] : [];
  const { approvers } = counted.value;
  const value = { approvers, refused: [...failed, ...counted.value.refused] };
  const noted = await noteCounted(rollouts, asked, takenOver, value);
  return noted.ok ? ok(value) : noted;
}

/** What was said of a request that is used up or expired does not do for the one that replaces it. */
async function noteLate(
  { history, actor }: Rollouts,
  known: Approval | undefined,
  { bound, now }: CountAsked,
): Promise<Result<readonly Refusal[]>> {
  const kind = known?.state.kind;
  if (known === undefined || (kind !== 'used' && kind !== 'expired')) return ok([]);
  const why = kind === 'used' ? 'it has been used' : 'it has expired';
  const refused = known.words
    .filter(({ isLate }) => isLate || kind === 'expired')
    .map(({ id: word, by, proof }): Refusal => ({ word, by, proof, why }));
  const records = refusalRecords(known, refused);
  const noted = await appendAs(history, bound.environment, actor, now, records);
  return noted.ok ? ok(refused) : noted;
}

function notTaken({ proof }: ApprovalPolicy, why: string): Refusal {
  return { word: null, by: proof, proof, why };
}

function rejected({ release, state }: Approval): Failure {
  const by = state.kind === 'rejected' ? `${state.by}: ${state.reason}` : 'somebody';
  return { kind: 'blocked', message: `${release.version} was rejected by ${by}` };
}

/** What was refused is recorded, and what was taken over once it is enough. */
async function noteCounted(
  { history, actor }: Rollouts,
  { approval, bound, policy, now: at }: CountAsked,
  taken: TakenOver | undefined,
  { approvers, refused }: Counted,
): Promise<Result<void>> {
  const refusals = refusalRecords(approval, refused);
  const noted = await appendAs(history, bound.environment, actor, at, refusals);
  if (!noted.ok || taken === undefined || approvers.length < policy.required) return noted;
  const people = approvers.filter(({ proof }) => proof === policy.proof);
  for (const { name } of people) {
    const isKnown = approval.words.some(
      ({ by, platform }) => by === name && platform?.['key'] === taken.key,
    );
    if (isKnown) continue;
    const record = takenRecord(approval, policy, taken, name);
    const given = await appendAs(history, bound.environment, name, at, [record]);
    if (!given.ok) return given;
  }
  return ok(undefined);
}

function takenRecord(
  { id: approval }: Approval,
  { proof }: ApprovalPolicy,
  { key, url, approvers }: TakenOver,
  user: string,
): JournalRecord {
  const at = approvers.find(({ name }) => name === user)?.at ?? null;
  const platform = { key, url, user, at };
  return { type: 'approval_given', body: { approval, proof, note: '', platform } };
}

async function requestApproval(
  { history, io, actor }: Rollouts,
  { environment, release, evidence, plan, gates, accepts }: Bound,
  since: string | null,
  { expiresMs }: ApprovalPolicy,
  now: number,
): Promise<Result<Approval>> {
  const id = randomUUID().slice(0, 8);
  const nonce = randomUUID();
  const expiresAt = now + expiresMs;
  const origin = jobHere(io.env);
  const shared = { release, evidence, plan, gates, accepts, since, nonce, origin };
  const body = { approval: id, ...shared, expires_at: expiresAt };
  const record = { type: 'approval_requested', body } as const;
  const noted = await appendAs(history, environment, actor, now, [record]);
  if (!noted.ok) return noted;
  const state = { kind: 'waiting' } as const;
  const asked = { requestedBy: actor, requestedAt: now, expiresAt, words: [], refused: [] };
  return ok({ id, ...shared, ...asked, state });
}

/** Once, and by whoever has the lease: two deployments never begin on one approval. */
export function admitOnce(
  { history }: Rollouts,
  { id, release }: Approval,
  environment: string,
): NonNullable<StageContext['admit']> {
  return async (note) => {
    const refuse = (failure: Failure) => fail({ kind: 'not_admitted', failure } as const);
    const now = await storeNow(history);
    if (!now.ok) return refuse(now.failure);
    const all = await readApprovals(history, { service: history.service, environment }, now.value);
    if (!all.ok) return refuse(all.failure);
    const state = all.value.find((one) => one.id === id)?.state.kind ?? 'gone';
    if (state !== 'given') {
      const message = `the approval of ${release.version} does not count any more: it is ${state}`;
      return refuse({
        kind: 'waiting',
        message,
        help: ['run this command again to ask for another'],
      });
    }
    const noted = await note([{ type: 'approval_used', body: { approval: id } }]);
    return noted.ok ? ok(undefined) : fail({ kind: 'store', failure: noted.failure });
  };
}

/** What a person is told to type. */
export function waitingFailure(waiting: Waiting): Failure {
  const { approval, required, have, refused } = waiting;
  const some = required > 1 ? `, ${have} of ${required} have approved it` : '';
  return {
    kind: 'waiting',
    message: `${approval.release.version} waits for approval${some}`,
    help: [
      ...refused.map(({ by, why }) => `not counted, ${by}: ${why}`),
      ...howText(waiting),
      'then run this command again',
      ...approval.accepts.map((one) => `who approves it accepts ${one}`),
    ],
  };
}

function howText({ approval: { id }, proof, environment }: Waiting): readonly string[] {
  switch (proof) {
    case 'unsigned':
      return [`approve it: nemesis deploy:approve ${id}`];
    case 'signed':
      return [`approve it: nemesis deploy:approve ${id} --sign ~/.ssh/id_ed25519`];
    case 'github':
    case 'gitlab':
      return [
        `approve it in the protected environment of ${environment}, in front of a later job of this run`,
      ];
  }
}
