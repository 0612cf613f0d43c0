/** Whether the tree an npm lock file pins holds together: each dependency is in it, at a version its range allows. */

import path from 'node:path';
import semver from 'semver';
import { z } from 'zod';

const Ranges = z.record(z.string(), z.string()).optional();
export const Groups = z.object({
  dependencies: Ranges,
  devDependencies: Ranges,
  optionalDependencies: Ranges,
  peerDependencies: Ranges,
});
export type DependencyGroups = z.infer<typeof Groups>;

/** https://docs.npmjs.com/cli/configuring-npm/package-lock-json#packages */
export const LockEntry = Groups.extend({
  version: z.string().optional(),
  /** Of a link, the place of what it points to. */
  resolved: z.unknown().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  extraneous: z.boolean().optional(),
  hasShrinkwrap: z.boolean().optional(),
  bundleDependencies: z.unknown().optional(),
  acceptDependencies: z.unknown().optional(),
}).loose();
type Entry = z.infer<typeof LockEntry>;
export type LockPackages = Readonly<Record<string, Entry>>;

export interface BrokenEdge {
  readonly kind: 'missing' | 'invalid';
  /** Key of the package that wants it: '' for the root, `apps/till`, `node_modules/money`. */
  readonly place: string;
  readonly message: string;
}

export interface TreeRules {
  /** Names that `overrides` in package.json gives other versions. */
  readonly overridden: ReadonlySet<string>;
  /** npm does not look at peers at all: `legacy-peer-deps`. */
  readonly withoutPeers: boolean;
}

interface Edge {
  readonly name: string;
  readonly range: string;
  readonly mayBeMissing: boolean;
}

/** As npm's own `npm ci` finds them; what it resolves leniently (peers of others, bundles) is left out. */
export function brokenEdges(packages: LockPackages, rules: TreeRules): BrokenEdge[] {
  return Object.entries(packages).flatMap(([place, entry]) =>
    isFollowed(place, entry)
      ? edgesOf(place, entry, rules).flatMap((edge) => judged(edge, place, packages, rules))
      : [],
  );
}

/** A link's dependencies are those of its target; a bundle and a shrinkwrap bring their own. */
function isFollowed(place: string, entry: Entry): boolean {
  if (place === '..' || place.startsWith('../')) return false;
  return (
    entry.link !== true &&
    entry.inBundle !== true &&
    entry.extraneous !== true &&
    entry.hasShrinkwrap !== true
  );
}

/** npm keeps one edge for each name, of the last of these groups that declares it. */
function edgesOf(place: string, entry: Entry, { withoutPeers }: TreeRules): Edge[] {
  const installed = /(^|\/)node_modules\//.test(place);
  const groups: readonly (readonly [DependencyGroups['dependencies'], boolean])[] = [
    [installed || withoutPeers ? {} : entry.peerDependencies, true],
    [entry.dependencies, false],
    [entry.optionalDependencies, true],
    [installed ? {} : entry.devDependencies, false],
  ];
  const edges = new Map<string, Edge>();
  for (const [ranges, mayBeMissing] of groups) {
    for (const [name, range] of Object.entries(ranges ?? {})) {
      edges.set(name, { name, range, mayBeMissing });
    }
  }
  const own = new Set([...bundledBy(place, entry), ...Object.keys(entry.acceptDependencies ?? {})]);
  return [...edges.values()].filter(({ name }) => !own.has(name));
}

function bundledBy(place: string, { bundleDependencies, dependencies }: Entry): string[] {
  if (place === '') return [];
  if (bundleDependencies === true) return Object.keys(dependencies ?? {});
  return Array.isArray(bundleDependencies)
    ? bundleDependencies.filter((name) => typeof name === 'string')
    : [];
}

function judged(
  { name, range, mayBeMissing }: Edge,
  place: string,
  packages: LockPackages,
  { overridden }: TreeRules,
): BrokenEdge[] {
  const wanted = place === '' ? '' : `, which ${shownPlace(place)} wants`;
  const found = resolve(name, place, packages);
  if (found === undefined) {
    const message = `Missing: ${name} from lock file${wanted}`;
    return mayBeMissing ? [] : [{ kind: 'missing', place, message }];
  }
  const version = versionOf(found, packages);
  const asked = overridden.has(name) || version === undefined || satisfies(version, range);
  if (asked) return [];
  const message = `Invalid: lock file's ${name}@${version} does not satisfy ${name}@${range}${wanted}`;
  return [{ kind: 'invalid', place, message }];
}

function shownPlace(place: string): string {
  return place.split('node_modules/').at(-1) ?? place;
}

/** Node's lookup: the nearest `node_modules` on the way up. */
function resolve(name: string, place: string, packages: LockPackages): Entry | undefined {
  for (let folder = place; ; folder = parentOf(folder)) {
    const key = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(packages, key)) return packages[key];
    if (folder === '') return undefined;
  }
}

function parentOf(folder: string): string {
  const parent = path.posix.dirname(folder);
  return parent === '.' ? '' : parent;
}

/** A bundled or linked package has what its own place says; undefined where there is nothing to compare. */
function versionOf(found: Entry, packages: LockPackages): string | undefined {
  if (found.inBundle === true) return undefined;
  if (found.link !== true) return found.version;
  return typeof found.resolved === 'string' ? packages[found.resolved]?.version : undefined;
}

/** git, file, link, http, `npm:`, `workspace:` and tags are no ranges, and nothing is said of them. */
function satisfies(version: string, range: string): boolean {
  const parsed = semver.validRange(range, true);
  return parsed === null || parsed === '*' || semver.satisfies(version, range, true);
}

/** Every name in `overrides`, however deep: `{ "money@^1": { "rounding": "2.0.0" } }` has two. */
export function overriddenNames(overrides: unknown): Set<string> {
  const names = new Set<string>();
  if (typeof overrides !== 'object' || overrides === null) return names;
  for (const [key, value] of Object.entries(overrides)) {
    names.add(/^(@?[^@]+)/.exec(key)?.[1] ?? key);
    for (const name of overriddenNames(value)) names.add(name);
  }
  return names;
}
