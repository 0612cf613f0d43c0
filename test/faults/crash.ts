/** Killing or failing a command at every system call of a kind, and looking at what is left. */

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { headsIn } from '../../src/history/heads.ts';
import type { Store } from '../../src/history/store.ts';
import { openSqlite } from '../../src/history/stores/sqlite.ts';
import { verifyStore } from '../../src/history/verify.ts';
import { PAYMENTS, request, value } from '../contracts/store.ts';
import { countCalls, finish, underStrace, workerArgs, type Finished } from './run-worker.ts';

export const CALLS = ['pwrite64', 'fsync', 'fdatasync', 'rename'] as const;
export type Call = (typeof CALLS)[number];

export const KINDS = {
  SIGKILL: (n: number) => `signal=SIGKILL:when=${n}`,
  'EIO once': (n: number) => `error=EIO:when=${n}`,
  'EIO from there on': (n: number) => `error=EIO:when=${n}+`,
  'ENOSPC once': (n: number) => `error=ENOSPC:when=${n}`,
  'ENOSPC from there on': (n: number) => `error=ENOSPC:when=${n}+`,
} as const;
export type Kind = keyof typeof KINDS;

/** What one run left behind that it should not have. */
export interface Outcome {
  readonly point: string;
  readonly acknowledged: number;
  readonly violations: readonly string[];
}

export const EVENTS = 12;

/** One run of a command with 12 events, with a fault at the n-th call of a kind. */
export async function faultAt(call: Call, kind: Kind, n: number): Promise<Outcome> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-fault-'));
  const file = path.join(folder, 'state', 'history.sqlite');
  try {
    const command = workerArgs('deployment', file, 'w', EVENTS);
    const run = await finish(underStrace(call, KINDS[kind](n), command));
    const { acknowledged, violations } = await judge(file, run);
    return { point: `${kind} at ${call} ${n}`, acknowledged, violations };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isGood = (result: string) => result === 'ok' || result === 'granted';

/** The failures a command may report; anything else on the way is a defect. */
const TOLD = new Set([
  'ok',
  'granted',
  'unreachable',
  'uncertain',
  'full',
  'busy',
  'fenced_out',
  'read_only',
]);

async function judge(
  file: string,
  run: Finished,
): Promise<{ acknowledged: number; violations: string[] }> {
  const violations: string[] = [];
  if (run.stderr.trim() !== '') violations.push(`stderr: ${run.stderr.trim().slice(0, 300)}`);
  const ends = run.lines.flatMap(({ id = 'a call', result }) => (result ? [{ id, result }] : []));
  for (const { id, result } of ends)
    if (!TOLD.has(result)) violations.push(`${id} ended as ${result}`);

  const opened = await openSqlite(file);
  if (!opened.ok)
    return { acknowledged: 0, violations: [...violations, 'it cannot be opened again'] };
  const store: Store = opened.value;
  const events = value(await store.read(PAYMENTS, 0, 1_000));
  const appended = ends.filter(({ id }) => id !== 'a call');
  const acknowledged = appended.filter(({ result }) => isGood(result));
  for (const { id, result } of appended) {
    const count = events.filter((event) => event.id === id).length;
    const expected = isGood(result) ? 1 : 0;
    if (result !== 'uncertain' && count !== expected)
      violations.push(`${id} ended as ${result} and is there ${count} times`);
  }
  // What this machine remembers was acknowledged, so it has to be there.
  const report = value(await verifyStore(store, headsIn(path.dirname(file))));
  if (!report.sound) violations.push(`the journal is not sound: ${JSON.stringify(report)}`);
  const highest = Math.max(0, ...events.map(({ fence }) => fence));
  const token = await nextToken(store);
  if (token <= highest) violations.push(`token ${token} after ${highest}`);
  await store.close();
  return { acknowledged: acknowledged.length, violations };
}

/** Whoever comes next is not kept from working: by force, as the lease of the dead is still fresh. */
async function nextToken(store: Store): Promise<number> {
  const next = await store.acquire(PAYMENTS, request('next', { force: true }));
  return next.ok && next.value.kind === 'granted' ? next.value.lease.token : 0;
}

/** How many calls of a kind the command makes when nothing fails. */
export async function lastPoint(call: Call): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-fault-'));
  const file = path.join(folder, 'state', 'history.sqlite');
  const count = await countCalls(call, workerArgs('deployment', file, 'w', EVENTS));
  rmSync(folder, { recursive: true, force: true });
  return count;
}

/** A fault at each of these points, as many at once as the machine has cores. */
export async function faultsAt(
  call: Call,
  kind: Kind,
  points: readonly number[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = [...points];
  const lane = async () => {
    for (let point = left.shift(); point !== undefined; point = left.shift())
      outcomes.push(await faultAt(call, kind, point));
  };
  await Promise.all(Array.from({ length: Math.max(2, os.availableParallelism()) }, lane));
  return outcomes;
}
