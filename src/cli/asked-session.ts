/** The session a command asks for: of the work tree, or with the configuration of a protected ref. */

import type { Result } from '../failure.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { openSession, type Session } from './session.ts';

/** @param ref of `--trusted-config`; undefined: the work tree has the word */
export async function openAsked(
  io: Io,
  parts: Parts,
  cwd: string | undefined,
  ref: string | undefined,
): Promise<Result<Session>> {
  if (ref === undefined) return openSession(io, parts, cwd);
  return (await import('./trusted-config.ts')).openTrusted(io, parts, cwd, ref);
}
