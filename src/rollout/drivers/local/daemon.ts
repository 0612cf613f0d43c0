/**
 * The program that outlives the command which started it: `node daemon.js <folder> <service> <environment>`. It keeps the
 * port and the instances of one environment until it is told to end them. Ended by a signal it leaves the instances
 * running, and the next daemon takes them over.
 */

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../config/make-folder.ts';
import type { DetachedRequest } from '../../../measure/process/contract.ts';
import { processStartToken } from '../../../measure/process/process-table.ts';
import { standBy, type Successor } from '../../../measure/process/successor.ts';
import { listenForControl } from './control.ts';
import {
  daemonFile,
  daemonLog,
  lockFile,
  logsFolder,
  ownFolder,
  ownSocketFolder,
  releasesFolder,
  socketPathIn,
} from './folders.ts';
import { capLog } from './log-files.ts';
import { takeLock } from './lock.ts';
import { readState, writeName } from './state.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { writeWhole } from './whole-file.ts';
import type { ControlAnswer, ControlRequest } from './wire.ts';

const CAP_EVERY_MS = 2000;
/** One that was started for nothing, because another was quicker, ends after this. */
const NOTHING_ASKED_MS = 5000;
/** One that is killed sooner is not started again, so that a daemon which cannot live does not come back for ever. */
const STEADY_MS = 2000;

/** Goes to the daemon's own log. */
function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

async function serve(folder: string, service: string, environment: string): Promise<void> {
  if (!existsSync(folder)) return; // whoever wanted it has taken it away meanwhile
  for (const owned of [ownFolder(folder), ownSocketFolder(folder)]) {
    if (!owned.ok) return log(owned.failure);
  }
  const lock = takeLock(lockFile(folder));
  if (lock === undefined) return; // another one serves, or is about to
  for (const name of [logsFolder(folder), releasesFolder(folder)]) makeFolder(name, 0o700);
  const state = readState(folder);
  if (!state.ok) return log(state.failure);
  writeName(folder, service, environment);
  const self = { pid: process.pid, startToken: processStartToken(process.pid) ?? null };
  writeWhole(daemonFile(folder), `${JSON.stringify(self)}\n`);

  log(`daemon ${process.pid} for ${service} in ${environment}`);
  const ready = Promise.withResolvers<Supervisor>();
  let successor: Successor | undefined;
  const steady = setTimeout(() => {
    successor = standBy(successorOf(folder, service, environment));
    log('a successor stands by');
  }, STEADY_MS);
  let isAsked = false;
  let unasked: NodeJS.Timeout | undefined;
  const capper = setInterval(() => capLogs(folder), CAP_EVERY_MS);

  const answer = async (request: ControlRequest): Promise<ControlAnswer> => {
    isAsked = true;
    clearTimeout(unasked);
    try {
      const supervisor = await ready.promise;
      switch (request.verb) {
        case 'observe':
          return { ok: true, value: supervisor.observe() };
        case 'apply':
          return await supervisor.apply(request);
        case 'down': {
          const ended = await supervisor.down(request.fence);
          if (ended.ok) setImmediate(end);
          return ended;
        }
      }
    } catch (error) {
      log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return { ok: false, failure: { kind: 'unreachable', message: String(error) } };
    }
  };
  const control = await listenForControl(socketPathIn(folder), answer);

  /** With nothing left to wait for, the process ends by itself; the lock with it. */
  function end(): void {
    control.close();
    clearInterval(capper);
    clearTimeout(unasked);
    clearTimeout(steady);
    successor?.dismiss();
  }
  try {
    const options = { folder, service, environment, state: state.value, log };
    const supervisor = await createSupervisor(options);
    const leave = (signal: string): void => {
      log(`${signal}: the instances go on`);
      end();
      void supervisor.abandon().then(() => lock.close());
    };
    process.once('SIGTERM', leave);
    process.once('SIGINT', leave);
    const isAtRest = (state.value?.desired.slots ?? []).length === 0;
    if (isAtRest && !isAsked) unasked = setTimeout(() => leave('nobody asks'), NOTHING_ASKED_MS);
    ready.resolve(supervisor);
  } catch (error) {
    end();
    ready.reject(error);
  }
}

/** The same program once more. Its lock makes sure that it leaves where another was quicker. */
function successorOf(folder: string, service: string, environment: string): DetachedRequest {
  const env = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    file: process.execPath,
    argv: [process.argv[1]!, folder, service, environment],
    cwd: folder,
    env: Object.fromEntries(env),
    logFile: daemonLog(folder),
  };
}

function capLogs(folder: string): void {
  capLog(daemonLog(folder));
  for (const name of readdirSync(logsFolder(folder))) {
    if (name.endsWith('.log')) capLog(path.join(logsFolder(folder), name));
  }
}

const [folder, service, environment] = process.argv.slice(2);
if (folder !== undefined && service !== undefined && environment !== undefined) {
  process.on('SIGHUP', () => undefined);
  // One connection that goes wrong in an unforeseen way must not end all the others.
  process.on('uncaughtException', (error) => log(error.stack ?? String(error)));
  process.on('unhandledRejection', (error) => log(String(error)));
  void serve(folder, service, environment);
}
