/** A person's word on a release that waits for it: judged at once, recorded, and called what it is. */

import path from 'node:path';
import os from 'node:os';
import { DEFAULT_APPROVAL } from '../config/approval.ts';
import { fail, ok, type Result } from '../failure.ts';
import type { RecordBodies } from '../history/records.ts';
import type { Approver, Counted } from '../pipeline/approval/count.ts';
import { askedIn, documentOf, signedText } from '../pipeline/approval/document.ts';
import type { Word } from '../pipeline/approvals.ts';
import { harmless } from '../report/text.ts';
import { countWords, signWith } from './approval-counting.ts';
import { appendAs, refusalRecords, storeNow } from './approval-records.ts';
import { approvalLines, meant, waitingIn, type Open } from './approval-choice.ts';
import { textOption, type CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import { lineOption } from './history-options.ts';
import { actorIn } from './history-streams.ts';
import { withHistory, type History } from './history.ts';
import { failed, usage } from './store-failure.ts';

export function decideApproval(input: CommandInput, word: 'given' | 'rejected'): Promise<Ending> {
  const { io, options, operands } = input;
  const said = saidIn(options, word);
  if (!said.ok) return Promise.resolve(failed(said.failure));
  return withHistory(input, 'write', async (history) => {
    const now = await storeNow(history);
    if (!now.ok) return failed(now.failure);
    const waiting = await waitingIn(history, now.value);
    if (!waiting.ok) return failed(waiting.failure);
    const found = meant(waiting.value, operands[0]);
    if (!found.ok) return failed(found.failure);
    const entered = await actorIn(history.session, io.env);
    const asked = { ...said.value, entered, now: now.value };
    const decided =
      word === 'given'
        ? await give(found.value, asked, history, input)
        : await reject(found.value, asked, history);
    if (!decided.ok) return failed(decided.failure);
    const { lines, result } = decided.value;
    if (options['json'] === true) io.out(`${JSON.stringify(result, null, 2)}\n`);
    else io.out(`${lines.map(harmless).join('\n')}\n`);
    return { kind: 'yes' };
  });
}

interface Said {
  readonly by: string | undefined;
  readonly text: string;
  /** File of a key to sign with. */
  readonly key: string | undefined;
}

interface Deciding extends Said {
  /** Who types it. */
  readonly entered: string;
  /** Epoch ms by the store's clock. */
  readonly now: number;
}

interface Decided {
  readonly lines: readonly string[];
  readonly result: object;
}

function saidIn(options: CommandInput['options'], word: 'given' | 'rejected'): Result<Said> {
  const by = lineOption(options, 'by');
  if (!by.ok) return by;
  const text = lineOption(options, word === 'given' ? 'note' : 'reason', 1000);
  if (!text.ok) return text;
  const key = textOption(options, 'sign');
  if (key !== undefined && by.value !== undefined)
    return fail(usage('--by and --sign do not go together', 'a signature says whose it is'));
  return ok({ by: by.value, text: text.value ?? '', key });
}

async function reject(
  { approval, environment }: Open,
  { by, text, entered, now }: Deciding,
  history: History,
): Promise<Result<Decided>> {
  const actor = by ?? entered;
  const body = { approval: approval.id, reason: text === '' ? 'no reason' : text };
  const record = { type: 'approval_rejected', body } as const;
  const noted = await appendAs(history, environment, actor, now, [record]);
  if (!noted.ok) return noted;
  const { version } = approval.release;
  return ok({
    lines: [`rejected ${version} for ${environment} as ${actor}, unsigned`],
    result: resultOf({ approval, environment }, 'rejected', actor, 'unsigned'),
  });
}

async function give(
  open: Open,
  asked: Deciding,
  history: History,
  input: CommandInput,
): Promise<Result<Decided>> {
  const { approval, environment } = open;
  const bound = askedIn(history.service, environment, approval);
  const told = approvalLines(open);
  if (input.options['json'] !== true) input.io.err(`${told.map(harmless).join('\n')}\n`);
  const body = await bodyOf(open, asked, history, input);
  if (!body.ok) return body;
  const word = wordOf(body.value, asked);
  const { environments } = history.session.loaded.config;
  const policy = environments.find(({ name }) => name === environment)?.approval;
  const counting = { policy: policy ?? DEFAULT_APPROVAL, bound, approval, now: asked.now };
  const { since } = approval;
  const counted = await countWords(
    [...approval.words, word],
    undefined,
    { ...counting, since },
    history,
    input,
  );
  if (!counted.ok) return counted;
  const own = counted.value.refused.find((one) => one.word === word.id);
  if (own !== undefined) {
    const refusal = { ...own, word: null };
    const records = refusalRecords(approval, [refusal]);
    const noted = await appendAs(history, environment, asked.entered, asked.now, records);
    if (!noted.ok) return noted;
    const message = `this approval of ${approval.release.version} does not count: ${own.why}`;
    const help = ['it is recorded, and the request waits on'];
    if (own.proof === 'unsigned') help.push('somebody else may say yes: docs/environments.md');
    return fail({ kind: 'blocked', message, help });
  }
  const record = { type: 'approval_given', body: body.value } as const;
  const approver = counted.value.approvers.at(-1);
  const actor = approver?.name ?? word.by;
  const noted = await appendAs(history, environment, actor, asked.now, [record]);
  if (!noted.ok) return noted;
  return ok(givenText(open, counting.policy.required, counted.value, approver, body.value));
}

function wordOf(body: RecordBodies['approval_given'], { by, entered, now }: Deciding): Word {
  const { proof, note, document = null, signature = null } = body;
  const who = { by: by ?? entered, at: now, enteredBy: entered, platform: null, isLate: false };
  return { id: 'this', ...who, proof, note, document, signature };
}

async function bodyOf(
  { approval, environment }: Open,
  { by, text, key, entered }: Deciding,
  history: History,
  input: CommandInput,
): Promise<Result<RecordBodies['approval_given']>> {
  const { id } = approval;
  if (key === undefined) {
    const typed = by === undefined || by === entered ? {} : { entered_by: entered };
    return ok({ approval: id, proof: 'unsigned', note: text, ...typed });
  }
  const document = signedText(
    documentOf(askedIn(history.service, environment, approval), approval),
  );
  const signature = await signWith(keyFile(key, input), document, history, input);
  if (!signature.ok) return signature;
  const signed = { proof: 'signed', document, signature: signature.value } as const;
  return ok({ approval: id, note: text, ...signed });
}

/** Shells leave `--sign=~/.ssh/id` as it is. */
function keyFile(written: string, { io }: CommandInput): string {
  const home = io.env['HOME'] ?? os.homedir();
  return path.resolve(io.cwd, written.replace(/^~(?=\/)/, home));
}

function givenText(
  open: Open,
  required: number,
  { approvers }: Counted,
  approver: Approver | undefined,
  { proof, entered_by: typed }: RecordBodies['approval_given'],
): Decided {
  const { approval, environment } = open;
  const by = approver?.name ?? 'nobody';
  const version = approval.release.version;
  const attributed = typed == null ? '' : `, typed by ${typed}`;
  const have = approvers.length;
  const next =
    have < required
      ? `${have} of ${required} have approved it`
      : 'go on: nemesis deploy:pipeline --from production';
  return {
    lines: [`approved ${version} for ${environment} as ${by}, ${proof}${attributed}`, next],
    result: { ...resultOf(open, 'approved', by, proof), have, required },
  };
}

function resultOf({ approval, environment }: Open, decision: string, by: string, proof: string) {
  const { id, release, gates, plan, evidence, accepts, expiresAt } = approval;
  const { version, commit, artifact } = release;
  return {
    ...{ schema: 'nemesis.approval-result/1', decision, by, proof, approval: id, environment },
    ...{ version, commit, artifact, gates, plan, evidence, accepts },
    expires_at: new Date(expiresAt).toISOString(),
  };
}
