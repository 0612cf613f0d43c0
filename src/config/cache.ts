/**
 * Remembers proven gates under the content of every file they were made from, in the user's cache folder: never in
 * the judged project, where a pull request could plant them. Any doubt is a miss.
 */

import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { CONFIG_PLACES } from './find.ts';
import type { Layer } from './layers.ts';
import type { Loaded } from './load.ts';

export interface CacheKey {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly root: string;
  /** Undefined switches the cache off. */
  readonly build: string | undefined;
}

interface Entry {
  readonly build: string;
  readonly root: string;
  /** Content of each file read, by absolute path. */
  readonly files: readonly (readonly [file: string, sha256: string])[];
  /** Names in each folder read. */
  readonly folders: readonly (readonly [folder: string, names: string])[];
  readonly absent: readonly string[];
  readonly loaded: Loaded;
}

export function recallGates(key: CacheKey): Loaded | undefined {
  const file = entryFile(key);
  if (file === undefined || !existsSync(file)) return undefined;
  try {
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
    const fresh =
      entry.build === key.build &&
      entry.root === key.root &&
      entry.absent.every((name) => !existsSync(name)) &&
      entry.folders.every(([folder, names]) => namesIn(folder) === names) &&
      entry.files.every(([name, sha256]) => digest(name) === sha256);
    return fresh ? entry.loaded : undefined;
  } catch {
    return undefined;
  }
}

export function rememberGates(key: CacheKey, loaded: Loaded, layers: readonly Layer[]): void {
  const file = entryFile(key);
  if (file === undefined || key.build === undefined) return;
  const folders = [...new Set(layers.flatMap(({ gates }) => gates ?? []))].flatMap((gates) => [
    gates,
    ...subfolders(gates),
  ]);
  const files = [
    ...layers.flatMap((layer) => layer.file ?? []),
    ...folders.flatMap((folder) => filesIn(folder)),
    ...manifestsOf(key.root),
  ];
  const entry: Entry = {
    build: key.build,
    root: key.root,
    files: [...new Set(files)].map((name) => [name, digest(name)]),
    folders: folders.map((folder) => [folder, namesIn(folder)]),
    absent: CONFIG_PLACES.map((name) => path.join(key.root, name)).filter(
      (name) => !existsSync(name),
    ),
    loaded,
  };
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(entry), { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    // no cache folder, no cache: the next start proves the gates again
  }
}

/** A package.json is read for its `nemesis` key alone, and its absence of one counts as much. */
function manifestsOf(root: string): string[] {
  const file = path.join(root, 'package.json');
  return existsSync(file) ? [file] : [];
}

function entryFile({ env, root, build }: CacheKey): string | undefined {
  if (build === undefined) return undefined;
  const home = env['HOME'];
  const base =
    env['NEMESIS_HOME'] ??
    (env['XDG_CACHE_HOME'] !== undefined
      ? path.join(env['XDG_CACHE_HOME'], 'nemesis')
      : home === undefined
        ? undefined
        : path.join(home, '.cache', 'nemesis'));
  if (base === undefined || !path.isAbsolute(base)) return undefined;
  const name = createHash('sha256').update(root).digest('hex').slice(0, 32);
  return path.join(base, 'gates', `${name}.json`);
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function namesIn(folder: string): string {
  return readdirSync(folder).sort().join('\0');
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => path.join(folder, name));
}
