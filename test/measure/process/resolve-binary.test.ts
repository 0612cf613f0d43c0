import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { resolveBinary } from '../../../src/measure/process/resolve-binary.ts';

const dir = mkdtempSync(join(tmpdir(), 'nemesis-resolve-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const [empty, plain, tools, more] = ['empty', 'plain', 'tools', 'more'].map((name) => {
  mkdirSync(join(dir, name));
  return join(dir, name);
}) as [string, string, string, string];
const program = (at: string, name: string, mode: number): string => {
  const file = join(at, name);
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, mode);
  return file;
};
const inPlain = program(plain, 'eslint', 0o644);
const inTools = program(tools, 'eslint', 0o755);
program(more, 'eslint', 0o755);
mkdirSync(join(empty, 'eslint'));
symlinkSync(join(dir, 'gone'), join(empty, 'dangling'));

const path = (...dirs: string[]): string => dirs.join(':');

test('the first that can be run wins, past folders and files without the right to run', () => {
  const found = resolveBinary('eslint', path(empty, plain, tools, more));
  expect(found).toEqual({ ok: true, file: inTools });
});

test('found, but nobody may run it', () => {
  expect(resolveBinary('eslint', path(empty, plain))).toEqual({
    ok: false,
    lookedIn: [empty, plain],
    reason: 'not_executable',
  });
});

test.for(['prettier', 'dangling', ''])('not found: "%s"', (name) => {
  expect(resolveBinary(name, path(empty, tools, empty))).toEqual({
    ok: false,
    lookedIn: [empty, tools],
    reason: 'not_found',
  });
});

test('empty and relative entries are no places to look in', () => {
  expect(resolveBinary('eslint', ':.:tools:')).toEqual({
    ok: false,
    lookedIn: [],
    reason: 'not_found',
  });
});

test('an absolute path is taken as it is, a relative one never', () => {
  expect(resolveBinary(inTools, '')).toEqual({ ok: true, file: inTools });
  expect(resolveBinary(inPlain, '')).toMatchObject({
    lookedIn: [inPlain],
    reason: 'not_executable',
  });
  expect(resolveBinary('tools/eslint', dir)).toMatchObject({ ok: false, reason: 'not_found' });
});
