/**
 * A local environment, acted on with nothing but its socket: its daemon runs, so nobody has to be started. Where none
 * answers, the whole driver is loaded.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fail, ok } from '../../failure.ts';
import type { Stream } from '../../history/journal.ts';
import type { Driver, DriverFailure, DriverResult, Observed } from '../driver.ts';
import { ask } from '../drivers/local/client.ts';
import { localFolder, nameFile, socketPathIn } from '../drivers/local/folders.ts';

export type IslandDriver = Pick<Driver, 'kind' | 'dials' | 'observe' | 'apply'>;

const OBSERVE_MS = 5_000;
const APPLY_MS = 60_000;

export function quickLocal(
  stateFolder: string,
  stream: Stream,
  whole: () => Promise<IslandDriver>,
): IslandDriver {
  const folder = folderFor(stateFolder, stream);
  const question = async (asked: object, ms: number, signal?: AbortSignal) =>
    folder === undefined ? null : await answerTo(socketPathIn(folder), asked, ms, signal);
  return {
    kind: 'local',
    dials: ['instances', 'traffic'],
    async observe(signal) {
      const answer = await question({ verb: 'observe' }, OBSERVE_MS, signal);
      return answer ?? (await whole()).observe(signal);
    },
    async apply(desired, fence, signal) {
      const answer = await question({ verb: 'apply', desired, fence }, APPLY_MS, signal);
      if (answer === null) return (await whole()).apply(desired, fence, signal);
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

/** Found by the name that lies in it: to compute its own would take longer. */
function folderFor(stateFolder: string, stream: Stream): string | undefined {
  return localFolders(stateFolder).find(
    (one) => one.service === stream.service && one.environment === stream.environment,
  )?.folder;
}

/** The local environments of this user. What cannot be read is passed over. */
export function localFolders(
  stateFolder: string,
): readonly (Stream & { readonly folder: string })[] {
  const all = localFolder(stateFolder);
  try {
    return readdirSync(all).flatMap((name) => {
      const folder = path.join(all, name);
      try {
        const { service, environment } = JSON.parse(
          readFileSync(nameFile(folder), 'utf8'),
        ) as Stream;
        const isNamed = typeof service === 'string' && typeof environment === 'string';
        return isNamed ? [{ service, environment, folder }] : [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Null where no daemon answers: the question was then not heard by anybody. */
async function answerTo(
  socket: string,
  question: object,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<DriverResult<Observed> | null> {
  const asked = await ask(socket, question, timeoutMs, signal);
  switch (asked.kind) {
    case 'nobody':
      return null;
    case 'aborted':
      return fail({ kind: 'aborted' });
    case 'silent':
      return fail({ kind: 'unreachable', message: `its daemon gave no answer: ${asked.why}` });
    case 'garbled':
      return fail(NOT_UNDERSTOOD);
    case 'answered':
      return read(asked.answer);
  }
}

const NOT_UNDERSTOOD: DriverFailure = {
  kind: 'bad_answer',
  message: 'its daemon answered what cannot be understood',
};

/** It comes from nemesis' own daemon over a socket of this user: looked at as far as it is used. */
function read(answer: unknown): DriverResult<Observed> {
  const { ok: isOk, value, failure } = (answer ?? {}) as Record<string, unknown>;
  if (isOk === true && value === null) return ok({ fence: 0, slots: [], restorable: [] });
  if (isOk === true && isObserved(value)) return ok(value);
  const kind = (failure as DriverFailure | undefined)?.kind;
  const isFailure = isOk === false && typeof kind === 'string';
  return fail(isFailure ? (failure as DriverFailure) : NOT_UNDERSTOOD);
}

function isObserved(value: unknown): value is Observed {
  const { fence, slots, restorable } = (value ?? {}) as Partial<Observed>;
  return Number.isSafeInteger(fence) && Array.isArray(slots) && Array.isArray(restorable);
}
