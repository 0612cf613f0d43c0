/** Which package manager a repository uses, where several have left their traces. */

import path from 'node:path';
import { expect, test } from 'vitest';
import { readProject } from '../../src/measure/project.ts';
import { folderWith } from './folder.ts';

async function managerIn(files: Readonly<Record<string, unknown>>, at = '.') {
  const top = folderWith(files);
  const { packageManager, installCommand } = await readProject({
    root: path.join(top, at),
    repositoryTop: top,
    env: {},
    suites: {},
    secrets: [],
    ownBinDirs: [],
  });
  return [packageManager, installCommand];
}

const locks = { 'package-lock.json': {}, 'pnpm-lock.yaml': '' };

test('the one package.json names beats a lock file that was left over', async () => {
  const files = { ...locks, 'package.json': { packageManager: 'pnpm@11.3.0+sha512.0' } };
  expect(await managerIn(files)).toEqual(['pnpm', 'pnpm install --frozen-lockfile']);
  const npm = { ...locks, 'package.json': { packageManager: 'npm@11.0.0' } };
  expect(await managerIn(npm)).toEqual(['npm', 'npm ci']);
});

test('the root of a workspace names it for its packages', async () => {
  const files = {
    ...locks,
    'package.json': { packageManager: 'pnpm@11.3.0' },
    'apps/till/package.json': {},
  };
  expect(await managerIn(files, 'apps/till')).toEqual(['pnpm', 'pnpm install --frozen-lockfile']);
});

test('a named one without its lock file installs without', async () => {
  const files = { 'package-lock.json': {}, 'package.json': { packageManager: 'yarn@4.0.0' } };
  expect(await managerIn(files)).toEqual(['yarn', 'yarn install']);
});

test('unnamed, the nearest lock file tells', async () => {
  expect(await managerIn({ 'package.json': {}, 'yarn.lock': '' })).toContain('yarn');
  expect(await managerIn({ 'package.json': {} })).toEqual(['npm', 'npm install']);
});
