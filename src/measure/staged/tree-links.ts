/** Puts links into a tree and takes them out, never through a link that leads out of it. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  rmdirSync,
} from 'node:fs';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { bytesOf } from './listing.ts';
import type { Links } from './links.ts';

/** Takes away what an earlier run had linked and this one does not want. */
export function removeLinks(tree: string, before: readonly string[], wanted: Links): void {
  const enters = doorkeeper(tree);
  for (const name of before) {
    const target = wanted.get(name);
    if (target !== undefined && linkTarget(tree, name) === target) continue;
    if (!enters(name)) continue;
    const file = pathIn(tree, name);
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(file);
    removeEmptyFolders(tree, name);
  }
}

/** What stands in the way is what is staged: then the link is left out. */
export function makeLinks(tree: string, wanted: Links): void {
  const enters = doorkeeper(tree);
  for (const [name, target] of wanted) {
    if (linkTarget(tree, name) === target) continue;
    const file = pathIn(tree, name);
    try {
      mkdirSync(pathIn(tree, path.posix.dirname(name)), { recursive: true });
      if (!enters(name) || existsSync(file)) continue;
      rmSync(file, { force: true });
      symlinkSync(target, file);
    } catch {
      // a file where the folder should be
    }
  }
}

/** A file or folder a tool has left behind. */
export function removeLeftover(tree: string, name: string): void {
  rmSync(pathIn(tree, name.replace(/\/$/, '')), { recursive: true, force: true });
  removeEmptyFolders(tree, name);
}

/** Git keeps no empty folders. */
export function removeEmptyFolders(tree: string, name: string): void {
  for (let folder = path.posix.dirname(name); folder !== '.'; folder = path.posix.dirname(folder)) {
    try {
      rmdirSync(pathIn(tree, folder));
    } catch {
      return;
    }
  }
}

function pathIn(tree: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${tree}/`), bytesOf(name)]);
}

function linkTarget(tree: string, name: string): string | undefined {
  try {
    return readlinkSync(pathIn(tree, name));
  } catch {
    return undefined;
  }
}

/** Whether the folder a name lies in is really in the tree. */
function doorkeeper(tree: string): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const folder = path.posix.dirname(name);
    const before = known.get(folder);
    if (before !== undefined) return before;
    const inside = pathIn(tree, folder);
    const wanted = folder === '.' ? Buffer.from(tree) : inside;
    const isIn = existsSync(inside) && realpathSync(inside, 'buffer').equals(wanted);
    known.set(folder, isIn);
    return isIn;
  };
}
