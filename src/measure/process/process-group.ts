/** Ending process groups and marked processes, and waiting (with a bound) until they are gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { groupMembers, processesWith } from './process-table.ts';

/** How long a killed process may take to disappear before we stop waiting, in ms. */
const KILL_BOUND_MS = 1000;

/** Sends a signal to every member; a group that is gone is not an error. */
export function signalGroup(pgid: number, signal: NodeJS.Signals): void {
  sendTo(-pgid, signal);
}

/**
 * Lets a group whose leader has exited finish by itself for `drainMs`, then kills what is left.
 * Returns how many processes had to be killed (1 when the system cannot count them).
 */
export async function emptyGroup(pgid: number, drainMs: number): Promise<number> {
  if (await becomesEmpty(pgid, drainMs)) return 0;
  const killed = new Set<number>(groupMembers(pgid) ?? [pgid]);
  signalGroup(pgid, 'SIGKILL');
  await becomesEmpty(pgid, KILL_BOUND_MS);
  return killed.size;
}

/**
 * Kills every process whose environment holds `NAME=value`, all of them where several are given, again and again until
 * a look finds none (a killed parent may have forked meanwhile). Returns how many were killed.
 */
export async function killProcessesWith(...variables: readonly string[]): Promise<number> {
  const killed = new Set<number>();
  const deadline = performance.now() + KILL_BOUND_MS;
  for (;;) {
    const [first = [], ...rest] = variables.map(processesWith);
    const found = first.filter((pid) => rest.every((pids) => pids.includes(pid)));
    if (found.length === 0 || performance.now() > deadline) return killed.size;
    for (const pid of found) {
      killed.add(pid);
      sendTo(pid, 'SIGKILL');
    }
    await sleep(5);
  }
}

async function becomesEmpty(pgid: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    if (isEmpty(pgid)) return true;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(pauseMs, leftMs));
  }
}

function isEmpty(pgid: number): boolean {
  try {
    process.kill(-pgid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
  }
  // The group exists, but it may be zombies only, waiting for an init that is slow to collect them.
  return groupMembers(pgid)?.length === 0;
}

function sendTo(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // ESRCH: already gone. EPERM: not ours to end; the waiting above is bounded.
  }
}
