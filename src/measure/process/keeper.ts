/**
 * Tidies up after the tests, also when nemesis itself is killed: a process in a session of its own, at a pipe that only
 * nemesis holds.
 *
 *   nemesis ── { task }   what is to be done at the end  ──▶ keeper
 *           ── { group }  something runs in the background
 *           ── { env }    variables for the end
 *           ── end of file: the tests are over, or nemesis died ─▶ teardown, one command after the other, each bounded;
 *                         then TERM to what runs in the background, a grace, KILL
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { openAppending } from './launch-detached.ts';

export interface KeeperCommand {
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

export interface KeeperTask {
  readonly commands: readonly KeeperCommand[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** From TERM to KILL for what runs in the background, in ms. */
  readonly graceMs: number;
  /** Where the outcomes are written, as JSON. */
  readonly outcomeFile: string;
  /** Where commands write to. */
  readonly logFile: string;
}

const Outcomes = z.array(
  z.object({
    name: z.string(),
    /** `0`, `1`, `SIGKILL`, `timed out`, or why it could not be started. */
    ended: z.string(),
  }),
);
export type KeeperOutcome = z.infer<typeof Outcomes>[number];

export interface Keeper {
  /** The process group is ended in the end; the newest first. */
  guard(group: number): void;
  /** Variables for the commands, beside those of the task. */
  tell(env: Readonly<Record<string, string>>): void;
  /** Has it tidied up, and waits for it; undefined where it did not tell how that went. */
  finish(): Promise<readonly KeeperOutcome[] | undefined>;
}

/** @throws the system's error, where no process can be started */
export async function startKeeper(task: KeeperTask): Promise<Keeper> {
  const log = openAppending(task.logFile);
  try {
    const program = `(${keep.toString()})()`;
    const child = spawn(process.execPath, ['-e', program, 'nemesis-keeper'], {
      cwd: '/',
      env: {},
      stdio: ['pipe', log, log],
      detached: true,
    });
    if (child.pid === undefined) throw (await once(child, 'error'))[0];
    child.stdin!.on('error', () => undefined);
    const say = (message: object) => void child.stdin!.write(`${JSON.stringify(message)}\n`);
    say({ task });
    return {
      guard: (group) => say({ group }),
      tell: (env) => say({ env }),
      async finish() {
        const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
        child.stdin!.end();
        const most = task.commands.reduce((sum, { timeoutMs }) => sum + timeoutMs, 0);
        const timer = setTimeout(() => child.kill('SIGKILL'), most + task.graceMs + SPARE_MS);
        await ended;
        clearTimeout(timer);
        return outcomesIn(task.outcomeFile);
      },
    };
  } finally {
    closeSync(log);
  }
}

/** On top of what everything may take, in ms. */
const SPARE_MS = 10_000;

function outcomesIn(file: string): readonly KeeperOutcome[] | undefined {
  try {
    return Outcomes.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The keeper's whole program: it is handed over as text, so nothing outside of it can be named in it. */
function keep(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const fs = process.getBuiltinModule('node:fs');
  let heard = '';
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => undefined);
  }
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text: string) => (heard += text));
  process.stdin.on('error', () => void tidy());
  process.stdin.on('end', () => void tidy());

  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  function send(group: number, signal: NodeJS.Signals | 0): boolean {
    try {
      process.kill(-group, signal);
      return true;
    } catch {
      return false;
    }
  }

  function run(
    command: KeeperCommand,
    task: KeeperTask,
    env: Readonly<Record<string, string>>,
  ): Promise<string> {
    return new Promise((resolve) => {
      const child = spawn(command.file, [...command.argv], {
        cwd: task.cwd,
        env,
        stdio: ['ignore', 1, 2],
        detached: true,
      });
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        if (child.pid !== undefined) send(child.pid, 'SIGKILL');
      }, command.timeoutMs);
      const end = (how: string) => {
        clearTimeout(timer);
        resolve(late ? 'timed out' : how);
      };
      child.on('error', (error) => end(error.message));
      child.on('exit', (code, signal) => end(String(code ?? signal)));
    });
  }

  async function tidy(): Promise<void> {
    const lines = heard.split('\n').slice(0, -1);
    const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const task = said.find((one) => 'task' in one)?.['task'] as KeeperTask | undefined;
    if (task === undefined) return;
    const env = Object.assign({}, task.env, ...said.map((one) => one['env'])) as typeof task.env;
    const outcomes: { name: string; ended: string }[] = [];
    for (const command of task.commands) {
      outcomes.push({ name: command.name, ended: await run(command, task, env) });
    }
    const groups = said.flatMap(({ group }) => (typeof group === 'number' ? [group] : []));
    for (const group of groups.reverse()) {
      send(group, 'SIGTERM');
      const deadline = performance.now() + task.graceMs;
      while (send(group, 0) && performance.now() < deadline) await pause(20);
      send(group, 'SIGKILL');
    }
    try {
      fs.writeFileSync(task.outcomeFile, JSON.stringify(outcomes), { mode: 0o600 });
    } catch {
      // the folder went with nemesis: nobody will ask
    }
  }
}
