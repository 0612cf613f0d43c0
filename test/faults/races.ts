/** Many who want the same lease, holders of old tokens, and one that was frozen while another took over. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Store } from '../../src/history/store.ts';
import { draft, PAYMENTS, request, value } from '../contracts/store.ts';
import { finish, linesOf, workerArgs, type Line } from './run-worker.ts';

export interface RaceResult {
  readonly rounds: number;
  /** Rounds with exactly one winner. */
  readonly won: number;
  readonly refused: number;
  readonly errors: readonly string[];
}

/** Processes that all reach for the same lease at the same moment, round after round. */
export async function raceProcesses(
  place: string,
  processes: number,
  rounds: number,
): Promise<RaceResult> {
  const start = Date.now() + 300 + processes * 80;
  const runs = await Promise.all(
    Array.from({ length: processes }, (_, n) =>
      finish(workerArgs('race', place, `w${n}`, `${rounds}@${start}`)),
    ),
  );
  const lines = runs.flatMap((run) => run.lines);
  const errors = runs.map(({ stderr }) => stderr.trim()).filter((text) => text !== '');
  return counted(rounds, lines, errors);
}

/** The same with many clients in this process. */
export async function raceClients(stores: readonly Store[], rounds: number): Promise<RaceResult> {
  const lines: Line[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const stream = { ...PAYMENTS, environment: `r${round}` };
    const grants = await Promise.all(
      stores.map((store, n) => store.acquire(stream, request(`w${n}`))),
    );
    for (const grant of grants)
      lines.push({ id: `r${round}`, result: grant.ok ? grant.value.kind : grant.failure.kind });
  }
  return counted(rounds, lines, []);
}

function counted(rounds: number, lines: readonly Line[], errors: readonly string[]): RaceResult {
  const odd = lines.filter(({ result }) => result !== 'granted' && result !== 'held');
  const winners = Array.from(
    { length: rounds },
    (_, round) =>
      lines.filter(({ id, result }) => id === `r${round}` && result === 'granted').length,
  );
  return {
    rounds,
    won: winners.filter((count) => count === 1).length,
    refused: lines.filter(({ result }) => result === 'held').length,
    errors: [...errors, ...odd.map(({ id, result }) => `${id ?? ''} ${result ?? ''}`)],
  };
}

/** @returns how many writes with a token that is no longer the newest were accepted */
export async function staleWrites(store: Store, writes: number): Promise<number> {
  value(await store.acquire(PAYMENTS, request('old', { ttlMs: 0 })));
  value(await store.acquire(PAYMENTS, request('new')));
  let accepted = 0;
  for (let n = 0; n < writes; n += 1) {
    const result = await store.append(PAYMENTS, [draft(`stale-${n}`)], 1);
    if (result.ok || result.failure.kind !== 'fenced_out') accepted += 1;
  }
  return accepted + value(await store.read(PAYMENTS, 0, 1)).length;
}

/** @returns what the holder's late calls ended as, after it was stopped past its lease and another took over */
export async function frozenHolder(store: Store, place: string): Promise<readonly string[]> {
  const [file = '', ...args] = workerArgs('hold', place, 'frozen', 100);
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => linesOf(String((await lines.next()).value))[0]?.result ?? 'nothing';
  try {
    const granted = await next();
    if (granted !== 'granted') return [granted];
    child.kill('SIGSTOP');
    for (;;) {
      const taken = value(await store.acquire(PAYMENTS, request(`next-${child.pid}`)));
      if (taken.kind === 'granted') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.stdin.write('wake\n');
    child.kill('SIGCONT');
    const late = [await next(), await next()];
    await once(child, 'exit');
    const { token = 0 } = value(await store.lease(PAYMENTS)) ?? {};
    value(await store.release(PAYMENTS, token));
    return late;
  } finally {
    child.kill('SIGKILL');
  }
}
