/** What a build left behind: its files, their sizes, and whether they are of the sources as they stand now. */

import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Emitted {
  /** Relative to the root, `/` separated. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** More files than any bundle; keeps a wrong folder from being walked for minutes. */
const MOST_FILES = 50_000;

/** Every regular file below the folder, links not followed; undefined when there are too many. */
export function emittedIn(root: string, folder: string): readonly Emitted[] | undefined {
  const found: Emitted[] = [];
  const folders = [folder];
  for (let inner = folders.shift(); inner !== undefined; inner = folders.shift()) {
    for (const entry of readdirSync(path.join(root, inner), { withFileTypes: true })) {
      const file = `${inner}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules') folders.push(file);
      if (!entry.isFile()) continue;
      const { size, mtimeMs } = lstatSync(path.join(root, file));
      found.push({ file, sizeBytes: size, modifiedMs: mtimeMs });
      if (found.length > MOST_FILES) return undefined;
    }
  }
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** Maps, types and build records are not shipped to anyone who runs the bundle. */
const NOT_SHIPPED =
  /\.(map|tsbuildinfo|d\.[cm]?ts)$|(^|\/)(stats|manifest|meta)\.json$|\.LICENSE\.txt$/;

const PACKED = /\.(gz|br|zst)$/;

export function shippedOf(emitted: readonly Emitted[]): readonly Emitted[] {
  const names = new Set(emitted.map(({ file }) => file));
  // Packed beforehand, for the server to choose from: whoever loads it gets the one or the other.
  const isTwin = (file: string) => PACKED.test(file) && names.has(file.replace(PACKED, ''));
  return emitted.filter(({ file }) => !NOT_SHIPPED.test(file) && !isTwin(file));
}

export function isScript({ file }: Emitted): boolean {
  return /\.[cm]?js$/.test(file);
}

export function sizeOf(emitted: readonly Emitted[]): number {
  return emitted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Bytes that travel: each file as a server would pack it. */
export function packedSizeOf(root: string, emitted: readonly Emitted[]): number {
  return emitted.reduce(
    (sum, { file }) => sum + gzipSync(readFileSync(path.join(root, file))).length,
    0,
  );
}

const NO_SOURCE =
  /(^|\/)(test|tests|__tests__|docs?|examples?)\/|\.(test|spec)\.\w+$|\.(md|txt|ya?ml)$/;

/**
 * A source that was changed after everything in the output was written. What a checkout wrote in one go with the
 * output is not told apart below a second.
 */
export function newerSource(
  root: string,
  sources: readonly string[],
  emitted: readonly Emitted[],
): string | undefined {
  const newest = Math.max(...emitted.map(({ modifiedMs }) => modifiedMs));
  return sources.find((file) => {
    if (NO_SOURCE.test(file)) return false;
    const stat = statSync(path.join(root, file), { throwIfNoEntry: false });
    return stat !== undefined && stat.mtimeMs > newest + 1000;
  });
}
