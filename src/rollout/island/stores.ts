/** Opens the history that is meant, wherever that was written down. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { storePlace } from '../../history/open-store.ts';
import type { Store, StoreSettings } from '../../history/store.ts';
import { stores } from '../../history/stores/index.ts';
import type { StoreWritten } from '../last-good.ts';

/** In words, why it cannot be opened. Makes no file: a history that is gone is not begun anew by an emergency. */
export async function openWritten(
  written: StoreWritten | null,
  env: Readonly<Record<string, string | undefined>>,
  settings: StoreSettings,
): Promise<Store | string> {
  if (written === null) return 'nobody said where it is';
  const asked = written.kind === 'env' ? env[written.name] : written.where;
  if (!asked) return `${written.kind === 'env' ? written.name : 'its place'} is not set here`;
  const place = storePlace(asked, path.sep);
  if (!place.ok) return 'its place is not known';
  const { kind, where } = place.value;
  if (kind === 'memory') return 'it lay in the memory of a process';
  if (kind === 'sqlite' && !existsSync(where)) return `${where} is not there`;
  const opened = await stores[kind](where, settings);
  if (opened.ok) return opened.value;
  return withoutAddress('message' in opened.failure ? opened.failure.message : 'it cannot be used');
}

/** Drivers like to repeat what they were given. */
function withoutAddress(message: string): string {
  return message.replace(/(:\/\/)[^\s@/]*@/g, '$1***@');
}
