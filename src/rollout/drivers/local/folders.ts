/** Where a local environment keeps what, below the user's own state folder. */

import { hash } from 'node:crypto';
import { chmodSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../../config/make-folder.ts';
import { fail, ok, type Result } from '../../../failure.ts';
import { releaseKey } from '../../driver.ts';
import type { ReleaseRecord } from '../../../history/records.ts';

/** What the kernels take for the name of a socket: 104 bytes on macOS, 108 on Linux, with the zero at the end. */
const LONGEST_SOCKET_PATH = 103;
const NAME_LENGTH = 16;

const short = (text: string): string => hash('sha256', text).slice(0, NAME_LENGTH);

/** The folder that all local environments of a user lie in. */
export const localFolder = (stateFolder: string): string => path.join(stateFolder, 'local');

export function environmentFolder(
  stateFolder: string,
  service: string,
  environment: string,
): string {
  return path.join(localFolder(stateFolder), short(JSON.stringify([service, environment])));
}

/** In the environment's folder where that is short enough, else in one of the user's own in `/tmp`. */
export function socketPathIn(folder: string): string {
  const near = path.join(folder, 'control.sock');
  if (Buffer.byteLength(near) <= LONGEST_SOCKET_PATH) return near;
  return path.join('/tmp', `nemesis-${process.getuid?.() ?? 0}`, `${short(folder)}.sock`);
}

export const stateFile = (folder: string): string => path.join(folder, 'state.json');
export const nameFile = (folder: string): string => path.join(folder, 'environment.json');
export const instancesFile = (folder: string): string => path.join(folder, 'instances.json');
export const trafficFile = (folder: string): string => path.join(folder, 'traffic.json');
export const daemonFile = (folder: string): string => path.join(folder, 'daemon.json');
export const lockFile = (folder: string): string => path.join(folder, 'lock');
export const daemonLog = (folder: string): string => path.join(folder, 'daemon.log');
export const logsFolder = (folder: string): string => path.join(folder, 'logs');
export const releasesFolder = (folder: string): string => path.join(folder, 'releases');

/** A name for a release that is a name for a folder, too. */
export const folderName = (release: ReleaseRecord): string => short(releaseKey(release));

export const releaseFolder = (folder: string, release: ReleaseRecord): string =>
  path.join(releasesFolder(folder), folderName(release));

/** Makes the folder, readable by this user alone. Another user's folder is refused: he could put anything in it. */
export function ownFolder(folder: string): Result<void, string> {
  try {
    makeFolder(folder, 0o700);
    const stat = lstatSync(folder);
    const me = process.getuid?.();
    if (!stat.isDirectory()) return fail(`${folder} is not a folder`);
    if (me !== undefined && stat.uid !== me) return fail(`${folder} belongs to another user`);
    if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
    return ok(undefined);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return fail(`${folder} cannot be made: ${code}`);
  }
}

/** The same for the folder of the socket, where that is another one. */
export const ownSocketFolder = (folder: string): Result<void, string> =>
  ownFolder(path.dirname(socketPathIn(folder)));
