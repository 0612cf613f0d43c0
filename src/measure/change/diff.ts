/**
 * What `git diff -U0` says, as data. Lines are counted off by the hunk headers, so that a line of a file that looks
 * like a header is none. https://git-scm.com/docs/diff-format#generate_patch_text_with_p
 */

export interface ChangedFile {
  /** Relative to the project's root; of a deleted file, where it was. */
  readonly path: string;
  /** Where it was before, if it has been renamed or copied. */
  readonly oldPath?: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'copied';
  /** Git shows no lines of it: it is binary, or `.gitattributes` says so. */
  readonly binary?: true;
  /** A submodule or a link: what stands in it is no code of this file. */
  readonly special?: true;
  /** By line number in the new file, ascending. */
  readonly added: readonly Line[];
  /** By line number in the old file, ascending. */
  readonly removed: readonly Line[];
}

export interface Line {
  readonly line: number;
  /** Without its line end. */
  readonly text: string;
}

/** Undefined when the text ends within a hunk, or holds lines that no patch has. */
export function parseDiff(text: string): readonly ChangedFile[] | undefined {
  const files: ChangedFile[] = [];
  const lines = text.split('\n');
  let at = 0;
  while (at < lines.length) {
    const header = lines[at] ?? '';
    if (!header.startsWith('diff --git ')) {
      // Nothing else stands between two files but what git says of unmerged ones.
      if (header !== '' && !header.startsWith('* Unmerged path ')) return undefined;
      at += 1;
      continue;
    }
    const { file, next } = readFile(lines, at);
    if (file === undefined) return undefined;
    files.push(file);
    at = next;
  }
  return files;
}

interface Head {
  readonly oldPath: string | undefined;
  readonly newPath: string | undefined;
  readonly words: ReadonlyMap<string, string>;
  readonly next: number;
}

function readFile(
  lines: readonly string[],
  start: number,
): { readonly file: ChangedFile | undefined; readonly next: number } {
  const head = readHead(lines, start);
  const added: Line[] = [];
  const removed: Line[] = [];
  let at = head.next;
  for (let hunk = hunkAt(lines, at); hunk !== undefined; hunk = hunkAt(lines, at)) {
    const next = takeHunk(lines, at + 1, hunk, added, removed);
    if (next === undefined) return { file: undefined, next: at };
    at = next;
  }
  return { file: fileOf(head, added, removed), next: at };
}

function fileOf(
  { oldPath, newPath, words }: Head,
  added: readonly Line[],
  removed: readonly Line[],
): ChangedFile | undefined {
  const path = newPath ?? oldPath;
  if (path === undefined) return undefined;
  const status = statusOf(words);
  const wasElsewhere = status === 'renamed' || status === 'copied';
  return {
    path,
    status,
    ...(wasElsewhere && oldPath !== undefined ? { oldPath } : {}),
    ...(words.has('Binary files') || words.has('GIT binary patch') ? { binary: true } : {}),
    ...(isSpecial(words) ? { special: true } : {}),
    added,
    removed,
  };
}

/** Where the next hunk begins; undefined when this one holds other lines than its header says. */
function takeHunk(
  lines: readonly string[],
  start: number,
  { oldLine, oldCount, newLine, newCount }: Hunk,
  added: Line[],
  removed: Line[],
): number | undefined {
  let at = start;
  const [lastRemoved, lastAdded] = [removed.length + oldCount, added.length + newCount];
  while (removed.length < lastRemoved || added.length < lastAdded) {
    const line = lines[at++];
    if (line === undefined) return undefined;
    const text = line.slice(1).replace(/\r$/, '');
    if (line.startsWith('-') && removed.length < lastRemoved) {
      removed.push({ line: oldLine + oldCount - (lastRemoved - removed.length), text });
    } else if (line.startsWith('+') && added.length < lastAdded) {
      added.push({ line: newLine + newCount - (lastAdded - added.length), text });
    } else if (!line.startsWith('\\')) return undefined;
  }
  // `\ No newline at end of file`
  return lines[at]?.startsWith('\\') ? at + 1 : at;
}

const WORDS = [
  ...['old mode', 'new mode', 'deleted file mode', 'new file mode', 'copy from', 'copy to'],
  ...['rename from', 'rename to', 'similarity index', 'dissimilarity index', 'index'],
  ...['Binary files', 'GIT binary patch', '---', '+++'],
];

function readHead(lines: readonly string[], start: number): Head {
  const words = new Map<string, string>();
  let at = start + 1;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const word = WORDS.find((one) => line === one || line.startsWith(`${one} `));
    if (word === undefined) break;
    words.set(word, line.slice(word.length + 1));
  }
  const [first, second] = bothNames((lines[start] ?? '').slice('diff --git '.length));
  const moved = (word: string): string | undefined => {
    const name = words.get(word);
    return name === undefined ? undefined : unquoted(name);
  };
  const marked = (word: '---' | '+++'): string | undefined => {
    const name = words.get(word);
    // A name with a space is followed by a tab.
    return name === undefined || name === '/dev/null'
      ? undefined
      : withoutPrefix(unquoted(name.replace(/\t$/, '')));
  };
  return {
    oldPath: moved('rename from') ?? moved('copy from') ?? marked('---') ?? first,
    newPath: moved('rename to') ?? moved('copy to') ?? marked('+++') ?? second,
    words,
    next: at,
  };
}

/** `a/x b/x`: both are the same name, for a rename says its names again. */
function bothNames(text: string): readonly [string | undefined, string | undefined] {
  if (text.startsWith('"')) {
    const end = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0].length ?? 0;
    return [
      withoutPrefix(unquoted(text.slice(0, end))),
      withoutPrefix(unquoted(text.slice(end + 1))),
    ];
  }
  const half = (text.length - 1) / 2;
  const [one, other] = [text.slice(0, half), text.slice(half + 1)].map(withoutPrefix);
  return one !== undefined && one === other ? [one, other] : [undefined, undefined];
}

function withoutPrefix(name: string): string {
  return name.replace(/^[ab]\//, '');
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' },
  ...{ '"': '"', '\\': '\\' },
};

/** A name as git quotes it: C escapes, and octal bytes that are UTF-8 together. */
function unquoted(name: string): string {
  if (!/^".*"$/s.test(name)) return name;
  const bytes: Buffer[] = [];
  for (const [part, escaped] of name.slice(1, -1).matchAll(/\\([0-7]{3}|.)|[^\\]+/gs)) {
    if (escaped === undefined) bytes.push(Buffer.from(part));
    else if (/^[0-7]{3}$/.test(escaped)) bytes.push(Buffer.from([Number.parseInt(escaped, 8)]));
    else bytes.push(Buffer.from(ESCAPES[escaped] ?? escaped));
  }
  return Buffer.concat(bytes).toString('utf8');
}

function statusOf(words: ReadonlyMap<string, string>): ChangedFile['status'] {
  if (words.has('new file mode')) return 'added';
  if (words.has('deleted file mode')) return 'deleted';
  if (words.has('rename to')) return 'renamed';
  return words.has('copy to') ? 'copied' : 'modified';
}

/** 160000 is a commit of another repository, 120000 a symbolic link. */
function isSpecial(words: ReadonlyMap<string, string>): boolean {
  const modes = ['new file mode', 'deleted file mode', 'new mode', 'index'];
  return modes.some((word) => /(^|\s)1[26]0000$/.test(words.get(word) ?? ''));
}

interface Hunk {
  readonly oldLine: number;
  readonly oldCount: number;
  readonly newLine: number;
  readonly newCount: number;
}

function hunkAt(lines: readonly string[], at: number): Hunk | undefined {
  const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(lines[at] ?? '');
  if (match === null) return undefined;
  const [, oldLine, oldCount = '1', newLine, newCount = '1'] = match;
  return {
    oldLine: Number(oldLine),
    oldCount: Number(oldCount),
    newLine: Number(newLine),
    newCount: Number(newCount),
  };
}
