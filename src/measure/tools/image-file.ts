/** Is a file or folder a container image: what `docker save` writes, or an OCI layout? */

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';

/** https://github.com/opencontainers/image-spec/blob/main/image-layout.md; `manifest.json` is docker's. */
const MARKS = new Set(['manifest.json', 'oci-layout']);
const BLOCK = 512;
const MOST_ENTRIES = 10_000;

export function holdsImage(place: string): boolean {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (stat.isDirectory()) return existsSync(path.join(place, 'oci-layout'));
  return stat.isFile() && /\.tar$/.test(place) && tarHoldsMark(place, stat.size);
}

/** Walks from header to header; what lies between is not read. */
function tarHoldsMark(file: string, size: number): boolean {
  const tar = openSync(file, 'r');
  const header = Buffer.alloc(BLOCK);
  try {
    for (let at = 0, seen = 0; at + BLOCK <= size && seen < MOST_ENTRIES; seen += 1) {
      if (readSync(tar, header, 0, BLOCK, at) < BLOCK || header[0] === 0) return false;
      const name = header.toString('utf8', 0, 100).split('\0', 1)[0]!;
      if (MARKS.has(name.replace(/^\.\//, ''))) return true;
      const bytes = Number.parseInt(header.toString('latin1', 124, 136), 8);
      if (!(bytes >= 0)) return false;
      at += BLOCK + Math.ceil(bytes / BLOCK) * BLOCK;
    }
    return false;
  } finally {
    closeSync(tar);
  }
}
