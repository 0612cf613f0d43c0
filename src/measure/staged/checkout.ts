/**
 * A tree that holds exactly what an index holds, kept between runs so that only what changed is written. It is a
 * repository of its own: it borrows the objects, has the same HEAD, and its index is the one that is measured, so what
 * a tool asks git there is answered as it will be after the commit. Nothing of the judged repository is written.
 *
 * The user's settings do not reach it: no filters run (LFS files stay pointers), and line ends are those that are
 * committed unless `.gitattributes` says otherwise.
 *
 *     place/git      its repository
 *     place/tree     what is staged, with links to what git ignores
 *     place/listing  what was put there last; absent while it changes, and then all is made anew
 */

import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../config/make-folder.ts';
import { fail, ok, type Result } from '../../failure.ts';
import { runGit, type GitAnswer } from '../git.ts';
import { indexInfo, recordsOf, type Entry } from './listing.ts';
import { wantedLinks, type Links } from './links.ts';
import type { Index, Repository } from './repository.ts';
import { makeLinks, removeEmptyFolders, removeLeftover, removeLinks } from './tree-links.ts';

/** Absolute paths. */
interface Place {
  readonly tree: string;
  readonly gitDir: string;
  readonly listing: string;
}

/** Makes the tree in `folder` the index; its path. */
export async function checkOut(
  folder: string,
  repository: Repository,
  index: Index,
): Promise<Result<string>> {
  const place: Place = {
    tree: path.join(folder, 'tree'),
    gitDir: path.join(folder, 'git'),
    listing: path.join(folder, 'listing'),
  };
  const before = recall(place);
  if (before === undefined) startOver(place);
  settle(place, repository);
  const links = await wantedLinks(repository, index, place.tree);
  exclude(place, links);
  rmSync(place.listing, { force: true });
  removeLinks(place.tree, before?.links ?? [], links);
  const failed = await update(place, before?.entries ?? [], index.entries, links);
  if (failed !== undefined) {
    const message = `what is staged cannot be checked out: ${failed}`;
    const help = ['git fsck tells what is missing; a partial clone fetches it with git checkout'];
    return fail({ kind: 'cannot_act', message, help });
  }
  makeLinks(place.tree, links);
  const kept: Kept = { entries: index.entries, links: [...links.keys()] };
  writeFileSync(place.listing, JSON.stringify(kept), { mode: 0o600 });
  return ok(place.tree);
}

interface Kept {
  readonly entries: readonly Entry[];
  readonly links: readonly string[];
}

/** Our own file, in a folder of the user's alone: what cannot be read is as good as absent. */
function recall({ listing }: Place): Kept | undefined {
  try {
    return JSON.parse(readFileSync(listing, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

function startOver({ tree, gitDir, listing }: Place): void {
  for (const left of [tree, gitDir, listing]) rmSync(left, { recursive: true, force: true });
  makeFolder(tree, 0o700);
  for (const name of ['objects/info', 'refs/heads', 'info'])
    makeFolder(path.join(gitDir, name), 0o700);
}

/** https://git-scm.com/docs/gitrepository-layout */
function settle({ tree, gitDir }: Place, repository: Repository): void {
  const { objects, head, objectFormat, shallow } = repository;
  for (const name of readdirSync(gitDir))
    if (name.endsWith('.lock')) rmSync(path.join(gitDir, name));
  const sha256 = objectFormat === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${objectFormat}\n`;
  const version = sha256 === '' ? 0 : 1;
  const files: Readonly<Record<string, string>> = {
    config: `[core]\n\trepositoryFormatVersion = ${version}\n\tbare = false\n${sha256}`,
    'objects/info/alternates': `${quoted(objects)}\n`,
    HEAD: head === undefined ? 'ref: refs/heads/main\n' : `${head}\n`,
    ...(shallow === undefined ? {} : { shallow: readFileSync(shallow, 'utf8') }),
  };
  for (const [name, text] of Object.entries(files)) rewrite(path.join(gitDir, name), text);
  rewrite(path.join(tree, '.git'), `gitdir: ${gitDir}\n`);
}

/** A line that begins with a quotation mark is read as a string of C. */
function quoted(file: string): string {
  return /["\\\n]/.test(file) ? JSON.stringify(file) : file;
}

function rewrite(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  writeFileSync(file, text, { mode: 0o600 });
}

/** The links are nobody's files: `.gitignore` says `node_modules/`, and a link is no folder. */
function exclude({ gitDir }: Place, links: Links): void {
  const patterns = [...links.keys()].map((name) =>
    name.replace(/(^|\/)node_modules\/.*$/s, '$1node_modules'),
  );
  const lines = [...new Set(patterns)].map((name) => `/${name.replace(/[\\*?[\]!# ]/g, '\\$&')}\n`);
  const file = path.join(gitDir, 'info', 'exclude');
  writeFileSync(file, lines.join(''), { mode: 0o600, encoding: 'latin1' });
}

/** What went wrong, in git's words. */
async function update(
  place: Place,
  before: readonly Entry[],
  after: readonly Entry[],
  links: Links,
): Promise<string | undefined> {
  const info = indexInfo(before, after);
  if (info !== '') {
    const updated = await inPlace(place, ['update-index', '-z', '--index-info'], info);
    if (!updated.ok) return updated.said;
  }
  const looked = await inPlace(place, ['ls-files', '-z', '-t', '-m', '-d', '-o']);
  if (!looked.ok) return looked.said;
  const stale = new Set<string>();
  for (const record of recordsOf(looked.stdout)) {
    const name = record.slice(2);
    if (!record.startsWith('?')) stale.add(name);
    else if (!links.has(name)) removeLeftover(place.tree, name);
  }
  const stays = new Set(after.map(({ name }) => name));
  for (const { name } of before) if (!stays.has(name)) removeEmptyFolders(place.tree, name);
  if (stale.size === 0) return undefined;
  const names = [...stale].map((name) => `${name}\0`).join('');
  const written = await inPlace(
    place,
    ['checkout-index', '-f', '-u', '-q', '-z', '--stdin'],
    names,
  );
  return written.ok ? undefined : written.said;
}

/** Git in the tree, without the user's settings. */
function inPlace(
  { tree, gitDir }: Place,
  argv: readonly string[],
  input?: string,
): Promise<GitAnswer> {
  return runGit({
    cwd: tree,
    argv: ['-c', 'core.symlinks=true', '-c', 'core.fileMode=true', ...argv],
    env: { ...WITHOUT_SETTINGS, GIT_DIR: gitDir, GIT_WORK_TREE: tree },
    encoding: 'latin1',
    ...(input === undefined ? {} : { input: Buffer.from(input, 'latin1') }),
  });
}

/** Nobody's filters, nobody's line ends. */
export const WITHOUT_SETTINGS: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
};
