/**
 * The releases an environment has: each with its own copy of the artifact and with how it is run, so that it can run again
 * when nothing else is left of it.
 *
 *   releases/<key>/content/       the artifact
 *   releases/<key>/release.json   release, argv, environment, health check, digest
 *   releases/<key>/files.jsonl    what every file was, a line each: read only before the release runs again
 */

import { randomUUID } from 'node:crypto';
import { constants, readdirSync, rmSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { makeFolder } from '../../../config/make-folder.ts';
import { fail, ok, type Result } from '../../../failure.ts';
import type { ReleaseRecord } from '../../../history/records.ts';
import { isUnchanged, readArtifact, type ArtifactEntry } from '../../artifact.ts';
import { folderName, logsFolder, releaseFolder, releasesFolder } from './folders.ts';
import { KeptShape } from './shapes.ts';
import { readJson, writeDurably, writeWhole } from './whole-file.ts';
import type { ReleaseSpec } from './wire.ts';

export type Kept = z.infer<typeof KeptShape>;

export const contentFolder = (folder: string, release: ReleaseRecord): string =>
  path.join(releaseFolder(folder, release), 'content');

const filesList = (home: string): string => path.join(home, 'files.jsonl');
const recordFile = (home: string): string => path.join(home, 'release.json');

/** Undefined where the environment does not have it. */
export function readKept(folder: string, release: ReleaseRecord): Kept | undefined {
  return keptIn(releaseFolder(folder, release));
}

/** All of them, the one asked for last first. */
export function listKept(folder: string): readonly Kept[] {
  const all = namesIn(releasesFolder(folder))
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => keptIn(path.join(releasesFolder(folder), name)) ?? []);
  return all.sort((a, b) => b.usedAt - a.usedAt);
}

/** @throws the error of the file system */
export function writeKept(folder: string, kept: Kept): void {
  const file = recordFile(releaseFolder(folder, kept.spec.release));
  writeWhole(file, `${JSON.stringify(kept)}\n`);
}

/** Copies the artifact and makes sure that the copy is what the release says it is. The failure is in words. */
export async function install(
  folder: string,
  spec: ReleaseSpec,
  now: number,
): Promise<Result<Kept, string>> {
  const { artifactPath, ...how } = spec;
  const { version, artifact } = spec.release;
  if (artifactPath === undefined)
    return fail(`${version} is not kept here, and there is no artifact to make it from`);
  const place = releaseFolder(folder, spec.release);
  const draft = path.join(releasesFolder(folder), `.${randomUUID()}`);
  try {
    makeFolder(draft, 0o700);
    const content = path.join(draft, 'content');
    await copy(artifactPath, content);
    const read = await readArtifact(content);
    if (!read.ok) return fail(`${version}: ${read.failure.message}`);
    const { digest, entries } = read.value;
    await writeFile(filesList(draft), entries.map((entry) => JSON.stringify(entry)).join('\n'), {
      mode: 0o600,
    });
    if (artifact !== null && artifact !== digest)
      return fail(`the artifact of ${version} is not the one released: ${digest}, not ${artifact}`);
    const kept: Kept = {
      spec: { ...how, start: [...how.start], env: { ...how.env } },
      digest,
      proven: false,
      readAt: Date.now(),
      usedAt: now,
    };
    writeDurably(recordFile(draft), `${JSON.stringify(kept)}\n`);
    await rm(place, { recursive: true, force: true });
    await rename(draft, place);
    return ok(kept);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return fail(`the artifact of ${version} cannot be copied: ${code ?? message}`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Every file of the artifact is still what it was; what a release has written beside them does not matter. */
export async function isIntact(folder: string, kept: Kept): Promise<boolean> {
  const content = contentFolder(folder, kept.spec.release);
  try {
    const list = await readFile(filesList(releaseFolder(folder, kept.spec.release)), 'utf8');
    for (const line of list.split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as ArtifactEntry; // of our own making, beside what it tells of
      if (!(await isUnchanged(content, entry, kept.readAt))) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/** How a release stands when it is asked whether to delete it. */
export type Need =
  /** It runs, or is about to. */
  | 'runs'
  /** It served before the one that serves now. */
  | 'served'
  | 'none';

/** Of those that do not run, only the newest `keep` stay, and what served before. Their logs go with them. */
export async function prune(
  folder: string,
  keep: number,
  needOf: (release: ReleaseRecord) => Need,
): Promise<void> {
  const resting = listKept(folder).filter(({ spec }) => needOf(spec.release) !== 'runs');
  for (const { spec } of resting.slice(keep)) {
    // Asked again: what was at rest a moment ago may be wanted now.
    if (needOf(spec.release) !== 'none') continue;
    await rm(releaseFolder(folder, spec.release), { recursive: true, force: true });
    const logs = logsFolder(folder);
    for (const name of namesIn(logs).filter((one) => one.startsWith(folderName(spec.release))))
      await rm(path.join(logs, name), { force: true });
  }
}

/** What an earlier daemon began and did not end. */
export function removeDrafts(folder: string): void {
  const all = releasesFolder(folder);
  for (const name of namesIn(all).filter((one) => one.startsWith('.')))
    rmSync(path.join(all, name), { recursive: true, force: true });
}

async function copy(from: string, to: string): Promise<void> {
  const found = await stat(from);
  const settings = { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE };
  if (found.isDirectory()) return cp(from, to, settings);
  await mkdir(to);
  await cp(from, path.join(to, path.basename(from)), settings);
}

function keptIn(home: string): Kept | undefined {
  const read = KeptShape.safeParse(readJson(recordFile(home)));
  return read.success ? read.data : undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
