/** Texts of files now and at the base, also of those whose names are no UTF-8: git's answer has U+FFFD in such a name. */

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { askGit } from '../git.ts';

const LARGEST_FILE = 2 * 1024 * 1024;

/** In the work tree; undefined when there is none, or more than a source file has. */
export function textNow(root: string, file: string): string | undefined {
  try {
    const name = file.includes('\uFFFD') ? bytesOf(root, file) : path.join(root, file);
    if (name === undefined) return undefined;
    const stat = lstatSync(name);
    return stat.isFile() && stat.size <= LARGEST_FILE ? readFileSync(name, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** At a commit; undefined likewise. */
export async function textAt(
  root: string,
  commit: string,
  file: string,
): Promise<string | undefined> {
  const object = file.includes('\uFFFD')
    ? await objectOf(root, commit, file)
    : `${commit}:./${file}`;
  const text = object && (await askGit(root, 'cat-file', 'blob', object));
  return text === undefined || text.length > LARGEST_FILE ? undefined : text;
}

/** Undefined where two names read the same. */
function bytesOf(root: string, file: string): Buffer | undefined {
  let found = Buffer.from(root);
  for (const part of file.split('/')) {
    const names = part.includes('\uFFFD')
      ? readdirSync(found, { encoding: 'buffer' }).filter((name) => name.toString() === part)
      : [Buffer.from(part)];
    const [name] = names;
    if (name === undefined || names.length > 1) return undefined;
    found = Buffer.concat([found, Buffer.from('/'), name]);
  }
  return found;
}

async function objectOf(root: string, commit: string, file: string): Promise<string | undefined> {
  const listed = (await askGit(root, 'ls-tree', '-r', '-z', commit)) ?? '';
  const rows = listed.split('\0').filter((row) => row.endsWith(`\t${file}`));
  return rows.length === 1 ? /^\d+ blob ([0-9a-f]+)\t/.exec(rows[0]!)?.[1] : undefined;
}
