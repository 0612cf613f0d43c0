/**
 * A stand-in for nemesis that the tests can kill. `node host.ts <what> <run id> <folder>`; it works in
 * the folder and prints `ready` (or a pid) when there is something to look at.
 */
import { spawn } from 'node:child_process';
import { createProcessEngine } from '../../../src/measure/process/engine.ts';
import { createWatchdog } from '../../../src/measure/process/watchdog.ts';
import { SYSTEM_PATH } from './system-path.ts';

const [what = '', runId = '', dir = ''] = process.argv.slice(2);
const env = { PATH: SYSTEM_PATH };
const engine = createProcessEngine({ runId });
const sh = (script: string) =>
  engine.run({
    file: '/bin/sh',
    argv: ['-c', script],
    cwd: dir,
    env,
    timeoutMs: 600_000,
    outputCapBytes: 1_000_000,
    outputDir: dir,
  });

const scenes: Record<string, () => Promise<unknown> | undefined> = {
  /** Runs a script from the environment until somebody ends it. */
  busy() {
    const running = sh(process.env['SCRIPT'] ?? 'exec sleep 600');
    console.log('running');
    return running;
  },
  /** Dies in the very tick in which its process came to life. */
  'at once'() {
    void sh('echo $$ > pid; exec sleep 600');
    process.kill(process.pid, 'SIGKILL');
    return undefined;
  },
  /** Leaves without saying goodbye. */
  'exit without close': async () => {
    await sh('exit 0');
    process.exit(7);
  },
  /** Ends like nemesis does. */
  close: async () => {
    await sh('exit 0');
    await engine.close();
  },
  /** Starts something that is meant to live on. */
  detached: async () => {
    await sh('exit 0');
    const launch = await engine.launchDetached({
      file: '/bin/sh',
      argv: ['-c', 'echo hello; env; exec sleep 600'],
      cwd: dir,
      env: { ...env, NEMESIS_RUN: runId, NEMESIS_PROCESS: `${runId}:1` },
      logFile: `${dir}/log`,
    });
    console.log(JSON.stringify(launch));
    await sh('exec sleep 600');
  },
  /** Two groups of its own making, one of them taken off the watchdog's list again. */
  released: () => {
    const watchdog = createWatchdog(`NEMESIS_RUN=${runId}`);
    watchdog.start();
    const [kept, released] = [1, 2].map(() =>
      spawn('/bin/sleep', ['600'], { stdio: 'ignore', detached: true, env }),
    );
    for (const child of [kept, released]) watchdog.guard(child?.pid as number);
    watchdog.release(released?.pid as number);
    console.log(JSON.stringify({ kept: kept?.pid, released: released?.pid }));
    return undefined;
  },
};

await scenes[what]?.();
