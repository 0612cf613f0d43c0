/** The approvals of one environment as the commands read and lengthen them. */

import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { fail, ok, type Result } from '../failure.ts';
import type { JournalRecord } from '../history/records.ts';
import type { Stream } from '../history/journal.ts';
import { approvalsIn, APPROVAL_TYPES, type Approval } from '../pipeline/approvals.ts';
import type { Refusal } from '../pipeline/approval/count.ts';
import { CONTROL } from './history-options.ts';
import { headStands, rememberEnd } from './history-streams.ts';
import type { History } from './history.ts';

const MOST_RECORDS = 2000;
const LONGEST_WHY = 500;

/** The oldest first. @param now by the store's clock */
export async function readApprovals(
  { store, told }: History,
  stream: Stream,
  now: number,
): Promise<Result<readonly Approval[]>> {
  const newest = await store.newest(stream, APPROVAL_TYPES, MOST_RECORDS);
  return newest.ok ? ok(approvalsIn([...newest.value].reverse(), now)) : fail(told(newest.failure));
}

/** Expiry goes by the store's clock: that of who asks may be set. */
export async function storeNow({ store, told }: History): Promise<Result<number>> {
  const now = await store.now();
  return now.ok ? ok(now.value) : fail(told(now.failure));
}

/** Adds records in somebody's name. */
export async function appendAs(
  history: History,
  environment: string,
  actor: string,
  at: number,
  records: readonly JournalRecord[],
): Promise<Result<void>> {
  if (records.length === 0) return ok(undefined);
  const stream = { service: history.service, environment };
  const stands = await headStands(history, stream);
  if (!stands.ok) return stands;
  const who = { at, actor, host: os.hostname() };
  const drafts = records.map(({ type, body }) => ({
    ...{ id: randomUUID(), type, ...who },
    body: { ...body },
  }));
  const appended = await history.store.append(stream, drafts);
  if (!appended.ok) return fail(history.told(appended.failure));
  const last = appended.value.at(-1);
  if (last !== undefined) rememberEnd(history, stream, last);
  return ok(undefined);
}

/** Each attempt is recorded once for each reason it was refused for. */
export function refusalRecords(
  { id, refused: before }: Approval,
  refused: readonly Refusal[],
): readonly JournalRecord[] {
  const clean = (text: string) => text.replace(CONTROL, '').slice(0, LONGEST_WHY);
  return refused.flatMap(({ word, by, proof, why }): JournalRecord[] => {
    const body = { approval: id, by: clean(by), proof, why: clean(why), word };
    const isKnown =
      word !== null && before.some((one) => one.word === word && one.why === body.why);
    return isKnown ? [] : [{ type: 'approval_refused', body }];
  });
}
