/**
 * What this machine has seen of each chain. A chain cannot tell by itself that its end was cut off or that all of it
 * was written anew; somebody who remembers its head can.
 */

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ok } from '../failure.ts';
import { compareStreams } from './chain.ts';
import { sha256ByHand } from './sha256.ts';
import type { Head, Stream } from './journal.ts';
import type { Store, StoreResult } from './store.ts';
import { replaceFile } from './whole-file.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where a user's own state lies, outside of every repository. */
export function userStateFolder(env: Env): string {
  const own = env['NEMESIS_HOME'];
  if (own) return path.resolve(own);
  const xdg = env['XDG_STATE_HOME'];
  // The base directory specification has relative paths ignored.
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'nemesis');
  return path.join(env['HOME'] || os.homedir(), '.local', 'state', 'nemesis');
}

/** The heads this user has seen, a file each. Forgetting one is harmless, so a folder that cannot be read is empty. */
export interface Heads {
  /** The highest head remembered; undefined where there is none. */
  recall(store: string, stream: Stream): Head | undefined;
  /**
   * Keeps the head unless a higher one is known.
   * @throws the error of the file system
   */
  remember(store: string, stream: Stream, head: Head): void;
  /** After the break was looked into: takes this head for true, even a lower one. */
  accept(store: string, stream: Stream, head: Head | undefined): void;
  /** The streams of a store that heads are remembered of: one of them could be gone as a whole. */
  streams(store: string): readonly SeenStream[];
}

export interface SeenStream extends Stream {
  /** As `recall` gives it, where it is at hand. */
  readonly head?: Head;
}

export function headsIn(stateFolder: string): Heads {
  const folder = path.join(stateFolder, 'heads');
  const fileOf = (store: string, { service, environment }: Stream) =>
    path.join(folder, `${sha256ByHand(JSON.stringify([store, service, environment]))}.json`);
  const write = (store: string, { service, environment }: Stream, { seq, hash }: Head) =>
    replaceFile(
      fileOf(store, { service, environment }),
      `${JSON.stringify({ store, service, environment, seq, hash })}\n`,
    );
  const recall = (store: string, stream: Stream): Head | undefined => {
    try {
      return headOf(JSON.parse(readFileSync(fileOf(store, stream), 'utf8')));
    } catch {
      return undefined;
    }
  };
  return {
    recall,
    remember(store, stream, head) {
      const known = recall(store, stream);
      if (known === undefined || known.seq < head.seq) write(store, stream, head);
    },
    accept(store, stream, head) {
      if (head === undefined) rmSync(fileOf(store, stream), { force: true });
      else write(store, stream, head);
    },
    streams: (store) =>
      readNames(folder)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => seenIn(path.join(folder, name), store))
        .sort(compareStreams),
  };
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function seenIn(file: string, store: string): SeenStream[] {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Stream & { store: string }>;
    const { service, environment } = kept;
    const head = headOf(kept);
    if (kept.store !== store || head === undefined) return [];
    if (typeof service !== 'string' || typeof environment !== 'string') return [];
    return [{ service, environment, head }];
  } catch {
    return [];
  }
}

function headOf(value: unknown): Head | undefined {
  const { seq, hash } = (value ?? {}) as Partial<Head>;
  if (typeof hash !== 'string' || typeof seq !== 'number') return undefined;
  return Number.isSafeInteger(seq) && seq > 0 ? { seq, hash } : undefined;
}

/** How a chain stands to a head somebody has seen. */
export type HeadCheck =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'continued' }
  /** The store ends before it: its tail was cut off, or an older copy was put in its place. */
  | { readonly kind: 'cut'; readonly remembered: Head; readonly found: Head | undefined }
  /** Another event stands in its place: the history was written anew. */
  | { readonly kind: 'rewritten'; readonly remembered: Head; readonly found: Head };

/** Is the remembered head in the chain, at its place? */
export async function checkHead(
  store: Store,
  stream: Stream,
  remembered: Head | undefined,
): Promise<StoreResult<HeadCheck>> {
  if (remembered === undefined) return ok({ kind: 'unknown' });
  const read = await store.read(stream, remembered.seq - 1, 1);
  if (!read.ok) return read;
  const there = read.value[0];
  if (there?.seq === remembered.seq && there.hash === remembered.hash)
    return ok({ kind: 'continued' });
  const head = await store.head(stream);
  if (!head.ok) return head;
  if (head.value === undefined || head.value.seq < remembered.seq)
    return ok({ kind: 'cut', remembered, found: head.value });
  const found = there && { seq: there.seq, hash: there.hash };
  return ok({ kind: 'rewritten', remembered, found: found ?? head.value });
}
