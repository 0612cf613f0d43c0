/**
 * What the scripts remember between calls, in `state.json`:
 *
 *   { fence, past: { RELEASE: {requests, errors} }, servers: { s1: { release, port, pid, born, base } } }
 *
 * `base` is what haproxy had counted for that server before this release had it; `past` is what ended servers counted.
 */

import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { counted } from './proxy.mjs';

export function readState(folder) {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'state.json'), 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return { fence: 0, past: {}, servers: {} };
  }
}

/** The old state or the new one, also after a crash. */
export function writeState(folder, state) {
  const file = path.join(folder, 'state.json');
  const draft = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(draft, JSON.stringify(state, null, 2));
    fsyncSync(draft);
  } finally {
    closeSync(draft);
  }
  renameSync(`${file}.new`, file);
}

export const keyOf = ({ version, artifact }) => JSON.stringify([version, artifact]);

/** Key of each release that lies in `releases/`, to its folder and what its `release.json` says. */
export function releasesIn(folder) {
  const home = path.join(folder, 'releases');
  const found = readdirSync(home).map((name) => {
    const release = JSON.parse(readFileSync(path.join(home, name, 'release.json'), 'utf8'));
    return [keyOf(release), { release, folder: path.join(home, name) }];
  });
  return new Map(found);
}

/** When the process was started; undefined where it is gone. No later process with its number has the same. */
export function bornOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export const runs = ({ pid, born }) => pid !== null && bornOf(pid) === born;

/** What a server counted for the release it has; haproxy begins again at 0 when it is restarted. */
export function countedFor({ base }, row) {
  const now = counted(row);
  const since = now.requests < base.requests ? { requests: 0, errors: 0 } : base;
  return {
    requests: now.requests - since.requests,
    errors: Math.max(0, now.errors - since.errors),
  };
}
