/**
 * Brings what was mended in the tree back to the user. What is staged becomes what was mended; the file in the work
 * tree follows where it is the same, or where what was mended can be merged into what the user changed since. Where
 * the two meet in one place, both stay as they are.
 *
 * The index is written in one step, and each file in one step, so that whoever is interrupted finds old or new bytes.
 */

import { chmodSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import { fail, ok, type Result } from '../../failure.ts';
import { runGit } from '../git.ts';
import { WITHOUT_SETTINGS } from './checkout.ts';
import { bytesOf, type Mended } from './mended.ts';
import { readIndex, type Repository } from './repository.ts';
import type { Entry } from './listing.ts';

export interface TakenOver {
  readonly fixed: readonly string[];
  readonly left: readonly { readonly file: string; readonly why: string }[];
}

export interface Exchange {
  readonly repository: Repository;
  /** The place of the tree, absolute. */
  readonly place: string;
  /** The project in the repository, relative to its top; empty for itself. */
  readonly below: string;
  /** A folder on the disk of the work tree in which anything may be made. */
  readonly scratch: string;
}

interface Plan {
  readonly file: string;
  readonly entry: Entry;
  readonly work: { readonly old: Buffer; readonly next: Buffer };
}

/** `entries`: what was staged when the tree was made. */
export async function takeOverStaged(
  mended: readonly Mended[],
  entries: readonly Entry[],
  exchange: Exchange,
): Promise<Result<TakenOver>> {
  const { repository, below } = exchange;
  const staged = new Map(entries.map((entry) => [entry.name, entry]));
  const plans: Plan[] = [];
  const left: { file: string; why: string }[] = [];
  for (const one of mended) {
    const name = Buffer.from(path.posix.join(below, one.file), 'utf8').toString('latin1');
    const plan = await planFor(one, staged.get(name), exchange);
    if (typeof plan === 'string') left.push({ file: one.file, why: plan });
    else plans.push(plan);
  }
  if (plans.length === 0) return ok({ fixed: [], left });
  const now = await readIndex(repository);
  if (!now.ok) return now;
  const still = new Map(now.value.entries.map((entry) => [entry.name, entry.object]));
  if (plans.some(({ entry }) => still.get(entry.name) !== staged.get(entry.name)?.object))
    return fail({
      kind: 'cannot_act',
      message: 'something else was staged meanwhile; nothing was mended',
    });
  const lines = plans.map(({ entry: { mode, object, name } }) => `${mode} ${object}\t${name}\0`);
  const updated = await runGit({
    cwd: repository.top,
    argv: ['update-index', '-z', '--index-info'],
    env: { GIT_INDEX_FILE: repository.index },
    input: Buffer.from(lines.join(''), 'latin1'),
  });
  if (!updated.ok)
    return fail({
      kind: 'cannot_act',
      message: `what was mended cannot be staged: ${updated.said}`,
    });
  for (const { file, work } of plans)
    if (!replace(file, work.old, work.next, exchange))
      left.push({ file, why: 'staged; the file itself changed meanwhile' });
  return ok({ fixed: plans.map(({ file }) => file), left });
}

/** The file as it lies there is what was mended, or it is left alone. */
export function takeOverFiles(mended: readonly Mended[], exchange: Exchange): TakenOver {
  const isTaken = ({ file, before, after }: Mended) => replace(file, before, after, exchange);
  const taken = new Map(mended.map((one) => [one, isTaken(one)]));
  const why = 'git converts it, or it changed meanwhile';
  return {
    fixed: mended.filter((one) => taken.get(one)).map(({ file }) => file),
    left: mended.filter((one) => !taken.get(one)).map(({ file }) => ({ file, why })),
  };
}

/** Why not, in words. */
async function planFor(
  { file }: Mended,
  entry: Entry | undefined,
  exchange: Exchange,
): Promise<Plan | string> {
  const { repository, below } = exchange;
  const inTop = path.posix.join(below, file);
  const work = bytesOf(path.join(repository.top, inTop));
  if (entry === undefined) return 'it is not staged any more';
  if (work === undefined) return 'it is no file in the work tree any more';
  const attribute = await runGit({
    cwd: repository.top,
    argv: ['check-attr', '-z', 'filter', '--', inTop],
  });
  const filter = attribute.ok ? attribute.stdout.split('\0')[2] : undefined;
  if (filter !== 'unspecified' && filter !== 'unset')
    return `the filter ${filter ?? ''} of git is on it`;
  const object = await store(inTop, exchange);
  if (object === undefined) return 'what was mended cannot be stored';
  const [old, next] = await Promise.all([
    asCheckedOut(entry.object, inTop, repository),
    asCheckedOut(object, inTop, repository),
  ]);
  if (old === undefined || next === undefined) return 'git does not check it out';
  const merged = work.equals(old) ? next : await merge(work, old, next, exchange);
  if (merged === undefined) return 'you changed the same lines since you staged them';
  return { file, entry: { ...entry, object }, work: { old: work, next: merged } };
}

/** Into the objects of the user's repository, as the tree's own attributes say. */
async function store(inTop: string, { repository, place }: Exchange): Promise<string | undefined> {
  const tree = path.join(place, 'tree');
  const stored = await runGit({
    cwd: tree,
    argv: ['hash-object', '-w', '--', inTop],
    env: {
      ...WITHOUT_SETTINGS,
      GIT_DIR: path.join(place, 'git'),
      GIT_WORK_TREE: tree,
      GIT_OBJECT_DIRECTORY: repository.objects,
    },
  });
  return stored.ok ? stored.stdout.trim() : undefined;
}

/** With the line ends that this user has in the work tree. */
async function asCheckedOut(
  object: string,
  inTop: string,
  { top }: Repository,
): Promise<Buffer | undefined> {
  const argv = ['cat-file', '--filters', `--path=${inTop}`, object];
  const shown = await runGit({ cwd: top, argv, encoding: 'latin1' });
  return shown.ok ? Buffer.from(shown.stdout, 'latin1') : undefined;
}

/** https://git-scm.com/docs/git-merge-file: ends with 0 only without a conflict. */
async function merge(
  work: Buffer,
  old: Buffer,
  next: Buffer,
  { scratch }: Exchange,
): Promise<Buffer | undefined> {
  makeFolder(scratch, 0o700);
  const files = [work, old, next].map((bytes, at) => {
    const file = path.join(scratch, `merge-${at}`);
    writeFileSync(file, bytes, { mode: 0o600 });
    return file;
  });
  const merged = await runGit({
    cwd: scratch,
    argv: ['merge-file', '-p', '--quiet', ...files],
    encoding: 'latin1',
  });
  return merged.ok ? Buffer.from(merged.stdout, 'latin1') : undefined;
}

/** False where the file is not what it was. */
function replace(
  file: string,
  old: Buffer,
  next: Buffer,
  { repository, below, scratch }: Exchange,
): boolean {
  const target = path.join(repository.top, below, file);
  if (old.equals(next)) return true;
  makeFolder(scratch, 0o700);
  const draft = path.join(scratch, 'next');
  writeFileSync(draft, next);
  if (bytesOf(target)?.equals(old) !== true) return false;
  chmodSync(draft, statSync(target).mode & 0o7777);
  renameSync(draft, target);
  return true;
}
