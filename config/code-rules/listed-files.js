/**
 * Keeps ESLint to the files of a JSON list of paths relative to the working folder, so that what git ignores is left
 * alone; ESLint itself reads no .gitignore. Without a list every file is looked at.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Folders are asked about with a `/` at the end; one without any listed file is never entered. */
export function onlyListed(listFile) {
  if (listFile === undefined) return [];
  const known = new Set([process.cwd()]);
  for (const file of JSON.parse(readFileSync(listFile, 'utf8'))) {
    let name = path.resolve(file);
    while (!known.has(name)) {
      known.add(name);
      name = path.dirname(name);
    }
  }
  return [(name) => !known.has(name.replace(/\/$/, ''))];
}
