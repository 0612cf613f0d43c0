/** The kinds of store, each loaded when it is opened. */

import { ok } from '../../failure.ts';
import type { StoreTable } from '../open-store.ts';

export const stores: StoreTable = {
  sqlite: async (file, settings) => (await import('./sqlite.ts')).openSqlite(file, settings),
  postgres: async (url, settings) => (await import('./postgres.ts')).openPostgres(url, settings),
  memory: async (_, settings) => ok((await import('./memory.ts')).openMemory(settings)),
};
