/** A person's word on a release that waits for it: recorded, unsigned until it can be proven whose it was. */

import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { fail, ok, type Result } from '../failure.ts';
import type { JournalRecord } from '../history/records.ts';
import { approvalsIn, APPROVAL_TYPES, type Approval } from '../pipeline/approvals.ts';
import { harmless } from '../report/text.ts';
import type { CommandInput } from './commands/command.ts';
import type { Ending } from './exit.ts';
import { lineOption } from './history-options.ts';
import { actorIn, headStands, rememberEnd } from './history-streams.ts';
import { withHistory, type History } from './history.ts';
import { failed, usage } from './store-failure.ts';

const MOST_RECORDS = 2000;

export function decideApproval(input: CommandInput, word: 'given' | 'rejected'): Promise<Ending> {
  const { io, options, operands } = input;
  const by = lineOption(options, 'by');
  if (!by.ok) return Promise.resolve(failed(by.failure));
  const said = lineOption(options, word === 'given' ? 'note' : 'reason', 1000);
  if (!said.ok) return Promise.resolve(failed(said.failure));
  return withHistory(input, 'write', async (history) => {
    const waiting = await waitingIn(history, io.now());
    if (!waiting.ok) return failed(waiting.failure);
    const found = meant(waiting.value, operands[0]);
    if (!found.ok) return failed(found.failure);
    const { approval, environment } = found.value;
    const stream = { service: history.service, environment };
    const stands = await headStands(history, stream);
    if (!stands.ok) return failed(stands.failure);
    const actor = by.value ?? (await actorIn(history.session, io.env));
    const { type, body } = wordOf(approval.id, word, said.value ?? '');
    const draft = { id: randomUUID(), type, at: io.now(), actor, host: os.hostname() };
    const noted = await history.store.append(stream, [{ ...draft, body: { ...body } }]);
    if (!noted.ok) return failed(history.told(noted.failure));
    const last = noted.value.at(-1);
    if (last !== undefined) rememberEnd(history, stream, last);
    const verb = word === 'given' ? 'approved' : 'rejected';
    const { version } = approval.release;
    io.out(harmless(`${verb} ${version} for ${environment} as ${actor}, unsigned`) + '\n');
    if (word === 'given') io.out('go on: nemesis deploy:pipeline --from production\n');
    return { kind: 'yes' };
  });
}

function wordOf(approval: string, word: 'given' | 'rejected', said: string): JournalRecord {
  return word === 'given'
    ? { type: 'approval_given', body: { approval, proof: 'unsigned', note: said } }
    : { type: 'approval_rejected', body: { approval, reason: said === '' ? 'no reason' : said } };
}

interface Waiting {
  readonly environment: string;
  readonly approval: Approval;
}

async function waitingIn(
  { store, service, told }: History,
  now: number,
): Promise<Result<readonly Waiting[]>> {
  const environments = await store.streams();
  if (!environments.ok) return fail(told(environments.failure));
  const found: Waiting[] = [];
  for (const stream of environments.value.filter((one) => one.service === service)) {
    const newest = await store.newest(stream, APPROVAL_TYPES, MOST_RECORDS);
    if (!newest.ok) return fail(told(newest.failure));
    const { environment } = stream;
    for (const approval of approvalsIn([...newest.value].reverse(), now))
      if (approval.state.kind === 'waiting' || approval.state.kind === 'given')
        found.push({ environment, approval });
  }
  return ok(found);
}

/** By the id of the approval, by the version, or the only one that waits. */
function meant(waiting: readonly Waiting[], named: string | undefined): Result<Waiting> {
  const open = waiting.filter(
    ({ approval }) =>
      named === undefined || approval.id === named || approval.release.version === named,
  );
  const [only, ...more] = open.filter(({ approval }) => approval.state.kind === 'waiting');
  if (only !== undefined && more.length === 0) return ok(only);
  const list = waiting.map(({ approval, environment }) => {
    return `${approval.id}  ${approval.release.version} for ${environment}, asked by ${approval.requestedBy}`;
  });
  if (more.length > 0) return fail(wrongly('which of them?', list));
  const [decided] = open;
  if (decided !== undefined) return ok(decided);
  return fail(wrongly('nothing waits for approval under that name', list));
}

function wrongly(message: string, list: readonly string[]) {
  const failure = usage(message, list[0] ?? 'nothing waits for approval');
  return 'help' in failure ? { ...failure, ...(list.length > 1 && { help: list }) } : failure;
}
