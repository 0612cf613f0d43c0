/**
 * What an artifact consists of, and the digest that names it: the same bytes at the same relative paths with the same
 * executable bits have the same digest, wherever they lie. A single file counts as a folder that holds it alone.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fail, ok, type Result } from '../failure.ts';

export interface ArtifactEntry {
  /** With `/` between folders. */
  readonly path: string;
  readonly kind: 'file' | 'link';
  readonly executable: boolean;
  /** SHA-256 of the content in hex; for a link, of the text it holds. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface Artifact {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** Sorted by the bytes of their paths. */
  readonly entries: readonly ArtifactEntry[];
}

/** In words, lower case: what cannot be part of an artifact, or what could not be read. */
export interface ArtifactProblem {
  readonly message: string;
}

/** The digest of a file or folder, as a release record names it. */
export async function artifactDigest(place: string): Promise<Result<string, ArtifactProblem>> {
  const read = await readArtifact(place);
  return read.ok ? ok(read.value.digest) : read;
}

/** Reads all of it, a piece at a time. Links that lead out, devices, pipes and sockets are refused. */
export async function readArtifact(place: string): Promise<Result<Artifact, ArtifactProblem>> {
  try {
    const stat = await lstat(place);
    const root = stat.isDirectory() ? place : path.dirname(place);
    const names = stat.isDirectory() ? await namesIn(root) : [path.basename(place)];
    const entries: ArtifactEntry[] = [];
    for (const name of names) entries.push(await readEntry(root, name));
    return ok({ digest: digestOf(entries), entries });
  } catch (error) {
    return fail({ message: inWords(error) });
  }
}

/** Is the entry in this folder still what it was? Its content is read where it was touched after `readAt`, epoch ms. */
export async function isUnchanged(
  root: string,
  entry: ArtifactEntry,
  readAt: number,
): Promise<boolean> {
  try {
    const stat = await lstat(path.join(root, entry.path));
    if (stat.size !== entry.bytes) return false;
    if (stat.ctimeMs < readAt) return true;
    const now = await readEntry(root, entry.path);
    return now.sha256 === entry.sha256 && now.executable === entry.executable;
  } catch {
    return false;
  }
}

class NotAllowed extends Error {}

/** Relative paths of all but folders, sorted. */
async function namesIn(root: string): Promise<string[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const names = found
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join('/'));
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

async function readEntry(root: string, name: string): Promise<ArtifactEntry> {
  const file = path.join(root, name);
  const stat = await lstat(file);
  if (stat.isSymbolicLink()) {
    const target = await readlink(file);
    await refuseWayOut(root, name, target);
    const sha256 = createHash('sha256').update(target).digest('hex');
    return { path: name, kind: 'link', executable: false, sha256, bytes: stat.size };
  }
  if (!stat.isFile()) throw new NotAllowed(`${name} is neither a file nor a folder`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const sha256 = hash.digest('hex');
  return {
    path: name,
    kind: 'file',
    executable: (stat.mode & 0o100) !== 0,
    sha256,
    bytes: stat.size,
  };
}

/** A copy must mean the same as the original: no absolute target, and none outside, also by way of other links. */
async function refuseWayOut(root: string, name: string, target: string): Promise<void> {
  const words = `the link ${name} leads out of the artifact, to ${target}`;
  if (path.isAbsolute(target)) throw new NotAllowed(words);
  const meant = path.join(root, path.dirname(name), target);
  if (!isInside(root, meant)) throw new NotAllowed(words);
  const real = await realpath(meant).catch(() => undefined);
  if (real !== undefined && !isInside(await realpath(root), real)) throw new NotAllowed(words);
}

function isInside(root: string, place: string): boolean {
  const way = path.relative(root, place);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

function digestOf(entries: readonly ArtifactEntry[]): string {
  const hash = createHash('sha256');
  for (const { path, kind, executable, sha256 } of entries)
    hash.update(`${JSON.stringify([path, kind, executable, sha256])}\n`);
  return `sha256:${hash.digest('hex')}`;
}

function inWords(error: unknown): string {
  if (error instanceof NotAllowed) return error.message;
  const { code, path } = error as NodeJS.ErrnoException;
  return `the artifact cannot be read: ${code ?? 'unknown'}${path === undefined ? '' : ` at ${path}`}`;
}
