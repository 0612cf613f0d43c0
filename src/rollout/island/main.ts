/**
 * The island: `nemesis deploy:rollback --immediate`. It loads nothing of the rest of nemesis before the switch, so that it
 * works while configuration, gates, history and git do not. `bin/nemesis.js` comes here first.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { userStateFolder } from '../../history/heads.ts';
import { readWords } from './words.ts';
import { plain, mouth } from './say.ts';
import { rollBackNow, type Ended } from './roll-back-now.ts';

/** @param packageRoot folder of the installed nemesis */
export async function main(packageRoot: string): Promise<Ended> {
  const stop = new AbortController();
  let ended: Ended | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => stop.abort(name));
  try {
    const asked = readWords(process.argv.slice(3));
    if (!asked.ok) {
      mouth.err(
        `✖ ${plain(asked.failure)}\n  nemesis deploy:rollback --immediate [release] [--env name] [--service name]\n`,
      );
      return 'asked_wrongly';
    }
    const built = path.join(packageRoot, 'dist', 'daemon.js');
    const source = path.join(packageRoot, 'src/rollout/drivers/local/daemon.ts');
    ended = await rollBackNow(asked.value, {
      packageRoot,
      daemonEntry: existsSync(built) ? built : source,
      env: process.env,
      cwd: path.resolve(workingFolder(), asked.value.cwd ?? '.'),
      stateFolder: userStateFolder(process.env),
      signal: stop.signal,
    });
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    mouth.err(
      `✖ nemesis has a defect: ${plain(text)}\n  look at what serves: nemesis deploy:status\n`,
    );
    if (process.env['NEMESIS_DEBUG'] !== undefined && error instanceof Error)
      mouth.err(`${error.stack ?? ''}\n`);
    return 'rollback_failed';
  }
  return ended;
}

/** The folder may have been deleted under the terminal. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return path.sep;
  }
}
