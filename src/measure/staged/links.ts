/**
 * What git ignores is no part of a commit, and yet the tools need it: installed packages, generated code, virtual
 * environments. In the tree of what is staged each is a link to where it lies. Caches stay out: tools write there.
 */

import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { runGit } from '../git.ts';
import { recordsOf } from './listing.ts';
import type { Index, Repository } from './repository.ts';

/** Name in the tree (bytes) to the absolute path it leads to. */
export type Links = ReadonlyMap<string, string>;

const PACKAGES = 'node_modules';
const CACHE = /(^|[._])cache$|^__pycache__$|^\.eslintcache$|\.tsbuildinfo$/;
const NEVER = new Set(['.nemesis', '.git']);

export async function wantedLinks(
  repository: Repository,
  index: Index,
  tree: string,
): Promise<Links> {
  const links = new Map<string, string>();
  const { top } = repository;
  for (const name of await ignoredIn(repository)) {
    const base = path.posix.basename(name);
    if (NEVER.has(base) || CACHE.test(base)) continue;
    if (base === PACKAGES) addPackages(name, top, tree, links);
    else links.set(name, inWorkTree(top, name));
  }
  // Somebody may have forgotten to have git ignore them.
  for (const { name } of index.entries) {
    if (path.posix.basename(name) !== 'package.json') continue;
    const packages = path.posix.join(path.posix.dirname(name), PACKAGES);
    const isKnown = links.has(packages) || links.has(`${packages}/.bin`);
    if (!isKnown && !isTracked(packages, index) && existsSync(inWorkTree(top, packages)))
      addPackages(packages, top, tree, links);
  }
  for (const name of index.gitlinks)
    if (existsSync(inWorkTree(top, name))) links.set(name, inWorkTree(top, name));
  return links;
}

async function ignoredIn({ top, index }: Repository): Promise<string[]> {
  const listed = await runGit({
    cwd: top,
    argv: ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'],
    env: { GIT_INDEX_FILE: index },
    encoding: 'latin1',
  });
  return listed.ok ? recordsOf(listed.stdout).map((name) => name.replace(/\/$/, '')) : [];
}

function isTracked(folder: string, { entries }: Index): boolean {
  return entries.some(({ name }) => name.startsWith(`${folder}/`));
}

/** Paths are text; a name that is none leads nowhere, and its link is left out. */
function inWorkTree(top: string, name: string): string {
  return path.join(top, Buffer.from(name, 'latin1').toString('utf8'));
}

/**
 * One link for the whole folder; but a package of this repository (a workspace) that is linked in it must lead to what
 * is staged of it, so then each entry gets its own.
 */
function addPackages(name: string, top: string, tree: string, links: Map<string, string>): void {
  const folder = inWorkTree(top, name);
  const entries = entriesOf(folder);
  const own = new Map(entries.flatMap((entry) => ownPackage(folder, entry, top) ?? []));
  if (own.size === 0) {
    links.set(name, folder);
    return;
  }
  for (const entry of entries) {
    const inRepository = own.get(entry);
    const target = inRepository === undefined ? undefined : path.join(tree, inRepository);
    const link = `${name}/${Buffer.from(entry, 'utf8').toString('latin1')}`;
    links.set(link, target ?? path.join(folder, entry));
  }
}

/** Packages, those in a scope (`@acme/money`) one by one. */
function entriesOf(folder: string): string[] {
  const names = namesIn(folder);
  return names.flatMap((name) =>
    name.startsWith('@') ? namesIn(path.join(folder, name)).map((one) => `${name}/${one}`) : [name],
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The entry, with where in the repository it leads to outside every `node_modules`. */
function ownPackage(folder: string, entry: string, top: string): [string, string][] | undefined {
  const file = path.join(folder, entry);
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  const inside = path.relative(top, path.resolve(path.dirname(file), readlinkSync(file)));
  const isOutside = inside === '' || inside.startsWith('..') || path.isAbsolute(inside);
  const isInstalled = inside.split(path.sep).includes(PACKAGES);
  return isOutside || isInstalled ? undefined : [[entry, inside]];
}
