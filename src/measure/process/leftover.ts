/** Finds a process that a nemesis started which may be dead by now, and ends it. Without a `/proc` little is known. */

import { setTimeout as sleep } from 'node:timers/promises';
import { killProcessesWith, signalGroup } from './process-group.ts';
import { groupMembers, processesWith, processStartToken } from './process-table.ts';

/** A process as it was noted down when it was started. */
export interface NotedProcess {
  readonly pid: number;
  /** Its `processStartToken`; absent where the system knows none. */
  readonly startToken?: string | undefined;
}

/** Is it the same process still, and not a later one with its number? */
export function isSameProcess({ pid, startToken }: NotedProcess): boolean {
  if (startToken !== undefined) return processStartToken(pid) === startToken;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Pids of what is left of it: its group while it leads one, and what carries `NAME=value` in its environment.
 *
 * @param noted undefined where nobody came to note it
 */
export function leftOf(noted: NotedProcess | undefined, marker: string): readonly number[] {
  const leads = noted !== undefined && isSameProcess(noted);
  const group = leads ? (groupMembers(noted.pid) ?? [noted.pid]) : [];
  return [...new Set([...group, ...processesWith(marker)])];
}

/** TERM, then after `graceMs` KILL, to all that is left of it. Does nothing where it cannot be told from others. */
export async function endLeftover(
  noted: NotedProcess | undefined,
  marker: string,
  graceMs: number,
): Promise<void> {
  if (groupMembers(process.pid) === undefined) return;
  const leads = noted !== undefined && isSameProcess(noted);
  if (leads) signalGroup(noted.pid, 'SIGTERM');
  const deadline = performance.now() + graceMs;
  while (leftOf(noted, marker).length > 0 && performance.now() < deadline) await sleep(20);
  if (noted !== undefined && isSameProcess(noted)) signalGroup(noted.pid, 'SIGKILL');
  await killProcessesWith(marker);
}
