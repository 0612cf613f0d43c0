/** The change that is judged: what the work tree has that its base has not, with what is not committed yet. */

import { untrackedFiles } from '../files.ts';
import { askGit } from '../git.ts';
import { parseDiff, type ChangedFile, type Line } from './diff.ts';
import { findBase, type Base, type BaseQuestion } from './find-base.ts';
import { textAt, textNow } from './texts.ts';

export interface Change {
  readonly base: Base;
  /** Relative to the project's root; files outside it are no part. */
  readonly files: readonly ChangedFile[];
  /** The text of a file at the base; undefined when there is none, or more than a source file has. */
  before(file: string): Promise<string | undefined>;
  /** The text of a file in the work tree; undefined likewise. */
  now(file: string): string | undefined;
  /** Whether the base holds this text in any file: names of variables, options. */
  wasKnown(text: string): Promise<boolean>;
}

export type ReadChange =
  | { readonly kind: 'change'; readonly change: Change }
  /** Nothing to compare with here. */
  | { readonly kind: 'none'; readonly why: string }
  /** There is, and it cannot be told. */
  | { readonly kind: 'untold'; readonly why: string; readonly help?: string }
  | { readonly kind: 'wrong'; readonly why: string; readonly help: string };

/** Asked once, by whoever needs it first. */
export function changeReader(question: BaseQuestion): () => Promise<ReadChange> {
  let reading: Promise<ReadChange> | undefined;
  return () => (reading ??= readChange(question));
}

/** As git shows a change by default: the user's own settings and the repository's shall not alter how it looks. */
const DIFF = [
  ...['-c', 'diff.noprefix=false', '-c', 'diff.mnemonicPrefix=false', 'diff'],
  ...['-U0', '--inter-hunk-context=0', '--no-color', '--no-ext-diff', '--no-textconv', '-M'],
  ...['--src-prefix=a/', '--dst-prefix=b/', '--submodule=short', '--indent-heuristic'],
  ...['--diff-algorithm=myers', '--ignore-submodules=none', '--relative'],
];

async function readChange(question: BaseQuestion): Promise<ReadChange> {
  const { root } = question;
  if ((await askGit(root, 'rev-parse', '--is-inside-work-tree'))?.trim() !== 'true') {
    if (question.asked === undefined) return { kind: 'none', why: 'this is no git work tree' };
    return { kind: 'wrong', why: '--base: this is no git work tree', help: 'leave --base out' };
  }
  const found = await findBase(question);
  if (found.kind !== 'base') return found;
  const { base } = found;
  const text = await askGit(root, ...DIFF, base.commit, '--', '.');
  const untracked = await untrackedFiles(root);
  const files = text === undefined ? undefined : parseDiff(text);
  if (files === undefined || untracked === undefined) {
    return {
      kind: 'untold',
      why: `git could not tell what changed since ${base.commit.slice(0, 9)}`,
    };
  }
  const now = (file: string): string | undefined => textNow(root, file);
  const added = untracked.slice(0, MOST_UNTRACKED).map((name): ChangedFile => {
    return { path: name, status: 'added', ...contentOf(now(name)), removed: [] };
  });
  return {
    kind: 'change',
    change: {
      base,
      files: [...files.map((file) => revealed(file, now)), ...added],
      before: (file) => textAt(root, base.commit, file),
      now,
      wasKnown: async (known) => {
        const argv = ['grep', '-q', '-I', '-F', '-e', known, base.commit, '--', '.'];
        return (await askGit(root, ...argv)) !== undefined;
      },
    },
  };
}

/** More new files than that are no change anybody reviews: a folder that should be ignored. */
const MOST_UNTRACKED = 5_000;
const IS_SOURCE = /\.([cm]?[jt]sx?|pyi?|vue|svelte)$/;

/** `*.ts -diff` in .gitattributes hides every line of a change: then all of the file counts as new. */
function revealed(file: ChangedFile, now: (file: string) => string | undefined): ChangedFile {
  if (file.binary !== true || file.status === 'deleted' || !IS_SOURCE.test(file.path)) return file;
  const text = now(file.path);
  if (text === undefined || text.includes('\0')) return file;
  const { binary: _hidden, ...rest } = file;
  return { ...rest, added: linesOf(text) };
}

function contentOf(text: string | undefined): Pick<ChangedFile, 'added' | 'binary'> {
  return text === undefined || text.includes('\0')
    ? { binary: true, added: [] }
    : { added: linesOf(text) };
}

function linesOf(text: string): Line[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => ({ line: index + 1, text: line }));
}
