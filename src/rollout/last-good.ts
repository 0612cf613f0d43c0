/**
 * What this user's machine knows of an environment, a small file each: enough to bring the last good release back where
 * neither configuration nor history can be read. Every rollout keeps it; the emergency rollback begins with it.
 */

import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Stream } from '../history/journal.ts';
import { storePlace } from '../history/open-store.ts';
import type { ReleaseRecord } from '../history/records.ts';
import { writeWhole } from '../history/whole-file.ts';
import { releaseKey, type FrozenDriver } from './driver.ts';

/** Where a history is, as it was written: never with a password. Paths are absolute. */
export type StoreWritten =
  | { readonly kind: 'place'; readonly where: string }
  | { readonly kind: 'env'; readonly name: string };

export interface Known extends Stream {
  readonly driver: FrozenDriver;
  /** Null where nobody said. */
  readonly store: StoreWritten | null;
  /** The project, absolute with links resolved; null where it is not known. */
  readonly root: string | null;
  /** How many instances the fleet has; null where it is not known. */
  readonly instances: number | null;
  /** Longest time for instances to become healthy; null where nobody said. */
  readonly ready_ms: number | null;
  /** Releases that were rolled out and not taken back, the newest first. */
  readonly good: readonly ReleaseRecord[];
  /** A release that is being rolled out. */
  readonly candidate: ReleaseRecord | null;
  readonly serves: ReleaseRecord | null;
  /** A person holds the environment on this release. */
  readonly pin: {
    readonly release: ReleaseRecord;
    readonly reason: string;
    readonly at: number;
  } | null;
  /** The highest fence told to the environment from here. */
  readonly fence: number;
  /** Epoch milliseconds. */
  readonly updated_at: number;
}

/**
 * The history that is meant, as it may be written down: NEMESIS_STORE goes before the configuration, and an address from
 * a variable stays there, for it may hold a password.
 */
export function storeWritten(
  env: Readonly<Record<string, string | undefined>>,
  configured: string | { readonly env: string } | undefined,
  root: string,
): StoreWritten {
  const own = env['NEMESIS_STORE'];
  if (!own && typeof configured === 'object') return { kind: 'env', name: configured.env };
  const text = own || (configured as string | undefined);
  const place = storePlace(text, root);
  if (place.ok && place.value.kind === 'sqlite') return { kind: 'place', where: place.value.where };
  return own ? { kind: 'env', name: 'NEMESIS_STORE' } : { kind: 'place', where: text ?? '' };
}

/** Where an environment is, whatever happens in it. */
export type Place = Pick<
  Known,
  'service' | 'environment' | 'driver' | 'store' | 'root' | 'instances' | 'ready_ms'
>;

export type Change =
  | {
      readonly kind: 'begun';
      readonly candidate: ReleaseRecord;
      readonly stable: ReleaseRecord | null;
      readonly fence: number;
    }
  | { readonly kind: 'succeeded'; readonly release: ReleaseRecord }
  | {
      readonly kind: 'rolled_back';
      readonly bad: ReleaseRecord | null;
      /** Null where nothing was before it: nothing serves. */
      readonly good: ReleaseRecord | null;
      /** Why a person holds it on the good release; undefined where nobody does. */
      readonly pinned?: string | undefined;
      readonly fence?: number;
    }
  | { readonly kind: 'unpinned' };

const MOST_GOOD = 10;
const MOST_BYTES = 256 * 1024;

export const knownFolder = (stateFolder: string): string => path.join(stateFolder, 'environments');

/** A short name for a stream that is a name for a file, too. */
export function streamHash({ service, environment }: Stream): string {
  return hash('sha256', JSON.stringify([service, environment])).slice(0, 16);
}

/**
 * Notes what has happened in an environment.
 * @throws the error of the file system
 */
export function rememberEnvironment(
  stateFolder: string,
  place: Place,
  change: Change,
  now: number,
): void {
  const file = path.join(knownFolder(stateFolder), `${streamHash(place)}.json`);
  const { service, environment, driver, store, root, instances, ready_ms } = place;
  const where = { service, environment, driver, store, root, instances, ready_ms };
  // Whoever knows more than the place is believed where there is no file yet.
  const known = { ...NOTHING, ...place, ...readOne(file), ...where, updated_at: now };
  writeWhole(file, `${JSON.stringify(changed(known, change), null, 2)}\n`);
}

/** A person has released it: what is known of the environment stays. */
export function forgetPin(stateFolder: string, stream: Stream, now: number): void {
  const known = readOne(path.join(knownFolder(stateFolder), `${streamHash(stream)}.json`));
  if (known?.pin) rememberEnvironment(stateFolder, known, { kind: 'unpinned' }, now);
}

const NOTHING = { good: [], candidate: null, serves: null, pin: null, fence: 0 } as const;

/** Pure. */
export function changed(known: Known, change: Change): Known {
  switch (change.kind) {
    case 'begun': {
      const { candidate, stable, fence } = change;
      const good = stable === null ? known.good : inFront(stable, known.good);
      return { ...known, good, candidate, serves: stable, pin: null, fence };
    }
    case 'succeeded': {
      const { release } = change;
      const good = inFront(release, known.good);
      return { ...known, good, candidate: null, serves: release };
    }
    case 'rolled_back': {
      const { bad, pinned, fence = known.fence } = change;
      const left = known.good.filter((one) => bad === null || !isSame(one, bad));
      const good = change.good === null ? left : inFront(change.good, left);
      const pin =
        pinned === undefined || change.good === null
          ? known.pin
          : { release: change.good, reason: pinned, at: known.updated_at };
      return { ...known, good, candidate: null, serves: change.good, pin, fence };
    }
    case 'unpinned':
      return { ...known, pin: null };
  }
}

/** What was newer than a release that serves again is no release to go back to: it comes to the front, they go. */
function inFront(release: ReleaseRecord, all: readonly ReleaseRecord[]): readonly ReleaseRecord[] {
  return [release, ...all.filter((one) => !isSame(one, release))].slice(0, MOST_GOOD);
}

const isSame = (a: ReleaseRecord, b: ReleaseRecord): boolean => releaseKey(a) === releaseKey(b);

/** All of this user, by service and environment. Files that cannot be read are passed over. */
export function readKnown(stateFolder: string): readonly Known[] {
  const folder = knownFolder(stateFolder);
  return namesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readOne(path.join(folder, name)) ?? [])
    .sort((a, b) => inOrder(a.service, b.service) || inOrder(a.environment, b.environment));
}

const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** By hand, because an emergency loads nothing for it. */
function readOne(file: string): Known | undefined {
  try {
    if (statSync(file).size > MOST_BYTES) return undefined;
    const read = JSON.parse(readFileSync(file, 'utf8')) as Known;
    return isKnown(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isKnown(read: Known): boolean {
  const { service, environment, driver, good, candidate, serves, fence, store } = read;
  const releases = [...good, candidate, serves, read.pin?.release ?? null];
  return (
    typeof service === 'string' &&
    typeof environment === 'string' &&
    typeof driver.kind === 'string' &&
    (store === null || typeof (store.kind === 'env' ? store.name : store.where) === 'string') &&
    (read.root === null || typeof read.root === 'string') &&
    [read.instances, read.ready_ms].every((one) => one === null || Number.isFinite(one)) &&
    Number.isSafeInteger(fence) &&
    releases.every((one) => one === null || typeof one.version === 'string')
  );
}
