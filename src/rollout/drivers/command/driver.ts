/** An environment that the team's own scripts drive. `docs/driver-command.md` is the contract. */

import { hash } from 'node:crypto';
import path from 'node:path';
import type { CommandSettings } from '../../../config/environment.ts';
import { fail, ok } from '../../../failure.ts';
import { userStateFolder } from '../../../history/heads.ts';
import { redactor } from '../../../measure/redact.ts';
import type { Desired, Driver, DriverFailure, DriverResult, Observed } from '../../driver.ts';
import { callScript, namesUnset, type Call, type Called } from '../../scripts/call.ts';
import type { Surroundings } from '../../scripts/call.ts';
import { lastLine, shown } from '../../scripts/said.ts';
import { failureIn, fencedOut } from './answers.ts';
import { APPLY_MARKER } from './claims.ts';
import { applyTold, observeTold } from './documents.ts';
import { freeze } from './frozen.ts';
import { alone, type Alone } from './one-apply.ts';
import { readObserved } from './observed.ts';

export interface CommandDriverOptions extends Omit<Surroundings, 'secrets'> {
  readonly service: string;
  readonly environment: string;
  readonly settings: CommandSettings;
}

/** Room for a thousand slots. */
const CAP_BYTES = 1024 * 1024;

export function commandDriver(options: CommandDriverOptions): Driver {
  const { service, environment, settings, root, env, run } = options;
  const { timeoutMs } = settings;
  const surroundings = { root, env, run, secrets: settings.secrets };
  const redact = redactor(env, settings.secrets);
  const unset = namesUnset(surroundings);
  const key = hash('sha256', JSON.stringify([service, environment]));
  const claims = path.join(userStateFolder(env), 'applies', key);

  const call = (
    of: Pick<Call, 'argv' | 'document' | 'values' | 'onStarted'>,
    signal?: AbortSignal,
  ) => callScript(surroundings, { ...of, timeoutMs, capBytes: CAP_BYTES }, signal);
  const wordsOf = (argv: readonly string[], { stderr }: Called) => ({
    name: shown(argv.join(' '), redact),
    lastError: lastLine(stderr),
    shown: (text: string) => shown(text, redact),
    hint: unset.length === 0 ? '' : `; not set here: ${unset.join(', ')}`,
  });

  return {
    kind: settings.kind,
    reach: settings.reach,
    dials: settings.dials,
    frozen: freeze(options),

    async observe(signal): Promise<DriverResult<Observed>> {
      const argv = settings.observe;
      const called = await call({ argv, ...observeTold(options) }, signal);
      const words = wordsOf(argv, called);
      const failure = failureIn(called, words);
      if (failure !== undefined) return fail(failure);
      const read = readObserved(called.stdout, words.shown);
      return read.ok
        ? read
        : fail({ kind: 'bad_answer', message: `${words.name}: ${read.failure}` });
    },

    async apply(desired: Desired, fence: number, signal?: AbortSignal) {
      const argv = settings.apply;
      const { document, values } = applyTold(options, desired, fence);
      const done = await alone(
        claims,
        { fence, longestMs: timeoutMs },
        ({ id, started }) => {
          const marked = { ...values, [APPLY_MARKER]: id };
          return call({ argv, document, values: marked, onStarted: started }, signal);
        },
        signal,
      );
      if (done.kind !== 'acted') return fail(notAlone(done, fence, claims));
      const called = done.value;
      const failure = fencedOut(called, fence) ?? failureIn(called, wordsOf(argv, called));
      return failure === undefined ? ok(undefined) : fail(failure);
    },
  };
}

function notAlone(
  done: Exclude<Alone<unknown>, { kind: 'acted' }>,
  fence: number,
  folder: string,
): DriverFailure {
  switch (done.kind) {
    case 'newer':
      return { kind: 'fenced_out', fence, newest: done.fence };
    case 'busy': {
      const message = `an earlier apply is still under way and could not be ended: end process ${done.pid}`;
      return { kind: 'refused', message };
    }
    case 'no_state': {
      const message = `no note can be kept in ${folder} (${done.code}): set NEMESIS_HOME to a folder that can be written`;
      return { kind: 'refused', message };
    }
    case 'aborted':
      return { kind: 'aborted' };
  }
}
