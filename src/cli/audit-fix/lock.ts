/** Patch versions in npm's lock file: what to ask npm for, and whether what it made of it is no more than that. Pure. */

import semver from 'semver';

export interface LockFile {
  readonly packages?: Readonly<Record<string, LockedPackage>>;
  readonly [key: string]: unknown;
}

export interface LockedPackage {
  readonly version?: string;
  readonly [key: string]: unknown;
}

export interface Patch {
  readonly package: string;
  readonly from: string;
  readonly to: string;
}

export type Compared =
  | { readonly ok: true; readonly patches: readonly Patch[] }
  | { readonly ok: false; readonly why: string };

const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

const nameAt = (place: string) => place.split('node_modules/').at(-1) ?? place;

/** The one version in which a package stands in the lock file, or why it cannot be patched. */
export function lockedVersion(
  { packages = {} }: LockFile,
  name: string,
): Compared & { version?: string } {
  const versions = Object.entries(packages)
    .filter(([place]) => place.includes('node_modules/') && nameAt(place) === name)
    .map(([, { version }]) => version);
  const [version] = versions;
  if (version === undefined) return { ok: false, why: 'the lock file does not name its version' };
  if (!/^\d+\.\d+\.\d+$/.test(version)) return { ok: false, why: `${version} is no release` };
  return versions.every((one) => one === version)
    ? { ok: true, patches: [], version }
    : { ok: false, why: 'it is locked in several versions' };
}

/** The same file with the package gone, and all who ask for it asking for a patch of this version. */
export function asking<T extends LockFile>(lock: T, name: string, version: string): T {
  const kept = Object.entries(lock.packages ?? {}).filter(
    ([place]) => !`${place}/`.includes(`node_modules/${name}/`),
  );
  const packages = kept.map(([place, entry]) => [place, askingIn(entry, name, `~${version}`)]);
  return { ...lock, packages: Object.fromEntries(packages) as T['packages'] };
}

/** Those who ask for a package ask for this range of it. */
export function askingIn<T extends object>(entry: T, name: string, range: string): T {
  const changed = GROUPS.flatMap((group) => {
    const ranges = (entry as Record<string, unknown>)[group];
    if (typeof ranges !== 'object' || ranges === null || !Object.hasOwn(ranges, name)) return [];
    return [[group, { ...ranges, [name]: range }] as const];
  });
  return { ...entry, ...Object.fromEntries(changed) };
}

/** The file npm made, with everybody asking as before. */
export function askedAsBefore<T extends LockFile>(made: T, before: T): T {
  const packages = Object.entries(made.packages ?? {}).map(([place, entry]) => {
    const old = before.packages?.[place];
    const groups = GROUPS.filter(
      (group) => old?.[group] !== undefined && entry[group] !== undefined,
    );
    // Of the package that is new its own word counts.
    if (old === undefined || old.version !== entry.version) return [place, entry];
    return [place, { ...entry, ...Object.fromEntries(groups.map((group) => [group, old[group]])) }];
  });
  return { ...made, packages: Object.fromEntries(packages) as T['packages'] };
}

/** Who asks for a package in a range that this version is not in: `package.json for 1.0.0`. */
export function refusing(
  { packages = {} }: LockFile,
  name: string,
  version: string,
): readonly string[] {
  return Object.entries(packages).flatMap(([place, entry]) => {
    const groups = place === '' ? GROUPS : GROUPS.filter((group) => group !== 'devDependencies');
    const ranges = groups.flatMap((group) => {
      const range = (entry[group] as Readonly<Record<string, unknown>> | undefined)?.[name];
      return typeof range === 'string' ? [range] : [];
    });
    const who = place === '' ? 'package.json' : nameAt(place);
    return ranges
      .filter((range) => semver.validRange(range) !== null && !semver.satisfies(version, range))
      .map((range) => `${who} asks for ${range}`);
  });
}

/** What differs, if that is patch versions only. */
export function compareLocks(before: LockFile, after: LockFile): Compared {
  const [old, made] = [before.packages ?? {}, after.packages ?? {}];
  const patches = new Map<string, Patch>();
  for (const place of new Set([...Object.keys(old), ...Object.keys(made)])) {
    const name = nameAt(place);
    const [from, to] = [old[place], made[place]];
    if (from === undefined) return { ok: false, why: `npm would also add ${name}` };
    if (to === undefined) return { ok: false, why: `npm would also remove ${name}` };
    if (from.version === to.version) continue;
    if (!isPatch(from.version, to.version))
      return {
        ok: false,
        why: `npm would also change ${name} from ${from.version} to ${to.version}`,
      };
    patches.set(place, { package: name, from: from.version!, to: to.version! });
  }
  return { ok: true, patches: [...patches.values()] };
}

/** The text of a JSON file, with the indent and the line ends of what it was before. */
export function writtenAs(before: string, value: object): string {
  const indent = /^\s*\{\r?\n([ \t]+)/.exec(before)?.[1] ?? '  ';
  const text = `${JSON.stringify(value, undefined, indent)}${/\n\s*$/.test(before) ? '\n' : ''}`;
  return before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}

/** The same major and minor version, a higher third number. */
export function isPatch(from = '', to = ''): boolean {
  const [, line, old] = /^(\d+\.\d+)\.(\d+)$/.exec(from) ?? [];
  const [, other, made] = /^(\d+\.\d+)\.(\d+)$/.exec(to) ?? [];
  return line !== undefined && line === other && Number(made) > Number(old);
}
