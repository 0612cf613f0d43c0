/**
 * Remembers proven gates beside everything they were made from, in the user's cache folder: never in the judged
 * project, where a pull request could plant them. Any doubt is a miss. Contents are compared whole: they are small,
 * and loading a hash function costs a start more than the comparison does.
 */

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from './make-folder.ts';
import type { Loaded } from './load.ts';
import { looksTheSame, type Seen } from './look.ts';

const CHECKSUM_LENGTH = 8;

export interface CacheKey {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  readonly repositoryTop: string | undefined;
  /** Undefined switches the cache off. */
  readonly build: string | undefined;
}

/** An entry is a file of its checksum and its JSON. */
interface Entry<T> {
  readonly made: string;
  readonly seen: Seen;
  readonly loaded: T;
}

export type Configured = Pick<Loaded, 'config'>;

export function recallGates(key: CacheKey): Loaded | undefined {
  return recall(key, 'gates');
}

/** The same without the gates, which are most of it: they were proven, and nothing has changed since. */
export function recallConfig(key: CacheKey): Configured | undefined {
  return recall(key, 'configs');
}

export function rememberGates(key: CacheKey, loaded: Loaded, seen: Seen): void {
  remember(key, 'gates', loaded, seen);
  const { config } = loaded;
  remember(key, 'configs', { config } satisfies Configured, seen);
}

/** Each kind lies in a folder of its own. */
type Kind = 'gates' | 'configs';

function recall<T>(key: CacheKey, kind: Kind): T | undefined {
  const file = entryFile(key, kind);
  if (file === undefined) return undefined;
  try {
    const bytes = readFileSync(file);
    const json = bytes.subarray(CHECKSUM_LENGTH);
    if (checksum(json) !== bytes.toString('latin1', 0, CHECKSUM_LENGTH)) return undefined;
    const entry = JSON.parse(json.toString('utf8')) as Entry<T>;
    return entry.made === madeFor(key) && looksTheSame(entry.seen) ? entry.loaded : undefined;
  } catch {
    return undefined;
  }
}

function remember<T>(key: CacheKey, kind: Kind, loaded: T, seen: Seen): void {
  const file = entryFile(key, kind);
  if (file === undefined) return;
  const json = Buffer.from(JSON.stringify({ made: madeFor(key), seen, loaded } satisfies Entry<T>));
  const draft = `${file}.${process.pid}`;
  // No cache folder, no cache: the next start proves the gates again.
  attempt(() => {
    makeFolder(path.dirname(file), 0o700);
    writeFileSync(draft, checksum(json) + json.toString('utf8'), { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  });
  attempt(() => rmSync(draft, { force: true }));
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // that the next start takes longer is all there is to it
  }
}

/** Which nemesis looked from where. */
function madeFor({ build, root, repositoryTop }: CacheKey): string {
  return JSON.stringify([build, root, repositoryTop ?? null]);
}

function entryFile({ env, root, build }: CacheKey, kind: Kind): string | undefined {
  if (build === undefined) return undefined;
  const base = cacheFolder(env);
  if (base === undefined || !path.isAbsolute(base)) return undefined;
  const readable = path.basename(root).replace(/[^A-Za-z0-9_-]/g, '_');
  return path.join(base, kind, `${readable.slice(0, 60)}-${checksum(Buffer.from(root))}.json`);
}

/** The user’s cache folder for nemesis; undefined where there is none. */
export function cacheFolder(env: CacheKey['env']): string | undefined {
  if (env['NEMESIS_HOME']) return env['NEMESIS_HOME'];
  if (env['XDG_CACHE_HOME']) return path.join(env['XDG_CACHE_HOME'], 'nemesis');
  return env['HOME'] ? path.join(env['HOME'], '.cache', 'nemesis') : undefined;
}

/**
 * FNV-1a over words of four bytes: tells a damaged file, and folders of one name, apart. Whoever can write into the
 * user's cache folder needs no collision.
 */
function checksum(bytes: Uint8Array): string {
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  new Uint8Array(words.buffer).set(bytes);
  let hash = 0x811c9dc5 ^ bytes.length;
  for (let index = 0; index < words.length; index += 1) {
    hash = Math.imul(hash ^ words[index]!, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(CHECKSUM_LENGTH, '0');
}
