/** The holes of one package, and which of them a version has. Pure. */

import semver from 'semver';
import type { Finding } from '../../judge/finding.ts';

export interface Hole {
  /** `GHSA-…` */
  readonly name: string;
  /** Versions that have it; where nobody tells, each does. */
  readonly affects: string | undefined;
}

export function holesByPackage(findings: readonly Finding[]): ReadonlyMap<string, readonly Hole[]> {
  const holes = new Map<string, Hole[]>();
  for (const { rule, advisory } of findings) {
    if (advisory === undefined) continue;
    const known = holes.get(advisory.package) ?? [];
    holes.set(advisory.package, [...known, { name: rule, affects: advisory.affects }]);
  }
  return holes;
}

export function holesIn(version: string, holes: readonly Hole[]): readonly Hole[] {
  return holes.filter(({ affects }) => isAffected(version, affects));
}

/** `GHSA-… (fixed in 1.1.0)`; without a version where the ranges tell none. */
export function holesText(holes: readonly Hole[], version: string): string {
  const fixed = firstWithout(holes, version);
  const names = holes.map(({ name }) => name).join(', ');
  return fixed === undefined ? names : `${names} (fixed in ${fixed})`;
}

/** The lowest version above this one where a range ends and none of the holes is. */
function firstWithout(holes: readonly Hole[], version: string): string | undefined {
  const ends = holes.flatMap(({ affects = '' }) =>
    [...affects.matchAll(/<\s*v?(\d+\.\d+\.\d+[^\s|,]*)/g)].map(([, end = '']) => end),
  );
  return ends
    .filter((end) => semver.valid(end) !== null && semver.gt(end, version))
    .sort(semver.compare)
    .find((end) => holesIn(end, holes).length === 0);
}

function isAffected(version: string, affects: string | undefined): boolean {
  if (affects === undefined || semver.validRange(affects) === null) return true;
  return semver.satisfies(version, affects, { includePrerelease: true });
}
