/** Folders are made with those above them, or it is said why not. */

import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../src/config/make-folder.ts';
import { temporary } from '../temporary.ts';

test('makes what is missing, with the mode asked for, and takes what is there', () => {
  const top = temporary('folders');
  const folder = path.join(top, 'a', 'b c', '-d');
  makeFolder(folder, 0o700);
  makeFolder(folder, 0o700);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(top, 'a')).mode & 0o777).toBe(0o700);
  symlinkSync(folder, path.join(top, 'link'));
  makeFolder(path.join(top, 'link'));
  makeFolder(path.join(top, 'link', 'below'));
  expect(existsSync(path.join(folder, 'below'))).toBe(true);
});

test('says what stands in the way', () => {
  const top = temporary('folders');
  writeFileSync(path.join(top, 'file'), '');
  symlinkSync('nowhere', path.join(top, 'broken'));
  expect(() => makeFolder(path.join(top, 'file'))).toThrow('EEXIST');
  expect(() => makeFolder(path.join(top, 'file', 'a', 'b'))).toThrow('ENOTDIR');
  expect(() => makeFolder(path.join(top, 'broken'))).toThrow('EEXIST');
});

test.runIf(existsSync('/proc/self'))('ends where no folder may be made', () => {
  expect(() => makeFolder('/proc/nobody/reports')).toThrow('ENOENT');
});

test('ends below a folder that was removed', () => {
  const gone = path.join(temporary('folders'), 'gone');
  mkdirSync(gone);
  const before = process.cwd();
  expect(() => {
    process.chdir(gone);
    try {
      rmSync(gone, { recursive: true });
      makeFolder(path.join('a', 'b'));
    } finally {
      process.chdir(before);
    }
  }).toThrow('ENOENT');
});
