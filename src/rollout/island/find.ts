/**
 * Where no file tells of an environment: the environments of this machine, then the history, then the configuration, each
 * asked what it knows.
 */

import path from 'node:path';
import { userStateFolder } from '../../history/heads.ts';
import { readRecord } from '../../history/folds/read-record.ts';
import { NO_ENVIRONMENT, type Stream } from '../../history/journal.ts';
import type { ReleaseRecord } from '../../history/records.ts';
import type { Store } from '../../history/store.ts';
import { readState } from '../drivers/local/state.ts';
import { releaseKey, type FrozenDriver } from '../driver.ts';
import { readPin } from '../journal.ts';
import { storeWritten, type Known, type StoreWritten } from '../last-good.ts';
import { localFolders } from './quick-local.ts';
import { openWritten } from './stores.ts';

type Env = Readonly<Record<string, string | undefined>>;

const NOTHING = {
  ...{
    store: null,
    root: null,
    instances: null,
    ready_ms: null,
    good: [],
    candidate: null,
    serves: null,
  },
  ...{ pin: null, fence: 0, updated_at: 0 },
} as const;

/** A history that does not answer in time is down. */
const STORE_MS = 1_000;

/** What the local environments of this user say of themselves. */
export function knownLocally(env: Env, root: string): readonly Known[] {
  const stateFolder = userStateFolder(env);
  return localFolders(stateFolder).flatMap(({ folder, service, environment }) => {
    const read = readState(folder);
    if (!read.ok || read.value === undefined) return [];
    const { fence, desired, before } = read.value;
    const serving = desired.slots.filter(({ share }) => share > 0).map(({ release }) => release);
    const driver = { kind: 'local', service, environment, stateFolder };
    // Where several serve, nobody here knows which of them is the good one.
    const good = serving.length > 1 ? [] : [...serving, ...before.flatMap(releaseOfKey)];
    const store = storeWritten(env, undefined, root);
    return [{ ...NOTHING, service, environment, driver, good, fence, store }];
  });
}

/** See `releaseKey`. */
function releaseOfKey(key: string): readonly ReleaseRecord[] {
  try {
    const [version, artifact] = JSON.parse(key) as [string, string | null];
    return [{ version, commit: null, committed_at: null, artifact }];
  } catch {
    return [];
  }
}

/** What the history says of every environment in it, or of one. */
export async function knownInStore(
  written: StoreWritten,
  env: Env,
  root: string | null,
  only?: Stream,
): Promise<readonly Known[]> {
  const signal = AbortSignal.timeout(STORE_MS);
  const over = new Promise<readonly Known[]>((resolve) => {
    signal.addEventListener('abort', () => resolve([]), { once: true });
  });
  const asking = ask(written, env, root, only, signal).catch(() => []);
  return await Promise.race([asking, over]);
}

async function ask(
  written: StoreWritten,
  env: Env,
  root: string | null,
  only: Stream | undefined,
  signal: AbortSignal,
): Promise<readonly Known[]> {
  const store = await openWritten(written, env, { signal, patienceMs: STORE_MS });
  if (typeof store === 'string') return [];
  try {
    const all = only === undefined ? await store.streams() : undefined;
    const streams = only === undefined ? (all?.ok === true ? all.value : []) : [only];
    const found: Known[] = [];
    for (const stream of streams) {
      if (stream.environment === NO_ENVIRONMENT) continue;
      const known = await knownOf(store, stream);
      if (known !== undefined) found.push({ ...known, store: written, root });
    }
    return found;
  } finally {
    await store.close();
  }
}

const LOOK_BACK = 10;

async function knownOf(store: Store, stream: Stream): Promise<Known | undefined> {
  const planned = await store.newest(stream, ['rollout_planned'], 1);
  const rows = await store.current(stream);
  if (!rows.ok || !planned.ok) return undefined;
  const [event] = planned.value;
  const read = event && readRecord(event);
  const driver =
    read?.kind === 'record' && read.record.type === 'rollout_planned'
      ? (read.record.body.driver as FrozenDriver)
      : { kind: 'unknown' };
  const good = rows.value
    .successes(LOOK_BACK)
    .filter(({ rollback_count, failing }) => rollback_count === 0 && failing === null)
    .map(releaseOf)
    .filter((one, index, all) => all.findIndex((first) => isSame(first, one)) === index);
  const running = rows.value.running().find(({ kind }) => kind === 'deploy');
  const pin = await readPin(store, stream);
  const pinned = pin.ok ? pin.value : undefined;
  const held = good.find(({ version }) => version === pinned?.version);
  const { service, environment } = stream;
  return {
    ...NOTHING,
    ...{ service, environment, driver, good },
    candidate: running === undefined ? null : releaseOf(running),
    pin:
      pinned === undefined || held === undefined
        ? null
        : { release: held, reason: pinned.reason, at: pinned.at },
  };
}

const isSame = (a: ReleaseRecord, b: ReleaseRecord): boolean => releaseKey(a) === releaseKey(b);

function releaseOf({ version, commit, committed_at, artifact }: ReleaseRecord): ReleaseRecord {
  return { version, commit, committed_at, artifact };
}

/** What the configuration says, where all else is silent. Its gates may be broken. */
export async function knownInConfig(
  root: string,
  packageRoot: string,
  env: Env,
): Promise<readonly Known[]> {
  const { ownLayers } = await import('../../config/layers.ts');
  const { createLook } = await import('../../config/look.ts');
  const { environmentsOf } = await import('../../config/prove-environments.ts');
  const { freeze } = await import('../drivers/command/frozen.ts');
  const layers = ownLayers(root, {
    ...{ packageRoot, limit: root, look: createLook(), kept: new Map() },
    ...{ shownAs: (file: string) => file, extended: [], packages: new Map(), diagnostics: [] },
  });
  if (layers === undefined) return [];
  const service = layers.findLast(({ data }) => data.service)?.data.service ?? path.basename(root);
  const configured = layers.findLast(({ data }) => data.store)?.data.store;
  const store = storeWritten(env, configured, root);
  return environmentsOf(layers, []).map(({ environment }): Known => {
    const { name, driver: settings, instances, readyWithinMs } = environment;
    const driver =
      settings.kind === 'command'
        ? freeze({ service, environment: name, root, settings })
        : { kind: 'local', service, environment: name, stateFolder: userStateFolder(env) };
    const fleet = { instances, ready_ms: readyWithinMs };
    return { ...NOTHING, service, environment: name, driver, store, root, ...fleet };
  });
}
