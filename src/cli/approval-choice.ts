/** Which of the releases that wait is meant, and what saying yes to it means. */

import { fail, ok, type Result } from '../failure.ts';
import { isOpen, type Approval } from '../pipeline/approvals.ts';
import { timeText } from '../report/history-text.ts';
import { readApprovals } from './approval-records.ts';
import type { History } from './history.ts';
import { usage } from './store-failure.ts';

export interface Open {
  readonly environment: string;
  readonly approval: Approval;
}

/** In all environments of the service. */
export async function waitingIn(history: History, now: number): Promise<Result<readonly Open[]>> {
  const { store, service, told } = history;
  const streams = await store.streams();
  if (!streams.ok) return fail(told(streams.failure));
  const found: Open[] = [];
  for (const stream of streams.value.filter((one) => one.service === service)) {
    const all = await readApprovals(history, stream, now);
    if (!all.ok) return all;
    const { environment } = stream;
    found.push(...all.value.filter(isOpen).map((approval) => ({ environment, approval })));
  }
  return ok(found);
}

/** By the id of the approval, by the version, or the only one that waits. */
export function meant(waiting: readonly Open[], named: string | undefined): Result<Open> {
  const open = waiting.filter(
    ({ approval }) =>
      named === undefined || approval.id === named || approval.release.version === named,
  );
  const [only, ...more] = open.filter(({ approval }) => approval.state.kind === 'waiting');
  if (only !== undefined && more.length === 0) return ok(only);
  const list = waiting.map(({ approval, environment }) => {
    const { id, release, requestedBy, expiresAt } = approval;
    const until = `waits until ${timeText(expiresAt)} UTC`;
    return `${id}  ${release.version} for ${environment}, asked by ${requestedBy}, ${until}`;
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

/** All of what is approved. */
export function approvalLines({ approval, environment }: Open): readonly string[] {
  const { release, gates, accepts, plan, requestedBy, expiresAt } = approval;
  const judged = Object.entries(gates).map(([gate, verdict]) => `${gate} ${verdict}`);
  return [
    `${release.version} for ${environment}, asked by ${requestedBy}, until ${timeText(expiresAt)} UTC`,
    `  commit    ${release.commit ?? 'not known'}`,
    `  artifact  ${release.artifact ?? 'none'}`,
    `  gates     ${judged.length === 0 ? 'none' : judged.join(', ')}`,
    `  plan      ${plan ?? 'not known'}`,
    ...accepts.map((one) => `  accepts   ${one}`),
  ];
}
