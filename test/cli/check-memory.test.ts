/** The history as a check sees it, on a store in memory. */

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkMemory } from '../../src/cli/check-memory.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Parts } from '../../src/cli/parts.ts';
import { openSession } from '../../src/cli/session.ts';
import { fail, ok } from '../../src/failure.ts';
import { stores } from '../../src/history/stores/index.ts';
import { openMemory } from '../../src/history/stores/memory.ts';
import type { Store, StoreFailure } from '../../src/history/store.ts';
import type { CheckResult } from '../../src/pipeline/result.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const CHECKS = { service: 'shop', environment: '-' };

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** @param real keep it in the project's own file instead */
async function world(store: Partial<Store> = {}, real = false) {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'nemesis-memory-')));
  folders.push(root);
  writeFileSync(
    path.join(root, 'nemesis.config.yaml'),
    `service: shop\n${real ? '' : 'store: past.db\n'}`,
  );
  const io: Io = {
    ...{ columns: 80, outIsTerminal: false, errIsTerminal: false, cwd: root, argv: [] },
    env: { HOME: path.join(root, 'home'), USER: 'ada' },
    ...{ out: () => undefined, err: () => undefined },
    ...{ now: () => NOW, sleep: () => Promise.resolve() },
    signal: new AbortController().signal,
  };
  const nothing = () => Promise.reject(new Error('nothing is measured here'));
  const counts = { opened: 0, closed: 0 };
  const memory: Store = { ...openMemory(), ...store };
  const open = () => {
    counts.opened += 1;
    const close = () => {
      counts.closed += 1;
      return Promise.resolve();
    };
    return Promise.resolve(ok({ ...memory, close }));
  };
  const parts: Parts = {
    ...{ packageRoot: path.resolve(import.meta.dirname, '..', '..'), version: '1.2.3' },
    ...{ build: undefined, runners: nothing, custom: nothing, engine: nothing },
    sources: async () => (await import('../../src/measure/runners.ts')).runners,
    stores: () => Promise.resolve(real ? stores : { ...stores, sqlite: open }),
  };
  const session = await openSession(io, parts);
  if (!session.ok) throw new Error(JSON.stringify(session.failure));
  return { memory, counts, root, check: () => checkMemory(session.value, io, parts) };
}

const WHOLE = {
  ...{ commit: 'c0ffee', partial: undefined, durationMs: 1234.5, runners: [] },
  readiness: { kind: 'ready', because: [] },
  score: { low: 90, high: 95, evidence: 0.9, components: [] },
  verdicts: [
    { gate: 'code', kind: 'passed' },
    { gate: 'build', kind: 'warned' },
  ],
} as unknown as CheckResult;
const PART = { ...WHOLE, partial: 'only the code gate asked', score: undefined };

async function events({ memory }: { memory: Store }) {
  const read = await memory.read(CHECKS, 0, 1000);
  if (!read.ok) throw new Error(read.failure.kind);
  return read.value;
}

describe('recording', () => {
  test('who, when, and the whole body', async () => {
    const here = await world();
    const check = here.check();
    expect(await check.record(WHOLE)).toEqual(ok(undefined));
    await check.close();
    expect(await events(here)).toMatchObject([
      {
        ...{ ...CHECKS, type: 'check_recorded', at: NOW },
        body: {
          ...{ commit: 'c0ffee', readiness: 'ready', partial: false, duration_ms: 1235 },
          score: { low: 90, high: 95, evidence: 0.9 },
          gates: { code: 'passed', build: 'warned' },
        },
      },
    ]);
  });

  test('what stopped at the first blocked gate was whole, and has no score', async () => {
    const here = await world();
    await here.check().record({ ...WHOLE, score: undefined, stoppedBy: 'fail_fast' });
    expect((await events(here))[0]?.body).toMatchObject({ partial: false, score: null });
  });

  test('opens the store once, when it is asked for, and closes what it opened', async () => {
    const { check, counts } = await world();
    await check().close();
    expect(counts).toEqual({ opened: 0, closed: 0 });
    const one = check();
    await one.past();
    await one.record(WHOLE);
    await one.close();
    expect(counts).toEqual({ opened: 1, closed: 1 });
  });

  test('what the store refuses is the reason', async () => {
    const full: StoreFailure = { kind: 'full', message: 'not a byte more' };
    const { check } = await world({ append: () => Promise.resolve(fail(full)) });
    expect(await check().record(WHOLE)).toEqual(
      fail({
        ...{ kind: 'cannot_act', message: 'the history cannot be used: not a byte more' },
        help: ['make room there, then try again'],
      }),
    );
  });
});

describe('the past', () => {
  test('of nothing is empty', async () => {
    const { check } = await world();
    expect(await check().past()).toEqual(ok({ checks: [], environments: [] }));
  });

  test('has the last whole checks, however many partial ones stand between them', async () => {
    const { check } = await world();
    const one = check();
    await one.record(WHOLE);
    for (let n = 0; n < 150; n += 1) await one.record(PART);
    await one.record(WHOLE);
    const past = await one.past();
    expect(past.ok && past.value.checks.map(({ seq }) => seq)).toEqual([152, 1]);
  });

  test('that cannot be read is a failure', async () => {
    const away: StoreFailure = { kind: 'unreachable', message: 'no route to it' };
    for (const question of ['newest', 'environments'] as const) {
      const { check } = await world({ [question]: () => Promise.resolve(fail(away)) });
      expect(await check().past()).toMatchObject({
        ok: false,
        failure: { message: 'the history cannot be used: no route to it' },
      });
    }
  });

  test('a store that was cut since is no evidence', async () => {
    const here = await world();
    await here.check().record(WHOLE);
    // The head is remembered; the next store of this name is another one.
    const cut = here.check();
    const fresh = openMemory();
    Object.assign(here.memory, { read: fresh.read, head: fresh.head });
    expect(await cut.past()).toMatchObject({
      ok: false,
      failure: { message: 'the history of shop in - was cut since it was seen last' },
    });
    expect(await cut.record(WHOLE)).toMatchObject({ ok: false });
  });

  test('in .nemesis a history that is gone is a fresh start', async () => {
    const { root, check } = await world({}, true);
    const one = check();
    await one.record(WHOLE);
    await one.close();
    rmSync(path.join(root, '.nemesis'), { recursive: true });
    const two = check();
    expect(await two.past()).toEqual(ok({ checks: [], environments: [] }));
    expect(await two.record(WHOLE)).toEqual(ok(undefined));
    await two.close();
  });
});
