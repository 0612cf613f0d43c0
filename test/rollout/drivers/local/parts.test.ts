/** Small parts of the local driver that need no process. */

import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LATENCY_BOUNDS_MS } from '../../../../src/rollout/driver.ts';
import { createBackoff } from '../../../../src/rollout/drivers/local/backoff.ts';
import { ownFolder, socketPathIn } from '../../../../src/rollout/drivers/local/folders.ts';
import { localDriver } from '../../../../src/rollout/drivers/local/index.ts';
import { capLog, lastLine } from '../../../../src/rollout/drivers/local/log-files.ts';
import { createCounter } from '../../../../src/rollout/drivers/local/splitter/traffic.ts';
import { openRig } from './rig.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nemesis-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what keeps ending is started again ever later, at most every 30 s', () => {
  const backoff = createBackoff();
  const waits = Array.from({ length: 9 }, () => backoff.next(10));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  expect(backoff.next(60_000)).toBe(500);
});

describe('a counter', () => {
  test('puts a time into the first bucket that holds it', () => {
    const counter = createCounter();
    const [first, second] = LATENCY_BOUNDS_MS;
    for (const ms of [0, first!, first! + 0.001, second!, 1e9]) counter.count(ms, ms === 0);
    const { requests, errors, latency } = counter.read();
    expect([requests, errors, latency.length]).toEqual([5, 1, LATENCY_BOUNDS_MS.length + 1]);
    expect([latency[0], latency[1], latency.at(-1)]).toEqual([2, 2, 1]);
  });

  test('goes on where it was, and begins anew after counts that make no sense', () => {
    const before = createCounter();
    before.count(5, true);
    expect(createCounter(before.read()).read()).toEqual(before.read());
    expect(createCounter({ requests: 9, errors: 9, latency: [1] }).requests).toBe(0);
  });
});

describe('a log', () => {
  test('is begun anew when it is full, and the full one is kept once', () => {
    const file = path.join(folder, 'log');
    writeFileSync(file, 'a'.repeat(100));
    capLog(file, 100);
    expect(statSync(file).size).toBe(100);
    capLog(file, 99);
    expect([statSync(file).size, readFileSync(`${file}.1`, 'utf8').length]).toEqual([0, 100]);
    capLog(path.join(folder, 'missing'), 1);
  });

  test('tells its last words: of this run, printable, and not too many', () => {
    const file = path.join(folder, 'log');
    writeFileSync(file, 'of the run before\n');
    expect(lastLine(file, statSync(file).size)).toBe(undefined);
    writeFileSync(file, `of the run before\nlate \u001b[31mred\u0007\u202e words\n\n`);
    expect(lastLine(file, 0)).toBe('late [31mred words');
    writeFileSync(file, 'x'.repeat(10_000));
    expect(lastLine(file, 0)).toHaveLength(200);
    expect(lastLine(path.join(folder, 'missing'), 0)).toBe(undefined);
  });
});

describe('folders', () => {
  test('are made for this user alone; what is no folder of his is refused', () => {
    const made = path.join(folder, 'a', 'b');
    expect(ownFolder(made)).toEqual({ ok: true, value: undefined });
    expect(statSync(made).mode & 0o777).toBe(0o700);
    symlinkSync(made, path.join(folder, 'link'));
    expect(ownFolder(path.join(folder, 'link')).ok).toBe(false);
    writeFileSync(path.join(folder, 'file'), '');
    expect(ownFolder(path.join(folder, 'file')).ok).toBe(false);
  });

  test('hold a socket whose path every kernel takes', () => {
    for (const length of [1, 60, 90, 100, 200])
      expect(socketPathIn(`/${'x'.repeat(length)}`).length).toBeLessThanOrEqual(103);
  });
});

test('a state that cannot be read is said to be so, and nothing is started', async () => {
  const rig = await openRig();
  const state = path.join(rig.folder, 'state.json');
  expect(ownFolder(rig.folder).ok).toBe(true);
  for (const text of ['', '{', '{"fence":1}', 'null']) {
    writeFileSync(state, text);
    const driver = localDriver({
      ...rig.local,
      settings: rig.settings,
      artifactPath: () => undefined,
    });
    const message = `${state} does not hold the state of an environment`;
    const told = { ok: false, failure: { kind: 'bad_answer', message } };
    expect(await driver.observe()).toEqual(told);
    expect(await driver.apply({ slots: [] }, 1)).toEqual(told);
  }
  rmSync(rig.root, { recursive: true });
});
