/** Finds a program as a shell would, without one. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

export type ResolvedBinary =
  | { readonly ok: true; readonly file: string }
  | {
      readonly ok: false;
      /** Folders searched, in order; for a path, the path itself. */
      readonly lookedIn: readonly string[];
      /** `not_executable`: a file of that name is there, but nobody may run it. */
      readonly reason: 'not_found' | 'not_executable';
    };

/**
 * `path` is a PATH value. Empty and relative entries are passed over: they would mean "whatever folder
 * we happen to be in". A `name` with a slash must be absolute and is not searched for.
 */
export function resolveBinary(name: string, path: string): ResolvedBinary {
  const isPath = name.includes('/');
  const dirs = path.split(delimiter).filter((dir) => isAbsolute(dir));
  const lookedIn = isPath ? [name] : [...new Set(dirs)];
  let reason: 'not_found' | 'not_executable' = 'not_found';
  if (name === '' || (isPath && !isAbsolute(name))) return { ok: false, lookedIn, reason };
  for (const place of lookedIn) {
    const file = isPath ? place : join(place, name);
    const found = inspect(file);
    if (found === 'executable') return { ok: true, file };
    if (found === 'not_executable') reason = found;
  }
  return { ok: false, lookedIn, reason };
}

function inspect(file: string): 'executable' | 'not_executable' | 'not_found' {
  try {
    if (!statSync(file).isFile()) return 'not_found';
  } catch {
    return 'not_found';
  }
  try {
    accessSync(file, constants.X_OK);
    return 'executable';
  } catch {
    return 'not_executable';
  }
}
