/** Makes sure that releases can run before anything is switched: they are here, whole, and can be started. */

import { fail, ok, type Result } from '../../../failure.ts';
import type { ReleaseRecord } from '../../../history/records.ts';
import { releaseKey, type Slot } from '../../driver.ts';
import { programOf } from './instance.ts';
import { contentFolder, install, isIntact, readKept, type Kept } from './releases.ts';
import type { ReleaseSpec } from './wire.ts';

/** Copies what is missing. `isRunning`: has the release any instance now? The failure is in words. */
export async function prepareReleases(
  folder: string,
  runs: readonly Slot[],
  specs: readonly ReleaseSpec[],
  isRunning: (release: ReleaseRecord) => boolean,
): Promise<Result<Kept[], string>> {
  const all: Kept[] = [];
  for (const { release } of runs) {
    const key = releaseKey(release);
    const spec = specs.find((one) => releaseKey(one.release) === key);
    const one = await prepareOne(folder, release, spec, isRunning(release));
    if (!one.ok) return one;
    const { start, env } = one.value.spec;
    if (programOf(start[0]!, contentFolder(folder, release), env['PATH'] ?? '') === undefined)
      return fail(`${release.version} cannot be started: no program ${start[0]} is found`);
    all.push(one.value);
  }
  return ok(all);
}

async function prepareOne(
  folder: string,
  release: ReleaseRecord,
  spec: ReleaseSpec | undefined,
  isRunning: boolean,
): Promise<Result<Kept, string>> {
  const kept = readKept(folder, release);
  if (kept !== undefined && isRunning) return ok(kept);
  if (kept !== undefined && (await isIntact(folder, kept))) {
    if (kept.proven || spec === undefined) return ok(kept);
    const { artifactPath: _, ...how } = spec;
    return ok({ ...kept, spec: { ...how, start: [...how.start], env: { ...how.env } } });
  }
  if (spec !== undefined) return install(folder, spec, Date.now());
  const what = kept === undefined ? 'is not kept here' : 'is not any more what was kept here';
  return fail(`${release.version} ${what}, and there is no artifact to make it from`);
}
