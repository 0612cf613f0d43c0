/** Understands how a call of a script ended. Its exit code is only a wish taken or not; `observe` tells the truth. Pure. */

import { z } from 'zod';
import type { DriverFailure } from '../../driver.ts';
import type { Called } from '../../scripts/call.ts';
import { endText } from '../../scripts/said.ts';

/** The exit code of an `apply` that follows a newer fence. */
const FENCED_OUT = 9;

/** The system says that no other try will do better. */
const FOR_GOOD = /^(?:ENOENT|EACCES|ENOEXEC|EINVAL|E2BIG|CWD_.*)$/;

const Refusal = z.object({ refused: z.string().min(1) });
const Newer = z.object({ fence: z.int() });

export interface Words {
  /** The script, as it is shown: `ops/apply`. */
  readonly name: string;
  /** The last line of its standard error, as it stands. */
  readonly lastError: string;
  /** Makes words from outside fit for people. */
  readonly shown: (text: string) => string;
  /** Why it may have failed, as far as nemesis knows. */
  readonly hint: string;
}

/** Undefined where it ended with exit code 0. */
export function failureIn({ end }: Called, words: Words): DriverFailure | undefined {
  const { name, shown, hint } = words;
  if (end.kind === 'exited') {
    if (end.code === 0) return undefined;
    const refused = jsonAs(Refusal, words.lastError)?.refused;
    if (refused !== undefined) return { kind: 'refused', message: shown(refused) };
    const why = shown(words.lastError);
    const said = why === '' ? ' and nothing on standard error' : `: ${why}`;
    return { kind: 'unreachable', message: `${name}: exit code ${end.code}${said}${hint}` };
  }
  if (end.kind === 'aborted') return { kind: 'aborted' };
  const message = `${name}: ${shown(endText(end))}${hint}`;
  if (end.kind === 'output_capped') return { kind: 'bad_answer', message };
  const isForGood = end.kind === 'not_started' && FOR_GOOD.test(end.code);
  return { kind: isForGood ? 'refused' : 'unreachable', message };
}

/** The newest fence as the script says it, else the least it can be; undefined where it was not fenced out. */
export function fencedOut({ end, stdout }: Called, fence: number): DriverFailure | undefined {
  if (end.kind !== 'exited' || end.code !== FENCED_OUT) return undefined;
  const newest = Math.max(jsonAs(Newer, stdout.toString())?.fence ?? 0, fence + 1);
  return { kind: 'fenced_out', fence, newest };
}

function jsonAs<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
