/** Which environment is meant, and where: all that is needed to act on it where no configuration can be read. */

import { environmentFolder } from './folders.ts';

export interface LocalEnvironment {
  readonly service: string;
  readonly environment: string;
  /** See `userStateFolder`. */
  readonly stateFolder: string;
  /** The daemon's program: `dist/daemon.js`, or `daemon.ts` from source. */
  readonly daemonEntry: string;
  /** The caller's variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const folderOf = ({ stateFolder, service, environment }: LocalEnvironment): string =>
  environmentFolder(stateFolder, service, environment);

const BASE_NAMES = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'],
];

/** What every program needs, and no more: an instance shall not depend on who happened to start it. */
export function baseEnvironment(env: LocalEnvironment['env']): Record<string, string> {
  const names = Object.keys(env).filter(
    (name) => BASE_NAMES.includes(name) || name.startsWith('LC_'),
  );
  return pick(env, names);
}

export function pick(
  env: LocalEnvironment['env'],
  names: readonly string[],
): Record<string, string> {
  const found = names.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}
