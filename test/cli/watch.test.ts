/** `deploy:status --watch`, with a clock and a store of its own: nobody waits here. */

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Parts } from '../../src/cli/parts.ts';
import { codeOf } from '../../src/cli/run.ts';
import { fail, ok } from '../../src/failure.ts';
import { openMemory } from '../../src/history/stores/memory.ts';
import { stores } from '../../src/history/stores/index.ts';
import type { Store, StoreFailure, StoreResult } from '../../src/history/store.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const CLEAR = '\u001b[H\u001b[2J\u001b[3J';
const STREAM = { service: 'shop', environment: 'production' };

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Between two looks a step is taken; after the last one somebody presses Ctrl-C. */
async function watched(
  words: string,
  steps: readonly ((world: World) => unknown)[],
  more: Partial<Io> = {},
) {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-watch-')));
  folders.push(root);
  writeFileSync(path.join(root, 'nemesis.config.yaml'), 'service: shop\nstore: "memory:"\n');
  const stop = new AbortController();
  const memory = openMemory({ clock: { now: () => now, uptimeMs: () => now, boot: () => 'b' } });
  const world: World = { store: memory };
  let now = NOW;
  let looks = 0;
  const said = { out: '', err: '' };
  const io: Io = {
    ...{ columns: 80, outIsTerminal: false, errIsTerminal: false, cwd: root },
    argv: ['deploy:status', '--watch', ...words.split(' ').filter(Boolean)],
    env: { HOME: path.join(root, 'home') },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      const step = steps[looks];
      looks += 1;
      if (step === undefined) stop.abort('SIGINT');
      else await step(world);
    },
    signal: stop.signal,
    ...more,
  };
  const nothing = () => Promise.reject(new Error('nothing is measured here'));
  const parts: Parts = {
    ...{ packageRoot: path.resolve(import.meta.dirname, '..', '..'), version: '1.2.3' },
    ...{ build: undefined, runners: nothing, custom: nothing, engine: nothing },
    sources: async () => (await import('../../src/measure/runners.ts')).runners,
    stores: () => Promise.resolve({ ...stores, memory: () => Promise.resolve(opened(world)) }),
  };
  return { code: await codeOf(io, parts, commands), ...said };
}

interface World {
  readonly store: Store;
  broken?: StoreFailure;
}

function opened({ store, broken }: World): StoreResult<Store> {
  return broken === undefined ? ok(store) : fail(broken);
}

const lock = ({ store }: World) =>
  store.acquire(STREAM, {
    ...{ id: 'lock-1', owner: 'ci', host: 'h1', step: 'gates', ttlMs: 60_000 },
  });
const nothing = () => undefined;

describe('off a terminal', () => {
  test('a block with its time whenever something has changed, and only then', async () => {
    const { code, out, err } = await watched('', [nothing, lock, nothing, nothing]);
    expect(code).toBe(130);
    expect(err).toContain('interrupted by SIGINT');
    expect(out).toBe(
      [
        '2026-03-10 12:00:00 UTC',
        'no data: nothing is recorded of shop',
        '',
        '2026-03-10 12:00:04 UTC',
        'shop in production',
        '  serves      nothing that is known here',
        '  lock        ci on h1, at gates, last seen 0 s ago',
        '              id lock-1',
        '',
        '',
      ].join('\n'),
    );
  });

  test('with --json a document a line', async () => {
    const { out } = await watched('--json', [lock, nothing]);
    const lines = out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { schema: 'nemesis.status/1', service: 'shop', environments: [] },
      { environments: [{ environment: 'production', serves: null, lock: { id: 'lock-1' } }] },
    ]);
  });

  test('--env and --service choose', async () => {
    expect((await watched('--env staging', [lock])).out).not.toContain('lock-1');
    expect((await watched('--service other', [lock])).out).not.toContain('lock-1');
    expect((await watched('--env production', [lock])).out).toContain('lock-1');
  });
});

test('on a terminal the screen is drawn anew every 2 s', async () => {
  const { out } = await watched('', [nothing, nothing], { outIsTerminal: true });
  const screens = out.split(CLEAR).slice(1);
  expect(screens).toHaveLength(3);
  expect(screens[2]).toBe(
    'no data: nothing is recorded of shop\n\n2026-03-10 12:00:04 UTC, every 2 s; Ctrl-C ends\n',
  );
});

test('a terminal that cannot be cleared is not cleared', async () => {
  const env = { HOME: '/nowhere', TERM: 'dumb' };
  const { out } = await watched('', [nothing], { outIsTerminal: true, env });
  expect(out).not.toContain('\u001b');
  expect(out).toContain('2026-03-10 12:00:00 UTC\nno data');
});

describe('a store that cannot be asked', () => {
  const broken: StoreFailure = { kind: 'unreachable', message: 'no route to it' };

  test('ends it at the start', async () => {
    const env = { NEMESIS_STORE: 'nothing://x' };
    const { code, out, err } = await watched('', [nothing], { env });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('no store is called `nothing`');
  });

  test('later it is said once, and tried again', async () => {
    const { code, out, err } = await watched('', [
      (world) => (world.broken = broken),
      nothing,
      (world) => delete world.broken,
    ]);
    expect(code).toBe(130);
    expect(err.match(/no route to it/g)).toHaveLength(1);
    expect(out.match(/no data/g)).toHaveLength(2);
  });
});
