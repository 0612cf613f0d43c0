/** Whether the tree an npm lock file pins holds together: each dependency is in it, at a version its range allows. */

import path from 'node:path';
import semver from 'semver';
import { z } from 'zod';
import { overriddenNames, overriddenRange, ruleFor, type OverrideRule } from './lock-overrides.ts';

const Ranges = z.record(z.string(), z.string()).optional();
export const Groups = z.object({
  dependencies: Ranges,
  devDependencies: Ranges,
  optionalDependencies: Ranges,
  peerDependencies: Ranges,
  peerDependenciesMeta: z
    .record(z.string(), z.object({ optional: z.boolean().optional() }))
    .optional(),
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
  readonly kind: 'missing' | 'invalid' | 'overridden';
  /** Key of the package that wants it: '' for the root, `apps/till`, `node_modules/money`. */
  readonly place: string;
  /** What it wants. */
  readonly name: string;
  readonly message: string;
}

export interface TreeRules {
  /** Of package.json. */
  readonly overrides: OverrideRule | undefined;
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
  const contexts = contextsOf(packages, rules);
  const names = overriddenNames(rules.overrides);
  const root = packages[''];
  const ofRoot = {
    ...{ ...root?.peerDependencies, ...root?.dependencies },
    ...{ ...root?.optionalDependencies, ...root?.devDependencies },
  };
  /** What is under an override somewhere else only, or below a workspace, may follow it or not. */
  const askedFor = (place: string, { name, range }: Edge): readonly string[] => {
    const known = contexts.get(place);
    if (known === undefined) return names.has(name) ? ['*'] : [range];
    return [...known].map((from) =>
      overriddenRange(ruleFor(from, name, range), name, range, ofRoot),
    );
  };
  return Object.entries(packages).flatMap(([place, entry]) =>
    isFollowed(place, entry)
      ? edgesOf(place, entry, rules).flatMap((edge) =>
          judged(edge, place, packages, askedFor(place, edge)),
        )
      : [],
  );
}

/** The rules that the packages below the root stand under, by how they are reached from there. */
function contextsOf(
  packages: LockPackages,
  rules: TreeRules,
): ReadonlyMap<string, Set<OverrideRule>> {
  const contexts = new Map<string, Set<OverrideRule>>();
  if (rules.overrides === undefined || packages[''] === undefined) return contexts;
  const waiting: (readonly [string, OverrideRule])[] = [['', rules.overrides]];
  for (const [place, from] of waiting) {
    const known = contexts.get(place) ?? new Set();
    const entry = packages[place];
    if (known.has(from) || entry === undefined || !isFollowed(place, entry)) continue;
    contexts.set(place, known.add(from));
    for (const { name, range } of edgesOf(place, entry, rules)) {
      const [key] = placesOf(name, place, packages);
      if (key !== undefined) waiting.push([key, ruleFor(from, name, range)]);
    }
  }
  return contexts;
}

/** Whether what is locked is what a changed line of package.json asks for; of git and folders that is never known. */
export function standingOf(
  { name, range }: Edge,
  place: string,
  packages: LockPackages,
): 'served' | 'missing' | 'unserved' {
  const found = placesOf(name, place, packages);
  if (found.length === 0) return 'missing';
  const isServed = found.some((key) => {
    const found = packages[key]!;
    const source = typeof found.resolved === 'string' ? found.resolved : '';
    if (/^https?:/.test(range)) return source === range;
    const version = versionOf(found, packages);
    const wanted = comparable(range);
    if (wanted === undefined) return /^[\w.-]+$/.test(range) && /^https?:/.test(source);
    return version !== undefined && semver.satisfies(version, wanted, true);
  });
  return isServed ? 'served' : 'unserved';
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
export function edgesOf(
  place: string,
  entry: Entry,
  { withoutPeers }: Pick<TreeRules, 'withoutPeers'>,
): Edge[] {
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
  askedFor: readonly string[],
): BrokenEdge[] {
  const wanted = place === '' ? '' : `, which ${shownPlace(place)} wants`;
  const [other] = askedFor;
  if (place === '' && other !== undefined && other !== range && other !== '*') {
    const message = `overrides has ${name} ${other}, and package.json itself asks for ${range}`;
    return [{ kind: 'overridden', place, name, message }];
  }
  const found = placesOf(name, place, packages).map((key) => packages[key]!);
  if (found.length === 0) {
    const message = `Missing: ${name} from lock file${wanted}`;
    return mayBeMissing ? [] : [{ kind: 'missing', place, name, message }];
  }
  // One further up serves as well: npm then leaves the nearer one out.
  const versions = found.map((one) => versionOf(one, packages));
  const fits = versions.some(
    (version) => version === undefined || askedFor.some((asked) => satisfies(version, asked)),
  );
  if (fits) return [];
  const why = other === undefined || other === range ? wanted : `${wanted} by overrides`;
  const message = `Invalid: lock file's ${name}@${versions[0]} does not satisfy ${name}@${other ?? range}${why}`;
  return [{ kind: 'invalid', place, name, message }];
}

function shownPlace(place: string): string {
  return place.split('node_modules/').at(-1) ?? place;
}

/** Node's lookup: each `node_modules` on the way up that has it, the nearest first. */
function placesOf(name: string, place: string, packages: LockPackages): string[] {
  const found: string[] = [];
  for (let folder = place; ; folder = parentOf(folder)) {
    const key = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(packages, key)) found.push(key);
    if (folder === '') return found;
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

/** git, file, link, http, `workspace:` and tags are no ranges, and nothing is said of them. */
function satisfies(version: string, range: string): boolean {
  const wanted = comparable(range);
  return wanted === undefined || wanted === '*' || semver.satisfies(version, wanted, true);
}

/** Of `npm:cash@^3` the range behind the name. */
function comparable(range: string): string | undefined {
  const wanted = /^npm:@?[^@]+@(.+)$/.exec(range)?.[1] ?? range;
  return semver.validRange(wanted, true) ?? undefined;
}
