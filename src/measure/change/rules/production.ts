/** The part of a change that is new code of the product, file by file; what the rules have in common. */

import type { Change } from '../change.ts';
import { familyOf, roleOf, saysGenerated, type Family } from '../roles.ts';
import { sourceReader, type FoundStatement, type SourceReader } from '../../source/source.ts';

export interface NewCode {
  readonly path: string;
  readonly text: string;
  /** Those that no changed file held before: neither moved here nor written in another form. */
  readonly fresh: readonly FoundStatement[];
  /** By how many statements the file has grown through them: one written anew in place of another is no growth. */
  readonly growth: number;
  readonly reader: SourceReader;
}

/** Files of the product that do something they did not do before. */
export async function newCode(change: Change): Promise<readonly NewCode[]> {
  const { left, sizes } = await statementsBefore(change);
  const found: NewCode[] = [];
  for (const { path, family } of productFiles(change)) {
    const text = change.now(path);
    if (text === undefined || saysGenerated(text)) continue;
    const reader = await sourceReader(family);
    const all = reader.statements(text);
    const fresh = all.filter(({ key }) => {
      const count = left.get(key) ?? 0;
      if (count > 0) left.set(key, count - 1);
      return count === 0;
    });
    if (fresh.length === 0) continue;
    const growth = Math.max(0, Math.min(fresh.length, all.length - (sizes.get(path) ?? 0)));
    found.push({ path, text, fresh, growth, reader });
  }
  return found;
}

interface Before {
  readonly left: Map<string, number>;
  /** Statements of each file as it was, by its name now. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** How often each statement stood in the files that were changed, wherever. */
async function statementsBefore(change: Change): Promise<Before> {
  const [left, sizes] = [new Map<string, number>(), new Map<string, number>()];
  for (const { path, oldPath, family } of productFiles(change)) {
    const text = oldPath === undefined ? undefined : await change.before(oldPath);
    if (text === undefined) continue;
    const all = (await sourceReader(family)).statements(text);
    sizes.set(path, all.length);
    for (const { key } of all) left.set(key, (left.get(key) ?? 0) + 1);
  }
  return { left, sizes };
}

interface ProductFile {
  readonly path: string;
  /** Where it was; undefined of a new one. */
  readonly oldPath: string | undefined;
  readonly family: Family;
}

function productFiles({ files }: Change): readonly ProductFile[] {
  return files.flatMap(({ path, oldPath, status, special, added, removed }) => {
    const family = familyOf(path);
    const isCode = roleOf(path) === 'source' && special !== true;
    if (family === undefined || !isCode || added.length + removed.length === 0) return [];
    return [{ path, oldPath: status === 'added' ? undefined : (oldPath ?? path), family }];
  });
}
