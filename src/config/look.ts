/**
 * Looks at files and folders, and notes what was seen: a configuration is exactly as old as the last look that
 * would still see the same.
 */

import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';

/** Nothing a person writes for nemesis is larger; package.json may be, a little. */
const MOST_BYTES = 4 * 1024 * 1024;

export type Sight =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly bytes: Buffer }
  /** Names are sorted; `real` is the folder with links resolved. */
  | { readonly kind: 'folder'; readonly real: string; readonly names: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Each path looked at, with what was there, as text. */
export type Seen = readonly (readonly [file: string, sight: string])[];

export interface Look {
  (file: string): Sight;
  seen(): Seen;
}

/**
 * Every path is looked at once; whoever asks again is told the same.
 * @param elsewhere what lies there in another version of the project; undefined: the disk is asked
 */
export function createLook(elsewhere?: (file: string) => Sight | undefined): Look {
  const sights = new Map<string, Sight>();
  const look = (file: string): Sight => {
    const sight = sights.get(file) ?? elsewhere?.(file) ?? sightOf(file);
    sights.set(file, sight);
    return sight;
  };
  const seen = () => [...sights].map(([file, sight]) => [file, textOf(sight)] as const);
  return Object.assign(look, { seen });
}

export function looksTheSame(seen: Seen): boolean {
  return seen.every(([file, before]) => textOf(sightOf(file)) === before);
}

/** Nothing is opened that could keep us waiting: a pipe ends at its kind. */
function sightOf(file: string): Sight {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return { kind: 'absent' };
    if (stat.isDirectory()) {
      return { kind: 'folder', real: realpathSync.native(file), names: readdirSync(file).sort() };
    }
    if (!stat.isFile()) return { kind: 'unreadable', why: 'it is no regular file' };
    if (stat.size > MOST_BYTES) return { kind: 'unreadable', why: `it has ${stat.size} bytes` };
    return { kind: 'file', bytes: readFileSync(file) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', why: `it cannot be read (${code})` };
  }
}

function textOf(sight: Sight): string {
  switch (sight.kind) {
    case 'absent':
      return '';
    case 'file':
      return `file ${sight.bytes.toString('latin1')}`;
    case 'folder':
      return `folder ${[sight.real, ...sight.names].join('\0')}`;
    case 'unreadable':
      return `unreadable ${sight.why}`;
  }
}
