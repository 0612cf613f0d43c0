/** What a killed run leaves in clear goes with the next run, and what a living one works on stays. */

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimRun, clearLeftovers, clearRun } from '../../src/cli/run-folder.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(path.join(os.tmpdir(), 'nemesis-state-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const left = (): readonly string[] => readdirSync(path.join(state, 'tmp')).sort();
const ownerFile = (run: string): string => path.join(state, 'tmp', run, 'owner.json');
const ownerOf = (run: string) => JSON.parse(readFileSync(ownerFile(run), 'utf8')) as object;

/** A run whose owner is this process, but for what is given. */
function run(name: string, other: object = {}): void {
  claimRun(state, name);
  writeFileSync(ownerFile(name), JSON.stringify({ ...ownerOf(name), ...other }));
  writeFileSync(path.join(state, 'tmp', name, 'stdout'), 'in clear');
}

/** Pids end below 2^22. */
const NOBODY = 2 ** 22 + 1;

test('of a dead process it goes at once, of a living one and of another host it stays', () => {
  run('alive');
  run('dead', { pid: NOBODY });
  run('elsewhere', { pid: NOBODY, where: 'another-host pid:[1]' });
  run('unreadable');
  writeFileSync(ownerFile('unreadable'), '{');
  mkdirSync(path.join(state, 'tmp', 'nobodys'));
  clearLeftovers(state, Date.now());
  expect(left()).toEqual(['alive', 'elsewhere', 'nobodys', 'unreadable']);
});

test.runIf(process.platform === 'linux')(
  'a pid that somebody else has now is no living owner',
  () => {
    run('reused', { start: 'another-boot:1' });
    clearLeftovers(state, Date.now());
    expect(left()).toEqual([]);
  },
);

test('after a day it goes, whoever wrote it', () => {
  run('elsewhere', { where: 'another-host' });
  const yesterday = Date.now() / 1000 - 90_000;
  utimesSync(path.join(state, 'tmp', 'elsewhere'), yesterday, yesterday);
  clearLeftovers(state, Date.now());
  expect(left()).toEqual([]);
});

test('a run takes its own away, and where nothing is there is nothing to clear', () => {
  clearLeftovers(state, Date.now());
  run('mine');
  clearRun(state, 'mine');
  expect(left()).toEqual([]);
});
