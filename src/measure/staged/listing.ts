/**
 * What git prints of an index, read. Names are bytes, one character each (`latin1`): git does not ask that they are
 * text, and they are handed back to it as they came.
 */

export interface Entry {
  /** `100644`, `100755`, `120000` (a link); gitlinks stand apart. */
  readonly mode: string;
  readonly object: string;
  readonly name: string;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** Submodules. */
  readonly gitlinks: readonly string[];
  /** Names with a conflict that nobody has resolved. */
  readonly unmerged: readonly string[];
}

const GITLINK = '160000';
const LINK = '120000';
/** Left out of a sparse checkout: in the index, and nowhere else. */
const SKIPPED = 'S';

/** Of `git ls-files --stage -t -z`. */
export function readListing(text: string): Listing {
  const entries: Entry[] = [];
  const gitlinks: string[] = [];
  const unmerged = new Set<string>();
  for (const record of recordsOf(text)) {
    const tab = record.indexOf('\t');
    const [tag, mode = '', object = '', stage] = record.slice(0, tab).split(' ');
    const name = record.slice(tab + 1);
    if (stage !== '0') unmerged.add(name);
    else if (mode === GITLINK) gitlinks.push(name);
    else if (tag !== SKIPPED) entries.push({ mode, object, name });
  }
  return { entries, gitlinks, unmerged: [...unmerged] };
}

export interface Change {
  readonly kind: 'added' | 'changed' | 'deleted';
  readonly name: string;
  /** A file a tool can read: neither a link nor a submodule, nor gone. */
  readonly isFile: boolean;
}

/** Of `git diff --cached --raw -z --no-renames`. */
export function readChanges(text: string): Change[] {
  const records = recordsOf(text);
  const changes: Change[] = [];
  for (let index = 0; index + 1 < records.length; index += 2) {
    const [, mode = '', , , letter = ''] = records[index]!.slice(1).split(' ');
    const kind = letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'changed';
    const isFile = kind !== 'deleted' && mode !== LINK && mode !== GITLINK;
    changes.push({ kind, name: records[index + 1]!, isFile });
  }
  return changes;
}

/** Records that end with a NUL. */
export function recordsOf(text: string): string[] {
  return text.split('\0').slice(0, -1);
}

export const bytesOf = (name: string): Buffer => Buffer.from(name, 'latin1');

/** The name as tools are told it; undefined where it is no UTF-8. */
export function textOf(name: string): string | undefined {
  const bytes = bytesOf(name);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

/** Lines for `git update-index -z --index-info` that make the one index the other. */
export function indexInfo(before: readonly Entry[], after: readonly Entry[]): string {
  const had = new Map(before.map((entry) => [entry.name, entry]));
  const lines: string[] = [];
  // What goes comes first: a folder may take the place of a file.
  const stays = new Set(after.map(({ name }) => name));
  for (const { name, object } of before)
    if (!stays.has(name)) lines.push(`0 ${'0'.repeat(object.length)}\t${name}\0`);
  for (const { mode, object, name } of after) {
    const old = had.get(name);
    if (old?.mode !== mode || old.object !== object) lines.push(`${mode} ${object}\t${name}\0`);
  }
  return lines.join('');
}
