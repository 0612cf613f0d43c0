/**
 * Lines of package.json that npm's lock file does not repeat. `npm ci` minds only those the pinned tree does not serve:
 * what is gone, moved to another group, or asks for a range that holds what is pinned is tidied by the next install.
 */

import { edgesOf, standingOf, type DependencyGroups, type LockPackages } from './lock-tree.ts';

export const GROUPS = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
] as const;

export interface Difference {
  readonly name: string;
  readonly text: string;
  /** What is `served` npm ci takes as it is. */
  readonly standing: ReturnType<typeof standingOf>;
}

/** @param packages of the lock file, with this package as package.json has it @param entry as the lock file has it */
export function differencesBetween(
  entry: DependencyGroups,
  place: string,
  packages: LockPackages,
  { lock, withoutPeers }: { readonly lock: string; readonly withoutPeers: boolean },
): Difference[] {
  const manifest = packages[place] ?? {};
  const edges = new Map(
    edgesOf(place, manifest, { withoutPeers }).map((edge) => [edge.name, edge]),
  );
  const standing = (name: string): Difference['standing'] => {
    const edge = edges.get(name);
    const found = edge === undefined ? 'served' : standingOf(edge, place, packages);
    const isOptionalPeer = manifest.peerDependenciesMeta?.[name]?.optional === true;
    return found === 'missing' && edge!.mayBeMissing && isOptionalPeer ? 'served' : found;
  };
  return GROUPS.flatMap((group) => {
    const declared = effective(manifest, group);
    const locked = effective(entry, group);
    return [...new Set([...Object.keys(declared), ...Object.keys(locked)])]
      .sort()
      .flatMap((name) => {
        const [wanted, kept] = [declared[name], locked[name]];
        if (wanted === kept) return [];
        const where = group === 'dependencies' ? '' : ` in ${group}`;
        const text = `${name}${where} is ${wanted ?? 'not declared'}, ${lock} has ${kept ?? 'nothing'}`;
        return [{ name, text, standing: standing(name) }];
      });
  });
}

/** npm takes a package that is optional as well for optional. */
function effective(
  groups: DependencyGroups,
  group: (typeof GROUPS)[number],
): Readonly<Record<string, string>> {
  const ranges = groups[group] ?? {};
  if (group !== 'dependencies') return ranges;
  const optional = groups.optionalDependencies ?? {};
  return Object.fromEntries(
    Object.entries(ranges).filter(([name]) => !Object.hasOwn(optional, name)),
  );
}
