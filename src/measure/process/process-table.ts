/**
 * What the kernel knows about running processes, read from `/proc`. Where there is none (macOS) every
 * question is answered with "nothing known", never with an error.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Pids of the group's living members (zombies are not alive), or undefined without a `/proc`. */
export function groupMembers(pgid: number): readonly number[] | undefined {
  const pids = listPids();
  return pids?.filter((pid) => {
    const stat = readStat(pid);
    return stat?.group === pgid && stat.state !== 'Z' && stat.state !== 'X';
  });
}

/** Pids of other processes whose environment holds exactly `NAME=value`; none without a `/proc`. */
export function processesWith(variable: string): readonly number[] {
  const wanted = Buffer.from(`${variable}\0`);
  return (listPids() ?? []).filter((pid) => pid !== process.pid && hasVariable(pid, wanted));
}

/**
 * A text that no other process with this pid will ever have: boot id and start tick (proc(5), field
 * 22). Undefined when the process is gone or the system cannot tell.
 */
export function processStartToken(pid: number): string | undefined {
  const stat = readStat(pid);
  if (stat === undefined) return undefined;
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${boot}:${stat.startTick}`;
}

/** Does the very process run that had this token? A zombie does not. Without a `/proc`: any process with this pid. */
export function isRunning(pid: number, startToken: string | undefined): boolean {
  if (startToken === undefined) return hasProcess(pid);
  const stat = readStat(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return false;
  return processStartToken(pid) === startToken;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

interface Stat {
  readonly state: string;
  readonly group: number;
  readonly startTick: string;
}

function listPids(): readonly number[] | undefined {
  try {
    return readdirSync('/proc').filter(isNumeric).map(Number);
  } catch {
    return undefined;
  }
}

const isNumeric = (name: string): boolean => /^\d+$/.test(name);

function readStat(pid: number): Stat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  // The name in field 2 may hold spaces and brackets, so count from the last bracket.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, group, startTick] = [fields?.[0], fields?.[2], fields?.[19]];
  if (state === undefined || group === undefined || startTick === undefined) return undefined;
  return { state, group: Number(group), startTick };
}

function hasVariable(pid: number, wanted: Buffer): boolean {
  let environment: Buffer;
  try {
    environment = readFileSync(`/proc/${pid}/environ`);
  } catch {
    return false; // gone, or another user's
  }
  const at = environment.indexOf(wanted);
  return at === 0 || (at > 0 && environment.includes(Buffer.concat([Buffer.of(0), wanted])));
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
