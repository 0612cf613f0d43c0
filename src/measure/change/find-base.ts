/** Which commit this work tree is compared with, asked of git. */

import { readFileSync, statSync } from 'node:fs';
import { askGit } from '../git.ts';
import { askedHint, DEFAULT_BRANCHES, hintsOfCi, type BaseHint } from './base.ts';

export interface BaseQuestion {
  readonly root: string;
  /** What `--base` says. */
  readonly asked?: string | undefined;
  /** The change is what will be committed on top of HEAD; before the first commit that is everything. */
  readonly ofCommit?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Commit of the last good release, from the history; asked only when nothing else tells. */
  readonly lastGood?: () => Promise<Release | undefined>;
}

/** The commit a change begins at, and why that one. */
export interface Base {
  /** Full id. */
  readonly commit: string;
  /** For people: `the merge base with origin/main`. */
  readonly by: string;
}

export type FoundBase =
  | { readonly kind: 'base'; readonly base: Base }
  /** Nobody named one, and none is there. */
  | { readonly kind: 'none'; readonly why: string }
  /** There is one, or may be, and this clone does not reach it. */
  | { readonly kind: 'untold'; readonly why: string; readonly help: string }
  /** A person named it, and it is not there. */
  | { readonly kind: 'wrong'; readonly why: string; readonly help: string };

export async function findBase(question: BaseQuestion): Promise<FoundBase> {
  const { root, asked, env, ofCommit = false } = question;
  const head = await commitOf(root, 'HEAD');
  if (asked !== undefined) return await askedBase(root, head, asked);
  if (ofCommit) return { kind: 'base', base: await lastCommit(root, head) };
  if (head === undefined) return { kind: 'none', why: 'there is no commit to compare with' };
  const named = hintsOfCi(env, eventOf(env['GITHUB_EVENT_PATH']));
  for (const hint of named) {
    const base = await fromHint(root, head, hint);
    if (base !== undefined) return { kind: 'base', base };
  }
  const isCut = await isShallow(root);
  const unreached = outOfReach(named, isCut);
  if (unreached !== undefined) return unreached;
  return await unnamedBase(question, head, named, isCut);
}

/** Where nobody named a base that could still be there. */
async function unnamedBase(
  question: BaseQuestion,
  head: string,
  named: readonly BaseHint[],
  isCut: boolean,
): Promise<FoundBase> {
  const { root } = question;
  const branch = await defaultBranch(root);
  const left = branch && (await leftFrom(root, head, branch, isCut));
  if (left !== undefined) return { kind: 'base', base: left };
  const release = await releasedLast(question);
  const released = release && (await fromHistory(root, release));
  if (released !== undefined) return { kind: 'base', base: released };
  // An older tag would count what the release has already, and a branch without its beginning all that it ever had.
  const isHidden =
    isCut && (release !== undefined || (branch !== undefined && !(await isOn(root, head, branch))));
  const tagged = isHidden ? undefined : await fromTag(root, head);
  if (tagged !== undefined) return { kind: 'base', base: tagged };
  if (isCut) {
    return { kind: 'untold', why: 'nothing to compare with: this clone is shallow', help: DEEPEN };
  }
  const [replaced] = named;
  return replaced === undefined
    ? { kind: 'none', why: whyNone(branch) }
    : { kind: 'untold', why: `${told(replaced)} is not in this clone`, help: NAME_ONE };
}

/**
 * What the CI named and this clone does not have. A whole clone need not have the commit that a forced push replaced:
 * then the next is asked.
 */
function outOfReach(named: readonly BaseHint[], isCut: boolean): FoundBase | undefined {
  const hint = named.find(({ exact }) => isCut || exact !== true);
  if (hint === undefined) return undefined;
  if (isCut) {
    return {
      kind: 'untold',
      why: `${told(hint)} is out of reach in this shallow clone`,
      help: DEEPEN,
    };
  }
  const [remote = ''] = hint.refs;
  const name = remote.replace('refs/remotes/origin/', '');
  return {
    kind: 'untold',
    why: `${told(hint)} is not in this clone`,
    help: `fetch it: git fetch origin ${name}:${remote}`,
  };
}

/** `the base that the CI names (GITHUB_BASE_REF main)` */
const told = ({ by, refs, exact }: BaseHint): string =>
  `the base that the CI names (${exact === true ? `${by} ${refs[0]?.slice(0, 9)}` : by})`;

async function lastCommit(root: string, head: string | undefined): Promise<Base> {
  if (head !== undefined) return { commit: head, by: 'HEAD: what is staged' };
  const isLong = (await askGit(root, 'rev-parse', '--show-object-format'))?.trim() === 'sha256';
  return { commit: isLong ? NO_FILES_SHA256 : NO_FILES, by: 'nothing: there is no commit yet' };
}

/** The tree without files, which every git knows; the id is the same everywhere. */
const NO_FILES = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const NO_FILES_SHA256 = '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321';

async function askedBase(
  root: string,
  head: string | undefined,
  asked: string,
): Promise<FoundBase> {
  const hint = askedHint(asked);
  const base = hint && head !== undefined ? await fromHint(root, head, hint) : undefined;
  if (base !== undefined) return { kind: 'base', base };
  const help = (await isShallow(root))
    ? `this clone is shallow: ${DEEPEN}`
    : 'name a branch, a tag or a commit of this repository';
  return {
    kind: 'wrong',
    why: `--base: there is no commit \`${asked.slice(0, 80)}\` here to compare with`,
    help,
  };
}

const DEEPEN =
  'fetch the whole history (`fetch-depth: 0` of actions/checkout, `GIT_DEPTH: 0`, or git fetch --unshallow)';
const NAME_ONE = 'name a commit to compare with: --base';

async function fromHint(
  root: string,
  head: string,
  { refs, by, exact }: BaseHint,
): Promise<Base | undefined> {
  for (const ref of refs) {
    const commit = await commitOf(root, ref);
    if (commit === undefined) continue;
    const parted = await mergeBase(root, commit, head);
    if (parted !== undefined) {
      const isItself = parted === commit;
      return { commit: parted, by: isItself ? by : `the merge base with ${by}` };
    }
    // Cut histories have no common commit, and all of the other branch would look like a change.
    if (exact === true || !(await isShallow(root))) return { commit, by };
  }
  return undefined;
}

/** Undefined on the branch itself, unless something is not committed yet: that is what it has not. */
async function leftFrom(
  root: string,
  head: string,
  branch: Branch,
  isCut: boolean,
): Promise<Base | undefined> {
  const parted = await mergeBase(root, branch.commit, head);
  if (parted === undefined) return undefined;
  const isEdge = isCut && (await commitOf(root, `${parted}^`)) === undefined;
  const by = `the merge base with ${branch.name}${isEdge ? ', where this shallow clone begins' : ''}`;
  if (parted !== head) return { commit: parted, by };
  const changed = await askGit(root, 'status', '--porcelain', '--', '.');
  return changed === undefined || changed === ''
    ? undefined
    : { commit: head, by: `HEAD, which is on ${branch.name}: what is not committed yet` };
}

interface Branch {
  readonly commit: string;
  readonly name: string;
}

async function defaultBranch(root: string): Promise<Branch | undefined> {
  for (const ref of DEFAULT_BRANCHES) {
    const commit = await commitOf(root, ref);
    if (commit === undefined) continue;
    const full = await askGit(
      root,
      'rev-parse',
      '--symbolic-full-name',
      '--verify',
      '--quiet',
      ref,
    );
    const name = (full?.trim() || ref).replace(/^refs\/(remotes|heads)\//, '');
    return { commit, name };
  }
  return undefined;
}

interface Release {
  readonly commit: string;
  readonly version: string;
}

async function releasedLast({ lastGood }: BaseQuestion): Promise<Release | undefined> {
  const release = await lastGood?.();
  return release && /^[0-9a-f]{40,64}$/.test(release.commit) ? release : undefined;
}

async function fromHistory(root: string, release: Release): Promise<Base | undefined> {
  const commit = await commitOf(root, release.commit);
  return commit === undefined
    ? undefined
    : { commit, by: `the last good release, ${release.version}` };
}

/** The last tag behind the work tree; on a tagged commit itself the one before. */
async function fromTag(root: string, head: string): Promise<Base | undefined> {
  for (const from of [head, `${head}^`]) {
    const tag = (
      await askGit(root, 'describe', '--tags', '--abbrev=0', '--match', '*[0-9]*', from)
    )?.trim();
    if (tag === undefined || tag === '') return undefined;
    const commit = await commitOf(root, `refs/tags/${tag}`);
    if (commit !== undefined && commit !== head) return { commit, by: `the last tag, ${tag}` };
  }
  return undefined;
}

function whyNone(branch: Branch | undefined): string {
  const where =
    branch === undefined ? 'no default branch is known' : `this is ${branch.name} itself`;
  return `nothing to compare with: ${where}, and no release is known; name it with --base`;
}

async function isOn(root: string, head: string, { commit }: Branch): Promise<boolean> {
  return (await mergeBase(root, commit, head)) === head;
}

async function commitOf(root: string, ref: string): Promise<string | undefined> {
  const found = await askGit(
    root,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  );
  return found?.trim() || undefined;
}

async function mergeBase(root: string, one: string, other: string): Promise<string | undefined> {
  return (await askGit(root, 'merge-base', one, other))?.trim() || undefined;
}

async function isShallow(root: string): Promise<boolean> {
  return (await askGit(root, 'rev-parse', '--is-shallow-repository'))?.trim() === 'true';
}

const LARGEST_EVENT = 4 * 1024 * 1024;

/** What GitHub says of the push or the pull request. */
function eventOf(file: string | undefined): unknown {
  if (file === undefined) return undefined;
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > LARGEST_EVENT) return undefined;
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
