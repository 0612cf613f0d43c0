/** Which store a project's history is in, and opening it. */

import path from 'node:path';
import { fail } from '../failure.ts';
import type { Store, StoreResult, StoreSettings } from './store.ts';

/** A file for `sqlite`, an address for `postgres`, nothing for `memory`. May hold a password: never show it. */
export interface StorePlace {
  readonly kind: 'sqlite' | 'postgres' | 'memory';
  readonly where: string;
}

export type StoreTable = Readonly<
  Record<
    StorePlace['kind'],
    (where: string, settings: StoreSettings) => Promise<StoreResult<Store>>
  >
>;

export const DEFAULT_STORE = '.nemesis/history.sqlite';

/**
 * @param asked `sqlite:<path>`, a plain path, `postgres://...` or `memory:`: from NEMESIS_STORE, else the configuration
 * @param folder what a path is relative to
 */
export function storePlace(asked: string | undefined, folder: string): StoreResult<StorePlace> {
  const text = asked?.trim() ?? '';
  if (text === 'memory:') return { ok: true, value: { kind: 'memory', where: '' } };
  if (/^postgres(?:ql)?:\/\//.test(text))
    return { ok: true, value: { kind: 'postgres', where: text } };
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1];
  if (scheme !== undefined && scheme !== 'sqlite') {
    const message = `no store is called \`${scheme}\`: write sqlite:<path>, postgres://... or memory:`;
    return fail({ kind: 'unreachable', message });
  }
  const file = text.replace(/^sqlite:(?:\/\/(?=\/))?/, '');
  const where = path.resolve(folder, file === '' ? DEFAULT_STORE : file);
  return { ok: true, value: { kind: 'sqlite', where } };
}

export interface StoreChoice {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the configuration says. */
  readonly configured?: string | undefined;
  readonly folder: string;
}

/** Opens the store that the environment or the configuration names; the one in `.nemesis/` where neither does. */
export async function openStore(
  choice: StoreChoice,
  table: StoreTable,
  settings: StoreSettings = {},
): Promise<StoreResult<Store>> {
  const { env, configured, folder } = choice;
  const place = storePlace(env['NEMESIS_STORE'] || configured, folder);
  return place.ok ? table[place.value.kind](place.value.where, settings) : place;
}
