import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkHead, headsIn, userStateFolder } from '../../../src/history/heads.ts';
import { openMemory } from '../../../src/history/stores/memory.ts';
import { verifyStore } from '../../../src/history/verify.ts';
import { draft, PAYMENTS, value } from '../../contracts/store.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-heads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the folder of a user', () => {
  it.each([
    [{ NEMESIS_HOME: '/srv/n', XDG_STATE_HOME: '/x', HOME: '/home/ada' }, '/srv/n'],
    [{ XDG_STATE_HOME: '/x', HOME: '/home/ada' }, '/x/nemesis'],
    [{ XDG_STATE_HOME: 'x', HOME: '/home/ada' }, '/home/ada/.local/state/nemesis'],
    [{ NEMESIS_HOME: '', HOME: '/home/ada' }, '/home/ada/.local/state/nemesis'],
  ])('%j', (env, expected) => {
    expect(userStateFolder(env)).toBe(expected);
  });

  it('is found without HOME as well', () => {
    expect(path.isAbsolute(userStateFolder({}))).toBe(true);
  });
});

describe('remembered heads', () => {
  const head = (seq: number) => ({ seq, hash: String(seq).repeat(64).slice(0, 64) });

  it('are kept for each store and stream, and only ever grow', () => {
    const heads = headsIn(path.join(folder, 'grow'));
    expect(heads.recall('s', PAYMENTS)).toBeUndefined();
    expect(heads.streams('s')).toEqual([]);
    heads.remember('s', PAYMENTS, head(5));
    heads.remember('s', PAYMENTS, head(3));
    heads.remember('t', PAYMENTS, head(1));
    expect(heads.recall('s', PAYMENTS)).toEqual(head(5));
    expect(heads.recall('t', PAYMENTS)).toEqual(head(1));
    expect(heads.streams('s')).toEqual([{ ...PAYMENTS, head: head(5) }]);
    heads.accept('s', PAYMENTS, head(2));
    expect(heads.recall('s', PAYMENTS)).toEqual(head(2));
    heads.accept('s', PAYMENTS, undefined);
    expect(heads.recall('s', PAYMENTS)).toBeUndefined();
  });

  it('are files of the user alone, without drafts left behind', () => {
    const heads = headsIn(path.join(folder, 'private'));
    heads.remember('s', PAYMENTS, head(5));
    const files = readdirSync(path.join(folder, 'private', 'heads'));
    expect(files).toHaveLength(1);
    const file = path.join(folder, 'private', 'heads', files[0] as string);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, '{"seq":"x"');
    expect(heads.recall('s', PAYMENTS)).toBeUndefined();
    expect(heads.streams('s')).toEqual([]);
  });

  it('show a tail that was cut and a history that was written anew', async () => {
    const store = openMemory();
    value(await store.append(PAYMENTS, [draft('a'), draft('b')]));
    const seen = value(await store.head(PAYMENTS));
    expect(value(await checkHead(store, PAYMENTS, undefined)).kind).toBe('unknown');
    expect(value(await checkHead(store, PAYMENTS, seen)).kind).toBe('continued');
    value(await store.append(PAYMENTS, [draft('c')]));
    expect(value(await checkHead(store, PAYMENTS, seen)).kind).toBe('continued');

    const cut = openMemory();
    value(await cut.append(PAYMENTS, [draft('a')]));
    expect(value(await checkHead(cut, PAYMENTS, seen))).toMatchObject({
      kind: 'cut',
      remembered: seen,
      found: { seq: 1 },
    });
    expect(value(await checkHead(openMemory(), PAYMENTS, seen))).toMatchObject({ kind: 'cut' });

    const anew = openMemory();
    value(await anew.append(PAYMENTS, [draft('a'), draft('b', { actor: 'mallory' }), draft('c')]));
    expect(value(await checkHead(anew, PAYMENTS, seen))).toMatchObject({ kind: 'rewritten' });
  });

  it('show a stream that is gone as a whole', async () => {
    const heads = headsIn(path.join(folder, 'gone'));
    const store = openMemory();
    heads.remember(store.name, PAYMENTS, head(4));
    const report = value(await verifyStore(store, heads));
    expect(report).toMatchObject({
      sound: false,
      streams: [{ stream: PAYMENTS, remembered: { kind: 'cut' } }],
    });
  });
});
