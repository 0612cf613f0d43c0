import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { importSpool } from '../../src/history/import-spool.ts';
import type { EventDraft } from '../../src/history/journal.ts';
import { spooled, writeSpool, type SpoolHeader } from '../../src/history/spool.ts';
import type { Store } from '../../src/history/store.ts';
import { openMemory } from '../../src/history/stores/memory.ts';
import { verifyRun, EMPTY_HEAD } from '../../src/history/chain.ts';

const STREAM = { service: 'pay', environment: 'production' };
const PLACE = { kind: 'sqlite', where: '/src/pay/history.sqlite' } as const;
const RELEASE = { version: '1.8.2', commit: null, committed_at: null, artifact: null };

let stateFolder: string;
let store: Store;
beforeEach(() => {
  stateFolder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-spool-'));
  store = openMemory();
});
afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

const draft = (id: string, type: string, at: number, body: object): EventDraft => ({
  ...{ id, type, at, actor: 'kim', host: 'laptop', body: { ...body } },
});

const started = (deployment: string, kind: 'deploy' | 'rollback', at: number) =>
  draft(`${deployment}-a`, 'deployment_started', at, {
    ...{ deployment, kind, release: RELEASE, previous: null, takes_back: null },
    ...{ hotfix: false, strategy: null, validation_ms: null },
  });

const rollback: readonly EventDraft[] = [
  started('r1', 'rollback', 100),
  draft('r1-b', 'deployment_finished', 101, {
    ...{ deployment: 'r1', status: 'succeeded', reason: 'manual_trigger' },
    failure_detected_at: null,
  }),
];

function spool(of: Partial<SpoolHeader> = {}): string {
  const header: SpoolHeader = {
    ...{ nemesis: 'spool', version: 1, ...STREAM, store: null, rollback: 'r1' },
    ...of,
  };
  return writeSpool(stateFolder, `x-${spooled(stateFolder).length}`, header, rollback);
}

const bring = (more: Partial<Parameters<typeof importSpool>[0]> = {}) =>
  importSpool({
    ...{ stateFolder, env: {}, store, place: PLACE, service: 'pay' },
    refuses: () => Promise.resolve(undefined),
    ...more,
  });

async function ids(): Promise<readonly string[]> {
  const events = await store.read(STREAM, 0, 100);
  if (!events.ok) throw new Error('not readable');
  expect(verifyRun(STREAM, EMPTY_HEAD, events.value).ok).toBe(true);
  return events.value.map(({ id }) => id);
}

it('brings the events home with their own ids, and removes the file', async () => {
  const file = spool();
  const { imported, kept } = await bring();
  expect([imported.length, kept]).toEqual([1, []]);
  expect(await ids()).toEqual(['r1-a', 'r1-b']);
  expect(existsSync(file)).toBe(false);
});

it('adds nothing when it is done again', async () => {
  spool();
  await bring();
  spool();
  await bring();
  expect(await ids()).toEqual(['r1-a', 'r1-b']);
});

it('ends what ran when the rollback began, and nothing that began later', async () => {
  await store.append(STREAM, [started('d1', 'deploy', 50), started('d2', 'deploy', 500)]);
  spool();
  await bring();
  expect(await ids()).toEqual(['d1-a', 'd2-a', 'r1-a', 'r1:d1', 'r1-b']);
  const rows = await store.current(STREAM);
  expect(rows.ok && rows.value.running().map(({ id }) => id)).toEqual(['d2']);
});

it.each<[string, Partial<SpoolHeader>]>([
  ['another service', { service: 'mail' }],
  ['another history', { store: { kind: 'place', where: '/elsewhere.sqlite' } }],
  ['a history whose variable is not set', { store: { kind: 'env', name: 'PAY_STORE' } }],
])('leaves what belongs to %s', async (_, header) => {
  const file = spool(header);
  expect(await bring()).toEqual({ imported: [], kept: [] });
  expect(existsSync(file)).toBe(true);
  expect(await ids()).toEqual([]);
});

it('knows the history by its variable', async () => {
  spool({ store: { kind: 'env', name: 'PAY_STORE' } });
  await bring({ env: { PAY_STORE: PLACE.where } });
  expect(await ids()).toEqual(['r1-a', 'r1-b']);
});

it('keeps and tells what cannot be imported', async () => {
  const file = spool();
  writeFileSync(path.join(path.dirname(file), 'y-1.jsonl'), 'not JSON\n');
  const refused = await bring({ refuses: () => Promise.resolve('it was cut') });
  expect(refused.kept.map(({ why }) => why).sort()).toEqual(['it cannot be read', 'it was cut']);
  const full = { kind: 'full', message: 'no space' } as const;
  const failing: Store = { ...store, append: () => Promise.resolve({ ok: false, failure: full }) };
  const { kept } = await bring({ store: failing });
  expect(kept.find((one) => one.file === file)).toMatchObject({ failure: full });
  expect(spooled(stateFolder)).toHaveLength(2);
});
