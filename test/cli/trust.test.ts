import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { distrusted, reasonAgainst } from '../../src/cli/trust.ts';

const ADA = 1000;
const EVE = 1001;
const ROOT = 0;
const MINE = { uid: ADA, mode: 0o40700 };

test.each([
  ['our own', MINE, MINE, ADA, undefined],
  ["another user's", { ...MINE, uid: EVE }, MINE, ADA, 'belongs to another user'],
  ["root's", { ...MINE, uid: ROOT }, MINE, ADA, undefined],
  ["a user's, seen by root in a container", MINE, MINE, ROOT, undefined],
  ['one that the group can write', { ...MINE, mode: 0o40770 }, MINE, ADA, undefined],
  ['one that all can write', { ...MINE, mode: 0o40777 }, MINE, ADA, 'can be written by everybody'],
  [
    ...(['the same for root', { ...MINE, mode: 0o40777 }, MINE, ROOT] as const),
    'can be written by everybody',
  ],
  [
    ...(['where permissions mean nothing', { ...MINE, mode: 0o40777 }] as const),
    ...([{ ...MINE, mode: 0o40777 }, ADA, undefined] as const),
  ],
  ['where nobody owns anything', { uid: 0, mode: 0o40777 }, MINE, undefined, undefined],
])('%s', (_, file, folder, user, reason) => {
  expect(reasonAgainst(file, folder, user)).toBe(reason);
});

test('is asked of real files, and what is not there cannot be distrusted', () => {
  const top = mkdtempSync(path.join(tmpdir(), 'nemesis-trust-'));
  try {
    const folder = path.join(top, 'state');
    expect(distrusted(folder)).toBeUndefined();
    expect(distrusted(path.join(folder, 'deeper'))).toBeUndefined();
    mkdirSync(folder, { mode: 0o700 });
    expect(distrusted(folder)).toBeUndefined();
    chmodSync(folder, 0o777);
    expect(distrusted(folder)).toBe('state can be written by everybody');
  } finally {
    rmSync(top, { recursive: true });
  }
});
