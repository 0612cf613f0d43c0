import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { openSqlite } from '../../src/history/stores/sqlite.ts';
import { storeContract, value } from './store.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let newest = '';
let made = 0;

storeContract({
  kind: 'sqlite',
  open: async (settings) => {
    newest = path.join(folder, `${(made += 1)}`, 'history.sqlite');
    return value(await openSqlite(newest, settings));
  },
  openAgain: async () => value(await openSqlite(newest)),
});
