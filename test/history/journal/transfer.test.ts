import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Store } from '../../../src/history/store.ts';
import { openMemory } from '../../../src/history/stores/memory.ts';
import { openSqlite } from '../../../src/history/stores/sqlite.ts';
import { exportLines, importLines } from '../../../src/history/transfer.ts';
import { verifyStore } from '../../../src/history/verify.ts';
import { draft, PAYMENTS, value } from '../../contracts/store.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-transfer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STAGING = { ...PAYMENTS, environment: 'staging' };

async function filled(): Promise<Store> {
  const store = openMemory();
  const drafts = Array.from({ length: 2_500 }, (_, n) => draft(`p${n}`, { actor: `é${n}` }));
  value(
    await store.append(STAGING, [
      draft('s0', { body: JSON.parse('{"__proto__":{"a":1}}') as never }),
    ]),
  );
  value(await store.append(PAYMENTS, drafts));
  return store;
}

async function exported(store: Store): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportLines(store)) lines.push(value(line).replace(/\n$/, ''));
  return lines;
}

async function* from(lines: readonly string[]) {
  yield* await Promise.resolve(lines);
}

describe('export and import', () => {
  it('give the same bytes and the same history on every store', async () => {
    const store = await filled();
    const lines = await exported(store);
    expect(lines[0]).toBe('{"nemesis":"history","version":1}');
    expect(lines).toHaveLength(2_502);
    const copy = value(await openSqlite(path.join(folder, 'copy', 'history.sqlite')));
    expect(await importLines(copy, from(lines))).toEqual({
      ok: true,
      value: { events: 2_501, fresh: 2_501 },
    });
    expect(await exported(copy)).toEqual(lines);
    expect(value(await verifyStore(copy)).sound).toBe(true);
    expect(await importLines(copy, from(lines))).toEqual({
      ok: true,
      value: { events: 2_501, fresh: 0 },
    });
    await copy.close();
  });

  it('continues where it was interrupted', async () => {
    const lines = await exported(await filled());
    const copy = openMemory();
    expect(await importLines(copy, from(lines.slice(0, 1_700)))).toMatchObject({ ok: true });
    expect(await importLines(copy, from(lines))).toMatchObject({ value: { fresh: 2_501 - 1_699 } });
    expect(await exported(copy)).toEqual(lines);
  });

  it('refuses a store with another history', async () => {
    const lines = await exported(await filled());
    const other = openMemory();
    value(await other.append(PAYMENTS, [draft('else')]));
    expect(await importLines(other, from(lines))).toMatchObject({
      failure: { kind: 'store', failure: { kind: 'diverged', seq: 1 } },
    });
    expect(value(await other.head(PAYMENTS))?.seq).toBe(1);
  });

  it.each([
    ['an edit', (lines: string[]) => lines.with(5, lines[5]!.replace('é', 'e')), 'broken_chain', 6],
    ['a line left out', (lines: string[]) => lines.toSpliced(9, 1), 'broken_chain', 10],
    ['no header', (lines: string[]) => lines.slice(1), 'bad_line', 1],
    ['half a line', (lines: string[]) => lines.with(3, lines[3]!.slice(0, 40)), 'bad_line', 4],
    [
      'a column more',
      (lines: string[]) => lines.with(3, lines[3]!.replace('{', '{"x":1,')),
      'bad_line',
      4,
    ],
    ['nothing at all', () => [], 'bad_line', 1],
  ])('refuses %s, with the line', async (_, change, kind, line) => {
    const lines = await exported(await filled());
    const result = await importLines(openMemory(), from(change(lines)));
    expect(result).toMatchObject({ ok: false, failure: { kind, line } });
  });
});
