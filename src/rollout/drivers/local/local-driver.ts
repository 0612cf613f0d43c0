/** The driver of an environment that is processes on this machine, behind nemesis' own splitter. */

import type { LocalSettings } from '../../../config/environment.ts';
import { fail, ok } from '../../../failure.ts';
import type { ReleaseRecord } from '../../../history/records.ts';
import type { Desired, Driver, DriverResult, FrozenDriver, Observed } from '../../driver.ts';
import { askRunning, askStarted } from './converse.ts';
import { baseEnvironment, folderOf, pick, type LocalEnvironment } from './environment.ts';
import { listKept } from './releases.ts';
import { readState } from './state.ts';
import type { ReleaseSpec } from './wire.ts';

const OBSERVE_MS = 10_000;
/** Copying an artifact may take long. */
const APPLY_MS = 30 * 60_000;

export interface LocalDriverOptions extends LocalEnvironment {
  readonly settings: LocalSettings;
  /** The file or folder a release was built to; undefined where it is not at hand. */
  readonly artifactPath: (release: ReleaseRecord) => string | undefined;
}

export interface FrozenLocalDriver extends FrozenDriver {
  readonly kind: 'local';
  readonly service: string;
  readonly environment: string;
  readonly stateFolder: string;
}

export function localDriver(options: LocalDriverOptions): Driver & {
  readonly frozen: FrozenLocalDriver;
} {
  const { service, environment, stateFolder, settings } = options;
  return {
    kind: 'local',
    reach: 'machine',
    dials: ['instances', 'traffic'],
    frozen: { kind: 'local', service, environment, stateFolder },
    observe: (signal) => observeLocal(options, signal),
    async apply(desired, fence, signal) {
      const specs = desired.slots.map(({ release }) => specOf(options, release));
      const { listen, keep } = settings;
      const question = { verb: 'apply', desired, fence, listen, keep, specs } as const;
      const answer = await askStarted(options, question, APPLY_MS, signal);
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

/** The same where only the frozen driver is known: it can bring back what the environment has, and nothing new. */
export function thawLocalDriver(
  local: LocalEnvironment,
): Omit<Driver, 'frozen'> & { readonly frozen: FrozenLocalDriver } {
  const { service, environment, stateFolder } = local;
  return {
    kind: 'local',
    reach: 'machine',
    dials: ['instances', 'traffic'],
    frozen: { kind: 'local', service, environment, stateFolder },
    observe: (signal) => observeLocal(local, signal),
    async apply(desired: Desired, fence: number, signal?: AbortSignal) {
      const question = { verb: 'apply', desired, fence } as const;
      const answer = await askStarted(local, question, APPLY_MS, signal);
      return answer.ok ? ok(undefined) : answer;
    },
  };
}

/** Starts a daemon where something should run and none is there; for an environment at rest the disk tells all. */
async function observeLocal(
  local: LocalEnvironment,
  signal?: AbortSignal,
): Promise<DriverResult<Observed>> {
  const running = await askRunning(local, { verb: 'observe' }, OBSERVE_MS, signal);
  if (running !== null) return observed(running);
  const folder = folderOf(local);
  const state = readState(folder);
  if (!state.ok) return fail({ kind: 'bad_answer', message: state.failure });
  const { fence, desired } = state.value ?? { fence: 0, desired: { slots: [] } };
  if (desired.slots.length > 0)
    return observed(await askStarted(local, { verb: 'observe' }, OBSERVE_MS, signal));
  const restorable = listKept(folder).map(({ spec }) => spec.release);
  return ok({ fence, slots: [], restorable });
}

function observed(answer: DriverResult<Observed | null>): DriverResult<Observed> {
  if (!answer.ok) return answer;
  if (answer.value !== null) return ok(answer.value);
  return fail({ kind: 'bad_answer', message: 'its daemon answered without saying anything' });
}

function specOf(options: LocalDriverOptions, release: ReleaseRecord): ReleaseSpec {
  const { settings, env } = options;
  const artifactPath = options.artifactPath(release);
  return {
    release,
    start: settings.start,
    env: { ...baseEnvironment(env), ...pick(env, settings.passEnv), ...settings.env },
    health: settings.health,
    drainMs: settings.drainMs,
    ...(artifactPath === undefined ? {} : { artifactPath }),
  };
}
